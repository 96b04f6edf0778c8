"""Clean delimited files are read by pyarrow, all columns as strings; the rest is not for it."""

import functools
import re
from codecs import BOM_UTF8, getincrementaldecoder
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.data.ending import find_ending
from core.data.plan import Plan
from core.data.records import Record, swallows_rows
from core.data.source import Source
from core.progress import READING, Progress

BLOCK = 1 << 20
LARGE_BLOCK = 32 << 20
SECONDS_BETWEEN_REPORTS = 0.1
LF, CR = 10, 13
LINE_END = re.compile(r"\r\n|\r|\n")
LAST_ROWS = 200
LAST_BYTES = 4096
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.signedinteger[Any]]
NO_PLACES = np.zeros(0, dtype=np.int64)
BATCH_ROWS = 50_000


@dataclass(frozen=True)
class CleanTable:
    """A table whose rows account for every line of its file, and how its lines end."""

    table: pa.Table
    line_end: str
    blank_lines: int


def read_fast(source: Source, plan: Plan, progress: Progress) -> CleanTable | None:
    """Return the table of a clean file; None where only the careful reader will do.

    Every record must be accounted for: there are as many rows as line ends outside of quotes. The
    file is read once, without line ends in values if there seem to be none.
    """
    ways = (_SeveralLines,) if plan.several_lines else (_SingleLines, _SeveralLines)
    for way in ways:
        with way(source, plan) as watch:
            table = _read(watch, plan, progress)
        if watch.unfit:
            return None
        if table is not None and not watch.stopped and table.num_rows == watch.records:
            fits = _is_as_read_carefully(table, plan, watch)
            return CleanTable(table, watch.line_end, watch.blank_lines) if fits else None
    return None


