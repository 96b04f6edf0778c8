"""Tell the older encodings apart: one byte a character, or the East Asian ones.

Each candidate decodes a sample; the letters that come out are compared with how frequent letters
are in each of some forty languages (`letters.tsv`, in parts of 10,000, counted in translations of
free programs), and with how letters of different cases and scripts keep together. chardet's word
on encoding and language, for which the plain letters speak too, is added: alone, it is right less
often where the letters beyond ASCII are few or in names (benchmarks/encodings.py).
"""

import codecs
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LETTERS = Path(__file__).with_name("letters.tsv")
SAMPLE = 24_000
UNSEEN = math.log(2e-6)
PUNCTUATION = math.log(0.03)
SYMBOL = math.log(2e-5)
ODD_PLACE = -5.0
COMMON = frozenset(
    "“”‘’–—…«»„‚‹›°€£§©®·•¿¡×½ºª™±\u00a0\u200e\u200f\u3000，。、「」（）：；！？《》【】～"
)
NEVER_BETWEEN = frozenset("±¿¡×½§°£€²³®©™«»„‹›•")
# How much chardet's confidences weigh beside the letters, and the least share of its best one.
WEIGHT_OF_LANGUAGE = 10.0
WEIGHT_OF_ENCODING = 6.0
LEAST = 0.3
# How much less likely an encoding is before anything is read, in the logarithm, for a whole file.
CANDIDATES = {
    "cp1252": 0.0,
    "iso8859-15": -4.0,
    "cp1250": -2.0,
    "cp1251": -2.0,
    "gb18030": -2.0,
    "big5": -3.0,
    "shift_jis": -2.0,
    "cp932": -2.2,
    "euc_jp": -3.0,
    "euc_kr": -3.0,
    "cp949": -3.2,
    "cp950": -3.5,
    "koi8-r": -4.0,
    "koi8-u": -4.5,
    "cp1253": -3.0,
    "cp1254": -3.0,
    "cp1255": -3.0,
    "cp1256": -3.0,
    "cp1257": -3.0,
    "cp1258": -4.0,
    "cp874": -3.5,
    "latin-1": -4.5,
    "iso8859-2": -4.5,
    "iso8859-5": -5.0,
    "iso8859-7": -5.0,
    "iso8859-9": -5.0,
    "iso8859-13": -5.5,
    "iso8859-4": -6.0,
    "iso8859-6": -5.5,
    "iso8859-8": -5.5,
    "iso8859-10": -7.0,
    "iso8859-14": -7.0,
    "iso8859-3": -7.0,
    "iso8859-16": -6.5,
    "tis-620": -5.0,
    "mac-roman": -5.0,
    "cp850": -5.0,
    "cp437": -6.0,
    "cp852": -6.0,
    "cp866": -5.0,
    "mac-cyrillic": -6.0,
    "mac-latin2": -7.0,
    "mac-greek": -7.0,
    "mac-turkish": -7.0,
    "cp737": -12.0,
    "cp775": -12.0,
    "cp857": -12.0,
    "cp862": -12.0,
    "cp858": -12.0,
    "cp855": -12.0,
    "cp720": -12.0,
    "cp861": -13.0,
    "cp865": -13.0,
    "cp860": -13.0,
    "cp863": -13.0,
    "cp869": -13.0,
    "cp1125": -13.0,
    "mac-iceland": -13.0,
    "kz1048": -14.0,
    "ptcp154": -14.0,
    "big5hkscs": -6.0,
    "johab": -9.0,
}
SEVERAL_BYTES = frozenset([
    "gb18030", "big5", "big5hkscs", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "cp950",
    "johab",
])  # fmt: skip
# A damaged place in so many bytes is the most that they may have, as in UTF-8.
SELDOM_DAMAGED = 50
# The mean score of a character that hardly any text falls below: of so many characters, which
# outweigh what the encoding costs by itself. How sure one of such a score is.
POOR = -5.0
FEWEST_CHARACTERS = 10
LIKELY_NONE = 0.5
SAME_LANGUAGE = {"no": "nb", "nn": "nb"}
CONTROL = re.compile("[\x80-\x9f\ue000-\uf8ff\ufffd\ufffe\uffff]")
HIGH = re.compile("[^\x00-\x7f]")
# Arabic and Thai signs, which stand beside letters of their script alone.
SIGN = re.compile("[\u064b-\u0652\u0e2f\u0e31\u0e34-\u0e3f\u0e46-\u0e5b]")
# Signs where Western texts have them: "80 m²", "5 µg", "¼ inch", "20 °C", "£5", "± 3", "§ 5".
# Letters of other encodings, which have the same bytes, stand within words or are words.
LONE_SIGN = re.compile(
    r"""
      (?: \d | (?<![^\W\d]) (?:[kcdmnµ]?m|ft|in|yd|qm|sq|s) ) [²³] (?!\w)
    | (?<=[A-Za-z0-9.,)]) ¹ (?!\w)
    | (?<=\d) [ºª] (?![^\W\d])
    | (?<![^\W\d]) µ (?= [gmlsLAFVWHM]\b | [gm]/ | m² | mol | \W | $ )
    | (?<![^\W\d]) [¼½¾] (?![^\W\d])
    | (?<![^\W\d]) ° (?= [CFK]?\b | \W | $ )
    | (?<![^\W\d]) [±×÷] (?![^\W\d])
    | [£¥€] \s? (?=\d) | (?<=\d) \s? [£¥€¢] (?!\w)
    | (?<!\w) [§¶] (?=\s?\d) | (?<!\w) §§? (?=\s?\d)
    | (?<=[A-Za-z0-9]) [®™] (?!\w) | (?<!\w) © (?!\w)
    | (?<![^\W\d]) Ø (?=\s?\d)
    | (?<!\S) [·•–—¬] (?!\S) | (?<=\d) – (?=\d)
    | (?<=\w) … (?= \s* (?: [^\w\s] | [A-Z] | $ ) )
    | (?<!\w) [“‘„] (?=\w) | (?<=[\w.,!?]) [”’] (?!\w) | (?<=[a-z]) ’ (?=[a-z])
    | (?<=[A-Za-z]) ´ (?= (?:s|t|m|d|re|ve|ll)\b )
    | (?<![^\W\d]) \xa0 | \xa0 (?![^\W\d])
    """,
    re.VERBOSE,
)
SURE_OF_SIGNS = 0.95
SCRIPTS = (
    re.compile("[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]"),
    re.compile("[\u0370-\u03ff]"),
    re.compile("[\u0400-\u04ff]"),
    re.compile("[\u0590-\u05ff]"),
    re.compile("[\u0600-\u06ff]"),
    re.compile("[\u0e00-\u0e7f]"),
)


@dataclass(frozen=True)
class Opinion:
    """What chardet gives to encodings and languages, from `LEAST` to 1, the best being 1."""

    encodings: dict[str, float]
    languages: dict[str, float]

    @classmethod
    def of(cls, content: bytes) -> "Opinion":
        import chardet

        found = chardet.detect_all(content, compat_names=False)
        best = max((one["confidence"] for one in found), default=0.0) or 1.0
        encodings: dict[str, float] = {}
        languages: dict[str, float] = {}
        for one in found:
            share = max(one["confidence"] / best, LEAST)
            language = SAME_LANGUAGE.get(one["language"] or "", one["language"] or "")
            languages[language] = max(share, languages.get(language, LEAST))
            if one["encoding"]:
                encodings[codecs.lookup(one["encoding"]).name] = share
        return cls(encodings, languages)

    def of_encoding(self, name: str) -> float:
        share = self.encodings.get(codecs.lookup(name).name, LEAST)
        return WEIGHT_OF_ENCODING * math.log(share)

    def of_language(self, name: str) -> float:
        return WEIGHT_OF_LANGUAGE * math.log(self.languages.get(name.partition("_")[0], LEAST))


def guess_codepage(sample: bytes, head: bytes = b"") -> tuple[str, float]:
    """Return the likeliest encoding of bytes that are not UTF-8, and how sure it is, 0 to 1.

    Windows-1252 where none is likely. `sample` holds lines that are not ASCII; the `head` of the
    file shows its language.
    """
    sample = sample[:SAMPLE]
    if _has_lone_signs_only(sample):
        return "cp1252", SURE_OF_SIGNS
    opinion = Opinion.of(head + sample)
    hopes = [
        (_hope(sample, name, opinion) + prior + opinion.of_encoding(name), name)
        for name, prior in CANDIDATES.items()
    ]
    scores: list[tuple[float, str]] = []
    # Odd places only take away, and are slow to find: the hopeless are not looked through.
    for hope, name in sorted(hopes, reverse=True):
        best, rival = _best_and_rival(scores, sample)
        if hope == -math.inf or hope < min(best[0], rival):
            break
        odd = _odd_places(sample.decode(name, "ignore"))
        scores.append((hope + ODD_PLACE * odd, name))
    (best_score, name), rival = _best_and_rival(scores, sample)
    if best_score == -math.inf:
        return "cp1252", 0.2
    sure = round(1 - 0.5 * math.exp(min(0.0, (rival - best_score) / 4)), 3)
    doubtful = _is_doubtful(sample.decode(name, "ignore"), name, best_score)
    return name, min(sure, LIKELY_NONE) if doubtful else sure


