"""Letters that count as the same when a person searches: accents, widths and cases do not matter.

A word becomes a pattern that finds its variants, so that the texts need no second, folded copy.
"""

import re
import unicodedata
from collections import defaultdict
from functools import cache

_MARKS = re.compile("[\u0300-\u036f]")
_ANY_MARKS = "[\u0300-\u036f]*"
# Letters that people take for another one, though Unicode does not take them apart.
_STROKES = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
)
LAST_LETTER = 0x1FFFF
LONGEST = 3


def searched_form(text: str) -> str:
    """Return a text with one form for all variants: NFKC, no accents, lower case ("ﬁ" as "fi").

    Marks of other scripts than Latin, Greek and Cyrillic stay: without them it is another word.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = _MARKS.sub("", folded.translate(_STROKES))
    return unicodedata.normalize("NFKC", bare)


def variants_pattern(word: str) -> str:
    """Return a pattern, for RE2 and Python alike, that finds a word and what folds to the same.

    It is empty for a word of nothing but accents.
    """
    folded, parts, place = searched_form(word).strip(), [], 0
    single, ligatures = _variants()
    while place < len(folded):
        size = next(
            (size for size in range(LONGEST, 1, -1) if folded[place : place + size] in ligatures),
            1,
        )
        piece = folded[place : place + size]
        letters = "".join(_letter(letter, single) for letter in piece)
        parts.append(f"(?:{letters}|{_one_of(ligatures[piece])})" if size > 1 else letters)
        place += size
    pattern = "".join(parts)
    # Signs such as ℃ or the Thai ำ fold to several, which are not looked for in one.
    return pattern if not pattern or word.isascii() else f"(?:{pattern}|{re.escape(word)})"


def _letter(letter: str, single: dict[str, str]) -> str:
    """Return the pattern of one folded letter; one that is made of two is found in its parts."""
    pattern = _one_of(single.get(letter, letter))
    parts = unicodedata.normalize("NFD", letter)
    if len(parts) > 1:
        pattern = f"(?:{pattern}|{''.join(_one_of(single.get(part, part)) for part in parts)})"
    # Of scripts whose letters can carry such marks; behind a digit or a sign there are none.
    return pattern + _ANY_MARKS if letter.isalpha() and letter < "\u0530" else pattern


def _one_of(letters: str) -> str:
    return re.escape(letters) if len(letters) == 1 else f"[{''.join(map(re.escape, letters))}]"


@cache
def _variants() -> tuple[dict[str, str], dict[str, str]]:
    """Return for each folded letter what folds to it, and for two or three what one sign does."""
    single: dict[str, str] = defaultdict(str)
    ligatures: dict[str, str] = defaultdict(str)
    for code in range(ord("A"), LAST_LETTER + 1):
        letter = chr(code)
        if 0xD800 <= code <= 0xDFFF or (letter.isascii() and not letter.isalpha()):
            continue
        folded = searched_form(letter)
        if len(folded) == 1 and folded != letter:
            single[folded] += letter
        elif 1 < len(folded) <= LONGEST and folded.isalpha() and folded.isascii():
            ligatures[folded] += letter
    return {folded: folded + letters for folded, letters in single.items()}, dict(ligatures)
