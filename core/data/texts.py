"""What the texts of a column are like before anything is computed of them; nothing is changed."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import IntFlag
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.data.markup import MARKUP, has_markup, strip_markup
from core.data.near_duplicates import find_near_duplicates
from core.data.shared_lines import SharedLine, find_shared_lines, holds_lines, remove_lines
from core.i18n import N_
from core.progress import SILENT, Progress

VERY_LONG = 20_000
EXAMPLES = 5
GROUPS = 100
GROUP_EXAMPLES = 5
EXAMPLE_CHARACTERS = 300
Flags = npt.NDArray[np.uint8]


class Fault(IntFlag):
    """What can be said of one row's text. A repetition is every text but the first of its like."""

    EMPTY = 1
    REPEATED = 2
    NEARLY_REPEATED = 4
    VERY_LONG = 8
    MARKUP = 16
    SHARED_LINES = 32


@dataclass(frozen=True)
class Example:
    """A row (from 0) and its text, cut at 300 characters."""

    row: int
    text: str


@dataclass(frozen=True)
class Group:
    """Texts that are the same or nearly so: how many rows, the first of these, and of the texts."""

    count: int
    rows: tuple[int, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """How many rows have a fault, and some of them."""

    count: int
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class TextFindings:
    """What is odd about n texts.

    `flags` (n,) holds the faults of each row as bits of `Fault`; `findings` sums them up by name
    in small letters. `first` (n,) names the first row (from 0) that has the same text, `near` the
    first that has nearly the same; both its own where there is none above. Of the groups the
    largest 100 are named.
    """

    rows: int
    findings: dict[str, Finding]
    repeated: tuple[Group, ...]
    nearly_repeated: tuple[Group, ...]
    shared_lines: tuple[SharedLine, ...]
    longest: int
    flags: Flags = field(repr=False)
    first: npt.NDArray[np.int64] = field(repr=False)
    near: npt.NDArray[np.int64] = field(repr=False)

    def __getitem__(self, fault: Fault) -> Finding:
        return self.findings[name_of(fault)]

    def to_json(self) -> dict[str, Any]:
        """Return everything but the arrays as JSON values."""
        arrays = ("flags", "first", "near")
        return {name: value for name, value in asdict(self).items() if name not in arrays}


def name_of(fault: Fault) -> str:
    """Return the name under which a fault stands in JSON."""
    return str(fault.name).lower()


def check_texts(
    texts: pa.Array | pa.ChunkedArray | Iterable[str | None], progress: Progress = SILENT
) -> TextFindings:
    """Return what is odd about texts; blanks around a text do not count.

    Near repetitions are looked for among what is left without markup and without shared lines.
    """
    progress(0, 0, N_("Looking at the texts"))
    bare = pc.utf8_trim_whitespace(pc.fill_null(as_texts(texts), ""))
    lengths = pc.utf8_length(bare)
    markup = has_markup(bare)
    stripped = strip_markup(bare, markup)
    lines = find_shared_lines(stripped, progress)
    names = tuple(line.text for line in lines)
    sharing = holds_lines(stripped, names)
    core = remove_lines(stripped, names, sharing)
    progress(0, 0, N_("Looking for texts that come again"))
    first = first_of_equals(bare)
    near = _near(core, first, progress)
    flags = np.zeros(len(bare), dtype=np.uint8)
    for fault, held in (
        (Fault.EMPTY, pc.equal(lengths, 0)),
        (Fault.REPEATED, first != np.arange(len(bare))),
        (Fault.NEARLY_REPEATED, near != first),
        (Fault.VERY_LONG, pc.greater(lengths, VERY_LONG)),
        (Fault.MARKUP, markup),
        (Fault.SHARED_LINES, sharing),
    ):
        flags[np.asarray(held, dtype=bool)] |= np.uint8(fault)
    empty = (flags & np.uint8(Fault.EMPTY)) > 0
    flags[empty] = np.uint8(Fault.EMPTY)
    return TextFindings(
        rows=len(bare),
        findings={name_of(fault): _finding(fault, flags, bare) for fault in Fault},
        repeated=_groups(np.where(empty, -1, first), bare, first),
        nearly_repeated=_groups(_of_several(near, first), bare, first),
        shared_lines=lines,
        longest=int(pc.max(lengths).as_py() or 0),
        flags=flags,
        first=first,
        near=near,
    )


def as_texts(texts: pa.Array | pa.ChunkedArray | Iterable[str | None]) -> pa.Array:
    """Return texts as one Arrow array of large strings."""
    if isinstance(texts, pa.ChunkedArray):
        return texts.cast(pa.large_string()).combine_chunks()
    if isinstance(texts, pa.Array):
        return texts.cast(pa.large_string())
    return pa.array(texts, pa.large_string())


def first_of_equals(texts: pa.Array) -> npt.NDArray[np.int64]:
    """Return for each row the first row that has the same text (n,)."""
    codes = texts.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    first = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return np.asarray(first[codes], dtype=np.int64)


def _near(
    core: pa.Array, first: npt.NDArray[np.int64], progress: Progress
) -> npt.NDArray[np.int64]:
    """Return for each row the first row with nearly its text: different texts are compared."""
    distinct = np.flatnonzero(first == np.arange(len(first)))
    found = np.arange(len(first))
    found[distinct] = distinct[find_near_duplicates(core.take(pa.array(distinct)), progress)]
    return np.asarray(found[first], dtype=np.int64)


def _of_several(near: npt.NDArray[np.int64], first: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Keep the groups that hold different texts; -1 for rows that are in none."""
    mixed = np.zeros(len(near), dtype=bool)
    mixed[near[near != first]] = True
    return np.where(mixed[near], near, -1)


def _finding(fault: Fault, flags: Flags, bare: pa.Array) -> Finding:
    rows = np.flatnonzero(flags & np.uint8(fault))
    chosen = rows[:EXAMPLES]
    texts = bare.take(pa.array(chosen)).to_pylist()
    shown = [_around_markup(text) if fault is Fault.MARKUP else text for text in texts]
    examples = zip(chosen.tolist(), shown, strict=True)
    return Finding(len(rows), tuple(Example(row, cut_example(text)) for row, text in examples))


def cut_example(text: str) -> str:
    """Return the start of a text, with dots where it is cut."""
    if len(text) <= EXAMPLE_CHARACTERS:
        return text
    return f"{text[:EXAMPLE_CHARACTERS].rstrip()} …"


def _around_markup(text: str) -> str:
    """Begin shortly before the first tag, where that is far from the start."""
    import re

    found = re.search(MARKUP, text)
    start = max(0, found.start() - 40) if found else 0
    return f"… {text[start:]}" if start else text


def _groups(
    group: npt.NDArray[np.int64], bare: pa.Array, first: npt.NDArray[np.int64]
) -> tuple[Group, ...]:
    """Return the largest groups of rows; `group` (n,) names the first row of each, -1 none."""
    leaders, counts = np.unique(group[group >= 0], return_counts=True)
    order = np.lexsort((leaders, -counts))[:GROUPS]
    order = order[counts[order] > 1]
    distinct = np.flatnonzero(first == np.arange(len(first)))
    members = distinct[np.isin(group[distinct], leaders[order])]
    texts: dict[int, list[str]] = {int(leader): [] for leader in leaders[order]}
    for leader, row in zip(group[members].tolist(), members.tolist(), strict=True):
        if len(texts[leader]) < GROUP_EXAMPLES:
            texts[leader].append(cut_example(bare[row].as_py()))
    return tuple(
        Group(int(count), _first_rows(group, leader), tuple(found))
        for count, (leader, found) in zip(counts[order], texts.items(), strict=True)
    )


def _first_rows(group: npt.NDArray[np.int64], leader: int) -> tuple[int, ...]:
    return tuple(np.flatnonzero(group == leader)[:EXAMPLES].tolist())
