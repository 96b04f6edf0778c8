"""Which language most texts are in."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.settings import SEED

SAMPLE = 500
CHARACTERS = 1000
TOLD_APART = 200
SHORTEST = 20
LEAST_SHARE = 0.05
LEANING = 4.0  # nats
NONE = "und"
LANGUAGES = (
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "gu", "he",
    "hi", "hr", "hu", "hy", "id", "it", "ja", "ka", "kn", "ko", "lt", "lv", "mk", "ml", "mr", "ms",
    "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl",
    "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip
HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003134f]")
KANA = re.compile("[\u3040-\u30ff]")
HANGUL = re.compile("[\uac00-\ud7af\u1100-\u11ff]")
LETTER = re.compile(r"[^\W\d_]")
NOISE = re.compile(r"https?://\S+|\S+@\S+|&\w+;|<[^>]*>|[\d_]+")
ENGLISH = frozenset(
    [
        "the",
        "and",
        "of",
        "to",
        "in",
        "is",
        "it",
        "for",
        "on",
        "with",
        "that",
        "this",
        "you",
        "was",
        "are",
        "be",
        "have",
        "not",
        "at",
        "i",
        "my",
        "a",
        "an",
        "as",
        "by",
        "or",
        "from",
        "can",
        "do",
        "what",
        "how",
        "but",
        "we",
        "your",
        "will",
        "if",
        "has",
        "no",
        "me",
        "so",
        "when",
        "would",
        "there",
        "they",
        "all",
        "which",
    ]
)


@dataclass(frozen=True)
class LanguageShare:
    """A language (ISO 639-1) and the share of texts that are in it, 0 to 1."""

    code: str
    share: float


def detect_language(column: pa.Array | pa.ChunkedArray, seed: int = SEED) -> str:
    """Return the ISO 639-1 code of the language of most texts, "und" where that is not clear.

    Chinese, Japanese and Korean are told by script, others by py3langid on runs of about 1,000
    characters of up to 500 texts drawn with a seed.
    """
    texts = _sample(column, seed)
    joined = " ".join(texts)
    letters = len(LETTER.findall(joined))
    if letters < 3:
        return NONE
    if script := _by_script(joined, letters):
        return script
    if _is_english(joined):
        return "en"
    return _by_words(texts)


def language_shares(column: pa.Array | pa.ChunkedArray, seed: int = SEED) -> list[LanguageShare]:
    """Return the languages of a column's texts with their shares, the most frequent first.

    Of up to 200 texts drawn with a seed those count that are long enough to tell; languages of
    less than a twentieth are left out, as single texts are often mistaken.
    """
    codes = [code for text in _sample(column, seed)[:TOLD_APART] if (code := _of_one(text))]
    counts = Counter(codes)
    return [
        LanguageShare(code, round(count / len(codes), 3))
        for code, count in counts.most_common()
        if count >= LEAST_SHARE * len(codes)
    ]


def _of_one(text: str) -> str:
    """Return the language of one text, "" where it is too short to tell."""
    letters = len(LETTER.findall(text))
    if script := _by_script(text, letters):
        return script if letters >= 3 else ""
    if letters < SHORTEST:
        return ""
    return "en" if _is_english(text) else _code(_identifier(), text)


def _sample(column: pa.Array | pa.ChunkedArray, seed: int) -> list[str]:
    filled = pc.drop_null(column)
    filled = filled.filter(pc.match_substring_regex(filled, r"\S"))
    places = np.random.default_rng(seed).permutation(len(filled))[:SAMPLE]
    chosen = filled.take(pa.array(np.sort(places))).to_pylist()
    return [" ".join(NOISE.sub(" ", text[:CHARACTERS]).split()) for text in chosen]


def _by_script(text: str, letters: int) -> str:
    """Tell Japanese by its kana, Korean by hangul, Chinese by Han alone."""
    han, kana = len(HAN.findall(text)), len(KANA.findall(text))
    hangul = len(HANGUL.findall(text))
    # a Chinese character carries as much as three letters of a word
    if 3 * (han + kana + hangul) < letters - han - kana - hangul:
        return ""
    if kana > 0.1 * (han + kana):
        return "ja"
    return "ko" if hangul > han else "zh"


def _is_english(text: str) -> bool:
    """Tell English by its commonest words, which names and terms between them do not change."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    if not words or len(text.encode()) > 1.03 * len(text):
        return False
    return sum(word in ENGLISH for word in words) > 0.22 * len(words)


def _by_words(texts: list[str]) -> str:
    identifier = _identifier()
    votes: dict[str, float] = {}
    for run in _runs(texts):
        code = _code(identifier, run)
        votes[code] = votes.get(code, 0.0) + len(run)
    code = max(votes, key=lambda one: votes[one])
    return code if votes[code] > 0.5 * sum(votes.values()) else NONE


def _code(identifier: Any, run: str) -> str:
    """Return the likeliest language; names and terms without any accent lean to English."""
    ranked = identifier.rank(run)
    likeliest, score = ranked[0]
    english = dict(ranked)["en"]
    return "en" if run.isascii() and english > score - LEANING else str(likeliest)


def _runs(texts: list[str]) -> list[str]:
    """Join short texts until they are long enough to be told apart."""
    runs, waiting, size = [], [], 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= CHARACTERS:
            runs.append(" ".join(waiting))
            waiting, size = [], 0
    if waiting and (size > CHARACTERS / 4 or not runs):
        runs.append(" ".join(waiting))
    return runs


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier
