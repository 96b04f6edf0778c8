"""What the texts of a column are like before anything is computed of them; nothing is changed."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

HTML = (
    r"(?i)<(/?(p|br|div|span|a|b|i|u|em|strong|li|ul|ol|table|tr|td|img|h[1-6]|font|script|style)"
    r"(\s[^<>]*)?/?|!--[^>]*--)>|&(amp|nbsp|lt|gt|quot|#\d+|#x[0-9a-f]+);"
)
TOO_LONG = 20_000
EXAMPLES = 5
GROUPS = 200
EXAMPLE_CHARACTERS = 300


@dataclass(frozen=True)
class DuplicateGroup:
    """The rows (from 0, the first 200) that share a text, which is cut at 300 characters."""

    text: str
    rows: tuple[int, ...]
    count: int


@dataclass(frozen=True)
class TextFindings:
    """Counts of rows: without text, with a text that another row has too, with HTML, very long.

    `groups` counts the texts that several rows share, `largest_groups` are the first 200 of them;
    `too_long` counts texts beyond 20,000 characters. Examples are row numbers.
    """

    rows: int
    empty: int
    duplicates: int
    groups: int
    html: int
    too_long: int
    largest_groups: tuple[DuplicateGroup, ...] = ()
    empty_examples: tuple[int, ...] = ()
    html_examples: tuple[int, ...] = ()
    long_examples: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the findings as JSON values."""
        return asdict(self)


def check_texts(texts: pa.Array | pa.ChunkedArray | Iterable[str | None]) -> TextFindings:
    """Return what is odd about texts; blanks around a text do not count."""
    bare = pc.utf8_trim_whitespace(pc.fill_null(_column(texts), ""))
    empty = pc.equal(bare, "")
    html = pc.match_substring_regex(bare, HTML)
    long = pc.greater(pc.utf8_length(bare), TOO_LONG)
    repeated = _repeated(bare)
    return TextFindings(
        rows=len(bare),
        empty=_count(empty),
        duplicates=int(pc.sum(repeated["row_count"]).as_py() or 0),
        groups=repeated.num_rows,
        html=_count(html),
        too_long=_count(long),
        largest_groups=_largest(bare, repeated),
        empty_examples=_examples(empty),
        html_examples=_examples(html),
        long_examples=_examples(long),
    )


def _column(texts: pa.Array | pa.ChunkedArray | Iterable[str | None]) -> pa.Array:
    if isinstance(texts, pa.ChunkedArray):
        return texts.cast(pa.large_string()).combine_chunks()
    if isinstance(texts, pa.Array):
        return texts.cast(pa.large_string())
    return pa.array(texts, pa.large_string())


def _count(flags: pa.Array) -> int:
    return int(pc.sum(flags).as_py() or 0)


def _examples(flags: pa.Array) -> tuple[int, ...]:
    return tuple(pc.indices_nonzero(flags)[:EXAMPLES].to_pylist())


def _repeated(bare: pa.Array) -> pa.Table:
    """Return the texts of several rows with their counts, the most frequent first."""
    rows = pa.table({"text": bare, "row": pa.array(range(len(bare)), pa.int64())})
    rows = rows.filter(pc.not_equal(rows["text"], ""))
    counts = rows.group_by("text").aggregate([("row", "count"), ("row", "min")])
    repeated = counts.filter(pc.greater(counts["row_count"], 1))
    return repeated.sort_by([("row_count", "descending"), ("row_min", "ascending")])


def _largest(bare: pa.Array, repeated: pa.Table) -> tuple[DuplicateGroup, ...]:
    largest = repeated.slice(0, GROUPS)
    members = pc.indices_nonzero(pc.is_in(bare, largest["text"].combine_chunks()))
    places: dict[str, list[int]] = {text: [] for text in largest["text"].to_pylist()}
    for row, text in zip(members.to_pylist(), bare.take(members).to_pylist(), strict=True):
        if len(places[text]) < GROUPS:
            places[text].append(row)
    counts = largest["row_count"].to_pylist()
    return tuple(
        DuplicateGroup(text[:EXAMPLE_CHARACTERS], tuple(rows), count)
        for (text, rows), count in zip(places.items(), counts, strict=True)
    )