def _has_lone_signs_only(sample: bytes) -> bool:
    """Whether Windows-1252 reads no letter beyond ASCII, and each sign where such signs stand.

    How frequent letters are tells nothing here: one sign that comes again is not more evidence.
    """
    text = sample.decode("cp1252", "replace")
    return HIGH.search(text) is not None and HIGH.search(LONE_SIGN.sub("", text)) is None


def _is_doubtful(text: str, name: str, score: float) -> bool:
    """Whether the best of the encodings with one byte a character reads what no language writes."""
    count = len(HIGH.findall(text))
    return name not in SEVERAL_BYTES and count >= FEWEST_CHARACTERS and score < POOR * count


def _best_and_rival(
    scores: list[tuple[float, str]], sample: bytes
) -> tuple[tuple[float, str], float]:
    """Return the best score with its encoding, and the best one that gives another text."""
    best, *others = sorted(scores, reverse=True) or [(-math.inf, "")]
    if not others:
        return best, -math.inf
    text = sample.decode(best[1], "ignore")
    different = (score for score, name in others if sample.decode(name, "ignore") != text)
    return best, next(different, -math.inf)


def _hope(sample: bytes, name: str, opinion: Opinion) -> float:
    """Return the logarithm of how likely the decoded letters are in the language they fit best."""
    text = _decoded(sample, name)
    if text is None:
        return -math.inf
    controls = len(CONTROL.findall(text))
    counts = Counter(HIGH.findall(text))
    shared = sum(_shared(char) * count for char, count in counts.items() if not char.isalpha())
    letters = {char: count for char, count in counts.items() if char.isalpha()}
    best = max(
        sum(known.get(char, UNSEEN) * count for char, count in letters.items())
        + opinion.of_language(language)
        for language, known in _languages().items()
    )
    return shared + best + UNSEEN * 2 * controls


def _decoded(sample: bytes, name: str) -> str | None:
    """Return the text of a sample, which may end within a character; None where it does not fit.

    Of the encodings with several bytes a character hardly any bytes would fit by chance: a few
    damaged places, each of which costs its price, are no reason against them.
    """
    damage = "replace" if name in SEVERAL_BYTES else "strict"
    try:
        text = codecs.getincrementaldecoder(name)(damage).decode(sample)
    except UnicodeDecodeError as error:
        return sample.decode(name, "ignore") if error.start >= len(sample) - 4 else None
    return text if text.count("\ufffd") * SELDOM_DAMAGED <= len(sample) else None


def _shared(char: str) -> float:
    if char in COMMON or "\u0300" <= char <= "\u036f" or "\u064b" <= char <= "\u0652":
        return PUNCTUATION
    return math.log(0.02) if "\u0e00" <= char <= "\u0e7f" else SYMBOL


def _odd_places(text: str) -> int:
    """Count letters where none of their case or script stand: cafÉ, éT, cafι, caf¦e."""
    odd = 0
    for before, char, after in _surroundings(text):
        if SIGN.match(char):
            odd += 2 * sum(o.isalpha() and _script(o) != _script(char) for o in (before, after))
        elif char.isalpha():
            odd += char.isupper() and before.islower() and after.islower()
            odd += char.isupper() and before.islower() and not after.isupper()
            odd += char.islower() and after.isupper()
            script = _script(char)
            for other in (before, after):
                if other.isalpha() and _script(other) != script:
                    odd += 1
        elif char not in COMMON or char in NEVER_BETWEEN:
            odd += before.isalpha() and after.isalpha()
    return odd


def _surroundings(text: str) -> list[tuple[str, str, str]]:
    return [
        (text[max(0, found.start() - 1) : found.start()] or " ", found.group(),
         text[found.end() : found.end() + 1] or " ")
        for found in HIGH.finditer(text)
    ]  # fmt: skip


@cache
def _script(char: str) -> int:
    if char > "\u2e00":
        return -2 if char < "\uf900" else -1
    return next((n for n, script in enumerate(SCRIPTS) if script.match(char)), -1)


@cache
def _languages() -> dict[str, dict[str, float]]:
    """Return the logarithm of each letter's share by language."""
    languages = {}
    for line in LETTERS.read_text(encoding="utf-8").splitlines():
        name, groups = line.split("\t")
        shares: dict[str, float] = {}
        for group in groups.split(" "):
            found = re.match(r"(\d+)(.*)", group)
            if found:
                share = math.log(int(found[1]) / 10_000)
                shares |= dict.fromkeys(found[2], share)
        languages[name] = shares
    return languages
