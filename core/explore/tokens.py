"""Texts become words: any script, Chinese segmented, function words known by language."""

import re
import warnings
from functools import cache
from pathlib import Path
from typing import Any

STOPWORDS_FOLDER = Path(__file__).parent / "stopwords"
"""One list a language; SOURCE.md beside them names where each is from, and its licence."""

LONGEST_WORD = 40
"""Longer runs are codes, keys and broken encodings, not words."""

PARTICLES = {"en": frozenset({"back", "down", "off", "out", "up"})}
"""Function words that belong to the word before them, by language."""

BREAK = ""
"""Stands between two words that no phrase may join."""

_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w.+\-]{1,64}@\S+|<[^<>]{1,200}>|&[a-z]+;")
_HAN = "㐀-䶿一-鿿豈-﫿"
_PIECE = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:['’\-][^\W_{_HAN}]+)*|[^\w\s]|\n", re.UNICODE)
_IS_HAN = re.compile(rf"[{_HAN}]")
_HAS_LETTER = re.compile(r"[^\W\d_]")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|dell|all|nell|sull|dall|un|quest)['’]", re.IGNORECASE)

_ELIDING = {"fr", "it", "ca"}
_SAME_LIST = {"nb": "no", "nn": "no"}


def tokenize(text: str, language: str) -> list[str]:
    """Return the words of a text as they are written, in order, with BREAK where a clause ends.

    `language` is an ISO 639-1 code. Runs of Chinese characters are segmented by jieba, except in
    Japanese, where each run is one word. Numbers, links, markup and very long runs become BREAK.
    """
    language = base_language(language)
    words = []
    for piece in _PIECE.findall(_LINK.sub(" . ", text)):
        if _IS_HAN.match(piece) and language != "ja":
            words.extend(_chinese_tokenizer().cut(piece))
        elif len(piece) > LONGEST_WORD or not _HAS_LETTER.search(piece):
            words.append(BREAK)
        else:
            words.append(_bare(piece, language))
    return words


def cut_chinese(text: str) -> list[str]:
    """Return the pieces of a text, which together are the text, with Chinese cut into words."""
    return list(_chinese_tokenizer().cut(text)) if _IS_HAN.search(text) else [text]


def is_subject(word: str, language: str) -> bool:
    """Whether a word may stand for a topic: no function word, and more than a single letter."""
    return len(word) > 1 and fold(word) not in stop_words(base_language(language))


def is_particle(word: str, language: str) -> bool:
    """Whether a function word may end what is named, as in "top up"."""
    return fold(word) in PARTICLES.get(base_language(language), frozenset())


def fold(word: str) -> str:
    """Return the form under which spellings of one word are counted together."""
    return word.casefold().replace("’", "'")


def is_chinese(word: str) -> bool:
    """Whether a word begins with a Chinese character."""
    return _IS_HAN.match(word) is not None


def base_language(language: str) -> str:
    """Return the ISO 639-1 code of a tag such as zh_CN; Norwegian's forms share one."""
    code = language.replace("-", "_").split("_")[0].lower()
    return _SAME_LIST.get(code, code)


@cache
def stop_words(language: str) -> frozenset[str]:
    """Return the function words of a language, with those of English where it has no list.

    The Chinese ones are always among them, and the English ones in Chinese: they cannot clash,
    and texts mix the two.
    """
    own = _read_list(language)
    english = _read_list("en") if language == "zh" or not own else frozenset()
    return own | english | _read_list("zh")


@cache
def _read_list(language: str) -> frozenset[str]:
    path = STOPWORDS_FOLDER / f"{language}.txt"
    if not language.isalpha() or not path.is_file():
        return frozenset()
    return frozenset(fold(word) for word in path.read_text("utf-8").split())


def _bare(word: str, language: str) -> str:
    """Take off what is no part of the word: the English 's, the French l'."""
    if word.endswith(("'s", "’s")):
        word = word[:-2]
    return _ELISION.sub("", word) if language in _ELIDING else word


@cache
def _chinese_tokenizer() -> Any:
    """Return jieba's tokenizer with its own dictionary.

    The dictionary is read here because jieba itself would keep a copy in the common temporary
    folder and trust whatever it finds there under that name.
    """
    with warnings.catch_warnings():
        # jieba 0.42 uses pkg_resources and invalid escapes, and warns of both.
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel("WARNING")
    tokenizer = jieba.Tokenizer()
    with (Path(jieba.__file__).parent / "dict.txt").open("rb") as file:
        tokenizer.FREQ, tokenizer.total = jieba.Tokenizer.gen_pfdict(file)
    tokenizer.initialized = True
    return tokenizer
