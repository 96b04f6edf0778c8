"""Phrases as the texts write them, such as "lost or stolen card": what a topic may be called."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.explore.tokens import is_chinese

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LONGEST_PHRASE = 4
"""Words of the longest phrase, function words among them."""

MOSTLY = 0.65
"""A phrase of which this share of its uses is a piece of the same longer one names nothing."""

FEWEST_OF_ALL = 10_000
"""A phrase that not even one text in so many has names no topic."""


@dataclass(frozen=True)
class PhraseCounts:
    """Which of n units has which of P phrases of two to four words.

    They begin and end with a word of its own meaning, or end with a particle ("top up"), and may
    hold function words. Phrases of two words that mean something are among the terms already.
    `ends` int32 (P, 2) are the terms that they begin and end with, -1 for none; `indptr` and
    `indices` are the rows of a sparse (n, P).
    """

    phrases: tuple[str, ...]
    ends: npt.NDArray[np.int32]
    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return what `from_arrays` reads, by name."""
        return {
            "phrase_names": np.frombuffer("\n".join(self.phrases).encode("utf-8"), dtype=np.uint8),
            "phrase_ends": self.ends,
            "phrase_indptr": self.indptr,
            "phrase_indices": self.indices,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[np.generic]]) -> "PhraseCounts | None":
        """Return them; None where an older Textlode, which counted none, wrote the arrays."""
        if "phrase_names" not in arrays:
            return None
        names = arrays["phrase_names"].tobytes().decode("utf-8")
        return cls(
            tuple(names.split("\n")) if names else (),
            arrays["phrase_ends"].astype(np.int32, copy=False),
            arrays["phrase_indptr"].astype(np.int64, copy=False),
            arrays["phrase_indices"].astype(np.int32, copy=False),
        )

    @cached_property
    def matrix(self) -> "csr_matrix":
        """Ones where a unit has a phrase, (n, P)."""
        from scipy.sparse import csr_matrix

        ones = np.ones(len(self.indices), dtype=np.int32)
        return csr_matrix(
            (ones, self.indices, self.indptr), shape=(len(self.indptr) - 1, len(self.phrases))
        )


def count_phrases(
    words: npt.NDArray[np.int64],
    units: npt.NDArray[np.int64],
    written: Sequence[str],
    term: npt.NDArray[np.int64],
    subject: npt.NDArray[np.bool_],
    closing: npt.NDArray[np.bool_],
    n: int,
    fewest: int,
) -> PhraseCounts:
    """Count the phrases in all words of all texts in one row, int (t,), 0 where a clause ends.

    `units` (t,) is the text of each; `written`, `term`, `subject` and `closing` are by word: how
    it is written, its number among the terms or -1, whether it may begin and end a phrase, whether
    it may end one. A phrase is kept that at least `fewest` texts have, and one in ten thousand,
    and that is no piece of a longer one.
    """
    fewest = max(fewest, n // FEWEST_OF_ALL)
    names: list[str] = []
    ends_of: list[npt.NDArray[np.int64]] = []
    unit_of_use: list[npt.NDArray[np.int64]] = []
    phrase_of_use: list[npt.NDArray[np.int64]] = []
    usual = np.bincount(words, minlength=len(written)) >= fewest
    usual[0] = False
    # What begins at each place: the number of the phrase, and where it begins.
    places = np.flatnonzero(usual[words] & subject[words])
    number = words[places]
    for length in range(2, LONGEST_PHRASE + 1):
        inside = places + length - 1 < len(words)
        places, number = places[inside], number[inside]
        last = words[places + length - 1]
        follows = usual[last]
        places, number, last = places[follows], number[follows], last[follows]
        _, number, uses = np.unique(
            number * np.int64(len(written)) + last, return_inverse=True, return_counts=True
        )
        often = (uses >= fewest)[number]
        places, number, last = places[often], number[often], last[often]
        ends = subject[last] | closing[last]
        # Those of two subjects are among the terms.
        if length == 2:
            ends &= ~subject[last]
        chosen, which = np.unique(number[ends], return_inverse=True)
        first = places[ends][np.unique(which, return_index=True)[1]] if len(which) else places[:0]
        before, after = (words[places[ends] + step] for step in (-1, length))
        piece = np.zeros(len(chosen), dtype=bool)
        for beside in (before, after):
            piece |= _mostly_beside_one(which, np.where(subject[beside], beside, 0), len(chosen))
        # By text once, however often it repeats itself.
        pairs = np.unique(units[places[ends]] * np.int64(max(len(chosen), 1)) + which)
        unit, phrase = np.divmod(pairs, max(len(chosen), 1))
        enough = (np.bincount(phrase, minlength=len(chosen)) >= fewest) & ~piece
        kept = np.cumsum(enough) - 1 + len(names)
        unit_of_use.append(unit[enough[phrase]])
        phrase_of_use.append(kept[phrase[enough[phrase]]])
        begins = first[enough]
        ends_of.append(np.stack([term[words[begins]], term[words[begins + length - 1]]], axis=1))
        names += [
            joined([written[word] for word in words[place : place + length].tolist()])
            for place in begins.tolist()
        ]
    return _assemble(
        names,
        np.concatenate(ends_of),
        np.concatenate(unit_of_use),
        np.concatenate(phrase_of_use),
        n,
    )


def _mostly_beside_one(
    which: npt.NDArray[np.int64], beside: npt.NDArray[np.int64], phrases: int
) -> npt.NDArray[np.bool_]:
    """Return which phrases mostly stand beside one and the same word: they are pieces of longer
    expressions, or of a text that is sent again and again. `which` (u,) is the phrase of each use,
    `beside` (u,) the word beside it, 0 for none.
    """
    uses = np.bincount(which, minlength=phrases)
    with_word = np.flatnonzero(beside)
    most = int(beside.max(initial=0)) + 1
    pairs, counts = np.unique(which[with_word] * most + beside[with_word], return_counts=True)
    largest = np.zeros(phrases, dtype=np.int64)
    np.maximum.at(largest, pairs // most, counts)
    pieces: npt.NDArray[np.bool_] = largest >= np.maximum(MOSTLY * uses, 2)
    return pieces


def joined(words: Sequence[str]) -> str:
    """Return words as they are written in a row: no blank between two Chinese ones."""
    text = words[0]
    for before, word in pairwise(words):
        text += ("" if is_chinese(before) and is_chinese(word) else " ") + word
    return text


def count_uses(
    units: npt.NDArray[np.int64], uses: npt.NDArray[np.int64], shape: tuple[int, int]
) -> "csr_matrix":
    """Return how often each unit has what is used, a sparse int32 matrix of a `shape` (n, V).

    `units` (u,) and `uses` (u,) are the row and the column of each use.
    """
    from scipy.sparse import coo_matrix

    ones = np.ones(len(units), dtype=np.int32)
    return coo_matrix((ones, (units, uses)), shape=shape).tocsr()


def _assemble(
    names: list[str],
    ends: npt.NDArray[np.int64],
    units: npt.NDArray[np.int64],
    phrases: npt.NDArray[np.int64],
    n: int,
) -> PhraseCounts:
    matrix = count_uses(units, phrases, (n, len(names)))
    return PhraseCounts(
        tuple(names),
        ends.astype(np.int32),
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
    )