class _Watch:
    """A file, as UTF-8 from its first row on, that is looked through while pyarrow reads it.

    `unfit` files hold zeros, line ends of several kinds outside of quotes, rows below a blank
    line, or a quote that opens a value elsewhere than at its start or closes one before its end;
    their reading stops there.
    """

    closed = False
    several_lines = False

    def __init__(self, source: Source, plan: Plan) -> None:
        self.unfit = self.stopped = False
        self.size, self.done = source.size, 0
        self.inner_line_ends = self.blank_lines = 0
        self._file = source.path.open("rb", buffering=0)
        name = plan.encoding.name
        if name == "utf-8-sig":
            self._file.seek(len(BOM_UTF8))
        self._decoder = None if name.startswith("utf-8") else getincrementaldecoder(name)()
        self._lines_above = plan.first_row_line - 1
        self._quote = plan.marks.quote.encode()
        self._edge = np.zeros(256, dtype=bool)
        self._edge[[LF, CR, *(plan.marks.delimiter + plan.marks.quote).encode()]] = True
        self._line_feeds = self._returns = 0
        self._last = LF
        self._within = self._just_closed = False
        self._is_byte = np.empty(0, dtype=bool)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def records(self) -> int:
        return self._line_feeds - self.blank_lines + (self._last != LF)

    @property
    def line_end(self) -> str:
        return "\r\n" if self._returns else "\n"

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; none where the reading was stopped."""
        if self.unfit or self.stopped:
            return b""
        block = self._next(size)
        if block:
            values = np.frombuffer(block, dtype=np.uint8)
            within = self._within
            quotes = self._places(values, self._quote[0]) if self._quote else NO_PLACES
            self.unfit = b"\0" in block or (
                bool(self._quote) and self._has_odd_quote(values, quotes)
            )
            self._count_lines(block, values, quotes, within)
            self._last = block[-1]
        elif not self.stopped:
            uneven = self._returns not in (0, self._line_feeds)
            self.unfit = self._within or self._last == CR or uneven or self._lines_above > 0
        return b"" if self.stopped else block

    def _places(self, values: Bytes, byte: int) -> Places:
        """Return where a byte stands. Its memory is kept, as new pages cost more than a look."""
        if len(self._is_byte) < len(values):
            self._is_byte = np.empty(len(values), dtype=bool)
        return np.flatnonzero(np.equal(values, byte, out=self._is_byte[: len(values)]))

    def _next(self, size: int) -> bytes:
        """Return the next bytes below the names, empty only at the end."""
        while True:
            block = self._file.read(size)
            self.done += len(block)
            ended = not block
            if self._decoder is not None:
                block = self._decoder.decode(block, ended).encode()
            if block and self._lines_above:
                block = self._below_names(block)
            if block or ended:
                return block

    def _below_names(self, block: bytes) -> bytes:
        place = 0
        while self._lines_above:
            end = block.find(b"\n", place) + 1
            line = block[place : end or len(block)]
            if b"\r" in line.removesuffix(b"\r\n").removesuffix(b"\r"):
                self.unfit = True  # lines were counted at lone CRs too
            if not end:
                return b""
            place, self._lines_above = end, self._lines_above - 1
        return block[place:]

    def _has_odd_quote(self, values: Bytes, places: Places) -> bool:
        """Every other quote opens a value, the others close it; doubled ones do both."""
        odd = self._just_closed and not self._edge[values[0]]
        opening, closing = places[self._within :: 2], places[not self._within :: 2]
        before = values[opening - 1]
        if len(opening) and opening[0] == 0:
            before[0] = self._last
        self._just_closed = len(closing) > 0 and int(closing[-1]) == len(values) - 1
        after = values[closing[: -1 if self._just_closed else None] + 1]
        self._within ^= bool(len(places) % 2)
        return odd or not (self._edge[before].all() and self._edge[after].all())

    def _count_lines(self, block: bytes, values: Bytes, quotes: Places, within: bool) -> None:
        raise NotImplementedError

    def _ends_below_blank_line(self, block: bytes) -> bool:
        """Count blank lines; return whether there is nothing else."""
        self.blank_lines += block.count(b"\n")
        return not block.strip(b"\r\n")


class _SingleLines(_Watch):
    """All line ends count; it stops where they differ, as some may be within quotes."""

    def _count_lines(self, block: bytes, values: Bytes, quotes: Places, within: bool) -> None:
        feeds = block.count(b"\n")
        returns = block.count(b"\r") if b"\r" in block else 0
        if returns or self._returns:
            pairs = block.count(b"\r\n") + (self._last == CR and block[0] == LF)
            closed = returns + (self._last == CR) - (block[-1] == CR)
            self.stopped |= pairs != feeds or pairs != closed or self._line_feeds > self._returns
        # Blank lines at the end are told from the last block, others by the rows that lack.
        ending = block[-LAST_BYTES:]
        if not ending.strip(b"\r\n"):
            ending = block
        self.blank_lines = max(0, ending[len(ending.rstrip(b"\r\n")) :].count(b"\n") - 1)
        self._line_feeds += feeds
        self._returns += returns


class _SeveralLines(_Watch):
    """Only line ends outside of quotes count; those within may be of any kind."""

    several_lines = True
    _line_length = 0

    def _count_lines(self, block: bytes, values: Bytes, quotes: Places, within: bool) -> None:
        ends, inner = _outside(self._places(values, LF), quotes, within)
        ending = 0
        if b"\r" in block:
            returns, inner_returns = _outside(self._places(values, CR), quotes, within)
            inner += inner_returns
            self._returns += len(returns)
            lone = values[np.minimum(returns + 1, len(values) - 1)] != LF
            self.unfit |= bool(lone[: -1 if block[-1] == CR else None].any())
        if self._returns:
            ending = 1
            before = values[ends - 1]
            if len(ends) and ends[0] == 0:
                before[0] = self._last
            self.unfit |= bool((before != CR).any()) or self._line_feeds > self._returns
        self.inner_line_ends += inner
        self._line_feeds += len(ends)
        self._find_blank_line(block, ends, ending)

    def _find_blank_line(self, block: bytes, ends: Places, ending: int) -> None:
        if self.blank_lines:
            self.unfit |= not self._ends_below_blank_line(block)
        elif len(ends):
            lengths = np.diff(ends, prepend=-1) - 1
            lengths[0] += self._line_length
            blank = np.flatnonzero(lengths <= ending)
            if len(blank):
                rest = block[ends[blank[0] - 1] + 1 if blank[0] else 0 :]
                self.unfit |= not self._ends_below_blank_line(rest)
        self._line_length = (
            len(block) - int(ends[-1]) - 1 if len(ends) else (self._line_length + len(block))
        )


def _outside(places: Places, quotes: Places, within: bool) -> tuple[Places, int]:
    """Return the places that are not within quotes, and how many are."""
    if not len(quotes):
        return (places[:0], len(places)) if within else (places, 0)
    outside = places[(np.searchsorted(quotes, places) + within) % 2 == 0]
    return outside, len(places) - len(outside)


def _read(watch: _Watch, plan: Plan, progress: Progress) -> pa.Table | None:
    """Read with all cores; progress is told, and heard, in the thread that asks for the table."""
    from pyarrow import csv

    names = [str(place) for place in range(plan.layout.columns)]
    options = {
        "read_options": csv.ReadOptions(
            column_names=names, block_size=LARGE_BLOCK if watch.several_lines else BLOCK
        ),
        "parse_options": csv.ParseOptions(
            delimiter=plan.marks.delimiter,
            quote_char=plan.marks.quote or False,
            double_quote=bool(plan.marks.quote),
            newlines_in_values=watch.several_lines,
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
        except BaseException:
            watch.stopped = True
            raise


def _is_as_read_carefully(table: pa.Table, plan: Plan, watch: _Watch) -> bool:
    """Whether the careful reader would find the same rows, and no other in or below the table."""
    names = list(plan.names)
    if len(names) == table.num_columns > 1 and _holds_row(table, names):
        return False
    if table.num_columns == 1 and pc.any(pc.equal(pc.utf8_trim(table.column(0), " "), "")).as_py():
        return False  # a blank line is no row
    if watch.inner_line_ends and not _joins_lines(table, plan):
        return False
    last = [
        Record(0, list(row.values()), "", False, "")
        for row in table.slice(max(0, table.num_rows - LAST_ROWS)).to_pylist()
    ]
    ending = find_ending([], table, last, names)
    return ending.rows == int(table.num_rows)


def _holds_row(table: pa.Table, cells: list[str]) -> bool:
    for place, cell in enumerate(cells):
        equal = pc.equal(table.column(place), cell)
        if not pc.any(equal).as_py():
            return False
        table = table.filter(equal)
    return True


def _joins_lines(table: pa.Table, plan: Plan) -> bool:
    """Whether the careful reader, too, would join the lines of each value."""
    mark, columns = plan.marks.delimiter, table.num_columns
    if columns == 1:
        return True
    for batch in table.to_batches(max_chunksize=BATCH_ROWS):
        marks = _counted(batch, mark)
        ends = pc.add(_counted(batch, "\n"), _counted(batch, "\r"))
        suspect = pc.and_(pc.greater_equal(marks, columns - 1), pc.greater_equal(ends, 2))
        for row in batch.filter(suspect).to_pylist():
            cells = list(row.values())
            _, *lines = LINE_END.split(mark.join(cells))
            if swallows_rows(cells, lines, mark):
                return False
    return True


def _counted(batch: pa.RecordBatch, text: str) -> pa.Array:
    """Return how often a text occurs in each row."""
    counts = [pc.count_substring(column, text) for column in batch.columns]
    return functools.reduce(pc.add, counts)
