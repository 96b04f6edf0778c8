"""A text cut into the words that an explanation speaks about."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from core.errors import InputError
from core.i18n import N_

Segment = Callable[[str], list[tuple[int, int]]]
"""Returns the character spans (start, end) of a text's words, ascending and disjoint."""

WORD = re.compile(r"\w+(?:['’.-]\w+)*|[^\w\s]+")
MOST_WORDS = 200
"""Words of a text that are explained; what comes after them is left out, and counted."""


@dataclass(frozen=True)
class Words:
    """A text and the spans of its words; `left_out` counts the words after the last of them."""

    text: str
    spans: tuple[tuple[int, int], ...]
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.spans)

    def __getitem__(self, place: int) -> str:
        start, end = self.spans[place]
        return self.text[start:end]

    def keep(self, mask: tuple[bool, ...]) -> str:
        """Return the text without the words whose place in `mask` is False.

        Words that a deletion brings side by side stay apart where any space lay between them.
        """
        if all(mask):
            return self.text
        pieces: list[str] = []
        last = 0
        for (start, end), kept in zip(self.spans, mask, strict=True):
            if kept:
                pieces += [self._between(last, start) if pieces else "", self.text[start:end]]
                last = end
        return "".join(pieces)

    def _between(self, end: int, start: int) -> str:
        return " " if any(letter.isspace() for letter in self.text[end:start]) else ""


def words_by_space(text: str) -> list[tuple[int, int]]:
    """Find words and runs of punctuation, for languages that put spaces between words."""
    return [match.span() for match in WORD.finditer(text)]


def cut_words(text: str, segment: Segment = words_by_space) -> Words:
    """Cut a text into at most `MOST_WORDS` words; the text ends with the last of them."""
    spans = [(start, end) for start, end in segment(text) if text[start:end].strip()]
    if not spans:
        raise InputError(
            N_("The text {text} has no words, so there is nothing to explain. Give a text."),
            text=repr(text[:40]),
        )
    if any(before[1] > after[0] for before, after in pairwise(spans)):
        raise InputError(
            N_("The words of the text {text} overlap. The tokenizer has to give separate spans."),
            text=repr(text[:40]),
        )
    if len(spans) <= MOST_WORDS:
        return Words(text, tuple(spans))
    kept = spans[:MOST_WORDS]
    return Words(text[: kept[-1][1]], tuple(kept), len(spans) - MOST_WORDS)
