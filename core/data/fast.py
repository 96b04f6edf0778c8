"""Clean delimited files are read by pyarrow, all columns as strings; the rest is not for it."""

from codecs import BOM_UTF8
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.data.source import Source
from core.progress import READING, Progress

if TYPE_CHECKING:
    from core.data.delimited import Plan

BLOCK = 2 << 20
LARGE_BLOCK = 32 << 20
SECONDS_BETWEEN_REPORTS = 0.1
LF, CR = 10, 13


@dataclass(frozen=True)
class CleanTable:
    """A table whose rows account for every line of its file, and how its lines end."""

    table: pa.Table
    line_end: str


def read_fast(source: Source, plan: "Plan", progress: Progress) -> CleanTable | None:
    """Return the table of a clean file; None where only the careful reader will do.

    Every line must be accounted for: rows and the line ends within values are those counted. The
    file is read once, without line ends in values if there seem to be none.
    """
    for several_lines in (False, True):
        if plan.several_lines and not several_lines:
            continue
        with _Watch(source, plan) as watch:
            table = _read(watch, plan, several_lines, progress)
        if watch.unfit:
            return None
        if table is not None:
            fits = _accounts_for(table, watch.lines - (plan.first_row_line - 1), plan)
            return CleanTable(table, watch.line_end) if fits else None
    return None


class _Watch:
    """A file that counts line ends and looks for odd bytes while pyarrow reads it.

    `unfit` files hold zeros, lone CRs, line ends of both kinds, or a quote that opens a value
    elsewhere than at its start or closes one before its end; their reading stops there.
    """

    closed = False

    def __init__(self, source: Source, plan: "Plan") -> None:
        self.unfit = self.stopped = False
        self.size, self.done = source.size, 0
        self._file = source.path.open("rb", buffering=0)
        if plan.encoding.name == "utf-8-sig":
            self._file.seek(len(BOM_UTF8))
        self._quote = plan.marks.quote.encode()
        self._edge = np.zeros(256, dtype=bool)
        self._edge[[LF, CR, *(plan.marks.delimiter + plan.marks.quote).encode()]] = True
        self._line_feeds = self._returns = 0
        self._last = LF
        self._within = self._just_closed = False

    def __enter__(self) -> "_Watch":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def lines(self) -> int:
        return self._line_feeds + (self._last != LF)

    @property
    def line_end(self) -> str:
        return "\r\n" if self._returns else "\n"

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; none where the reading was stopped."""
        if self.unfit or self.stopped:
            return b""
        block = self._file.read(size)
        if block:
            values = np.frombuffer(block, dtype=np.uint8)
            self.unfit = b"\0" in block or self._mixes_line_ends(block, values)
            if self._quote:
                self.unfit |= self._has_odd_quote(values)
            self._last = block[-1]
            self.done += len(block)
        else:
            self.unfit = self._within or (self._returns not in (0, self._line_feeds))
        return block

    def readable(self) -> bool:
        return True

    def _mixes_line_ends(self, block: bytes, values: "np.ndarray[Any, Any]") -> bool:
        feeds = int(np.count_nonzero(values == LF))
        returns = int(np.count_nonzero(values == CR)) if b"\r" in block else 0
        self._line_feeds += feeds
        self._returns += returns
        if not self._returns:
            return False
        pairs = block.count(b"\r\n") + (self._last == CR and block[0] == LF)
        return pairs != feeds or pairs + (block[-1] == CR) != returns + (self._last == CR)

    def _has_odd_quote(self, values: "np.ndarray[Any, Any]") -> bool:
        """Every other quote opens a value, the others close it; doubled ones do both."""
        odd = self._just_closed and not self._edge[values[0]]
        places = np.flatnonzero(values == self._quote[0])
        opening, closing = places[self._within :: 2], places[not self._within :: 2]
        before = values[opening - 1]
        if len(opening) and opening[0] == 0:
            before[0] = self._last
        self._just_closed = len(closing) > 0 and int(closing[-1]) == len(values) - 1
        after = values[closing[: -1 if self._just_closed else None] + 1]
        self._within ^= bool(len(places) % 2)
        return odd or not (self._edge[before].all() and self._edge[after].all())


def _read(watch: _Watch, plan: "Plan", several_lines: bool, progress: Progress) -> pa.Table | None:
    """Read with all cores; progress is told, and heard, in the thread that asks for the table."""
    from pyarrow import csv

    names = [str(place) for place in range(plan.layout.columns)]
    options = {
        "read_options": csv.ReadOptions(
            skip_rows=plan.first_row_line - 1,
            column_names=names,
            encoding=_arrow_name(plan.encoding.name),
            block_size=LARGE_BLOCK if several_lines else BLOCK,
        ),
        "parse_options": csv.ParseOptions(
            delimiter=plan.marks.delimiter,
            quote_char=plan.marks.quote or False,
            double_quote=bool(plan.marks.quote),
            newlines_in_values=several_lines,
            ignore_empty_lines=True,
        ),
        "convert_options": csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    }
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(csv.read_csv, watch, **options)
        try:
            while True:
                progress(watch.done, watch.size, READING)
                try:
                    return reading.result(SECONDS_BETWEEN_REPORTS)
                except TimeoutError:
                    continue
        except (pa.ArrowInvalid, UnicodeError):
            return None
        finally:
            watch.stopped = True


def _arrow_name(encoding: str) -> str:
    """Return "utf8" for UTF-8: by any other name pyarrow transcodes it in Python."""
    return "utf8" if encoding in ("utf-8", "utf-8-sig") else encoding


def _accounts_for(table: pa.Table, lines: int, plan: "Plan") -> bool:
    """Whether each line is a row, or within a value that looks as if it was meant to be long."""
    if table.num_rows == lines:
        return True
    inner = _inner_line_ends(table)
    return inner > 0 and table.num_rows + inner == lines and not _swallows_rows(table, plan)


def _inner_line_ends(table: pa.Table) -> int:
    """Return how many line ends are within values."""
    return sum(
        int(pc.sum(pc.count_substring(column, "\n")).as_py() or 0) for column in table.columns
    )


def _swallows_rows(table: pa.Table, plan: "Plan") -> bool:
    """Whether a value of several lines looks as if a quote was never closed."""
    enough = max(plan.layout.columns - 1, 2)
    for column in table.columns:
        several = column.filter(pc.match_substring(column, "\n"))
        marks = pc.count_substring(several, plan.marks.delimiter)
        if len(several) and pc.any(pc.greater_equal(marks, enough)).as_py():
            return True
    return False
