"""A delimited file with some odd rows: all but these is read fast, a piece at a time.

The careful reader remembers nothing but its line where it begins a record. From such a place on,
the rows up to the first odd one are read by pyarrow, the odd one with care, and where that one ends
it goes on. Whatever the careful reader might see otherwise is odd: a row of another width, a quote
within a value, a blank line, a lone CR, a zero, a backslash that escapes.
"""

import functools
import io
import re
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.data.encoding import python_errors
from core.data.ending import LAST_ROWS
from core.data.plan import Plan, without_zeros
from core.data.records import LINES_LIKE_RECORDS, Record, RecordReader, swallows_rows
from core.data.source import Source

BLOCK = 1 << 20
SMALLEST_PIECE, LARGEST_PIECE = 64 << 10, 8 << 20
SMALLEST_LINES, LARGEST_LINES = 4 << 10, 1 << 20
# Fewer rows than these are read with care sooner than by themselves, more where that goes on.
FEWEST_ROWS, MOST_WITH_CARE = 64, 8192
# A value may end on so many lines of its record.
MOST_VALUES = 60
LF, CR = 10, 13
LINE_END = re.compile(r"\r\n|\r|\n")
Places = npt.NDArray[np.signedinteger[Any]]
NO_PLACES = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class CleanRows:
    """Rows as the careful reader would find them, with the text of the last of them.

    `line` is that of the text; `count` rows are in it.
    """

    table: pa.Table
    text: bytes
    line: int
    count: int


def suits_pieces(plan: Plan) -> bool:
    """Whether a file is large, and its marks are such as pyarrow knows."""
    marks = plan.marks
    known = len(marks.delimiter) == 1 and (marks.delimiter + marks.quote).isascii()
    return known and not (plan.whole or marks.blank_after or marks.padded or marks.around)


class PieceReader:
    """Yields what is below the names of a file: odd records, and the clean rows between them."""

    def __init__(self, source: Source, plan: Plan) -> None:
        self._plan = plan
        self._records = RecordReader(plan.marks, plan.layout.columns, plan.first_line)
        self._text = _Text(source, plan.encoding.name)
        self._careful_rows = FEWEST_ROWS

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    @property
    def blank_lines(self) -> int:
        return self._records.blank_lines

    @property
    def done(self) -> int:
        """How many bytes were taken from the file."""
        return self._text.done

    def read(self) -> Iterator[Record | CleanRows]:
        above = _Lines(self._text)
        for _ in islice(above, self._plan.first_line - 1):
            pass
        above.take()
        for _ in self._with_care(self._plan.layout.header_rows):
            pass
        size = SMALLEST_PIECE
        while block := self._text.look(size):
            ends, odd = _clean_ends(block, self._plan)
            cut_off = len(block) == size
            if len(ends) >= FEWEST_ROWS:
                yield from self._fast(block, ends)
                size = SMALLEST_PIECE if odd else min(2 * size, LARGEST_PIECE)
            elif cut_off and not odd and size < LARGEST_PIECE:
                size = min(4 * size, LARGEST_PIECE)
            else:
                yield from self._through_trouble()
                size = SMALLEST_PIECE

    def _through_trouble(self) -> Iterator[Record]:
        """Yield records where hardly any are clean, more of them while that goes on."""
        yield from self._with_care(self._careful_rows)
        self._careful_rows = min(2 * self._careful_rows, MOST_WITH_CARE)

    def _with_care(self, rows: int) -> Iterator[Record]:
        """Yield the next records; the text is then taken up to where the following one begins."""
        lines = _Lines(self._text)
        yield from islice(self._records.read(lines), rows)
        lines.take(but=self._records.forget_waiting())

    def _fast(self, block: bytes, ends: Places) -> Iterator[Record | CleanRows]:
        """Yield the rows that end at some places, up to where an odd one ends elsewhere."""
        block = block[: int(ends[-1]) + 1]
        parsed = self._parsed(block, len(ends))
        if parsed is None:
            yield from self._through_trouble()
            return
        table, missing = parsed
        odd = _places_of_rows(self._odd_rows(table, block, len(ends)), missing)
        starts = np.concatenate([[0], ends + 1])
        begin = self._text.place
        row = 0
        for first, last in _spans(odd, len(ends)):
            if first > row:
                text = block[starts[row] : starts[first]]
                lacking = int(np.searchsorted(missing, row))
                tail = max(row, first - LAST_ROWS)
                last_text = block[starts[tail] : starts[first]]
                self._text.take(len(text))
                self._records.line += _count_lines(text)
                line = self._records.line - _count_lines(last_text)
                rows = table.slice(row - lacking, first - row)
                yield CleanRows(rows, last_text, line, first - tail)
                self._careful_rows = FEWEST_ROWS
            yield from self._with_care(last - first)
            if self._text.place - begin != starts[last]:
                return
            row = last

    def _parsed(self, block: bytes, rows: int) -> tuple[pa.Table, Places] | None:
        """Return the rows of the right width, and the places of the others; None for no table."""
        from pyarrow import csv

        plan = self._plan
        names = [str(place) for place in range(plan.layout.columns)]
        missing: list[int] = []

        def leave_out(row: Any) -> str:
            missing.append(row.number - 1)
            return "skip"

        try:
            table = csv.read_csv(
                pa.BufferReader(block),
                csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
                csv.ParseOptions(
                    delimiter=plan.marks.delimiter,
                    quote_char=plan.marks.quote or False,
                    double_quote=bool(plan.marks.quote),
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=leave_out,
                ),
                csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            return None
        as_said = table.num_rows + len(missing) == rows and not block.startswith(BOM_UTF8)
        return (table, np.array(missing, dtype=np.int64)) if as_said else None

    def _odd_rows(self, table: pa.Table, block: bytes, rows: int) -> Places:
        """Return the rows that are blank lines, names again, in other quotes, or lines of rows."""
        odd = [_rows_of(table, [""] * table.num_columns, trimmed=True)]
        if len(self._plan.names) == table.num_columns > 1:
            odd.append(_rows_of(table, self._plan.names))
        if other := self._records.other_quote:
            first = pc.starts_with(table.column(0), other)
            odd.append(_places(pc.and_(first, pc.ends_with(table.column(-1), other))))
        if block.count(b"\n") > rows or block.count(b"\r") > block.count(b"\r\n"):
            odd.append(self._rows_not_joined(table))
        return np.unique(np.concatenate(odd))

    def _rows_not_joined(self, table: pa.Table) -> Places:
        """Return the rows of several lines of which the careful reader would make several."""
        mark, columns = self._plan.marks.delimiter, table.num_columns
        ends = pc.add(_counted(table, "\n"), _counted(table, "\r"))
        longest = self._records.most_lines if columns < MOST_VALUES else LINES_LIKE_RECORDS
        odd = _places(pc.greater_equal(ends, longest)).tolist()
        lines_like_rows = pc.greater_equal(_counted(table, mark), columns - 1)
        suspects = _places(pc.and_(lines_like_rows, pc.greater_equal(ends, 2)))
        for place, row in zip(suspects, table.take(suspects).to_pylist(), strict=True):
            cells = list(row.values())
            _, *lines = LINE_END.split(mark.join(cells))
            if swallows_rows(cells, lines, mark):
                odd.append(place)
        return np.array(odd, dtype=np.int64)


class _Text:
    """The text of a file as UTF-8, held from a place on for as far as it was looked at."""

    def __init__(self, source: Source, encoding: str) -> None:
        self.place = self.done = 0
        self._file = source.path.open("rb", buffering=0)
        self._decoder = getincrementaldecoder(encoding)(python_errors(encoding))
        self._held = bytearray()
        self._ended = False

    def close(self) -> None:
        self._file.close()

    def look(self, size: int, ahead: int = 0) -> bytes:
        """Return the next bytes, or those further ahead; fewer only at the end."""
        while len(self._held) < ahead + size and not self._ended:
            raw = self._file.read(BLOCK)
            self.done += len(raw)
            self._ended = not raw
            self._held += self._decoder.decode(raw, self._ended).encode()
        return bytes(self._held[ahead : ahead + size])

    def take(self, size: int) -> None:
        del self._held[:size]
        self.place += size


class _Lines:
    """The lines of a text from its place on, without zeros; the text itself stays where it is."""

    def __init__(self, text: _Text) -> None:
        self._text = text
        self._lines: list[str] = []
        self._given = self._ahead = 0
        self._size = SMALLEST_LINES

    def __iter__(self) -> Iterator[str]:
        while self._given < len(self._lines) or self._read_more():
            self._given += 1
            yield without_zeros(self._lines[self._given - 1])

    def take(self, but: int = 0) -> None:
        """Take the lines that were given from the text, but for the last ones."""
        given = self._lines[: self._given - but]
        self._text.take(len("".join(given).encode()))

    def _read_more(self) -> bool:
        """Read some whole lines; a CR at the end may be half of a CRLF."""
        block = self._text.look(self._size, self._ahead)
        end = len(block)
        while len(block) == self._size:
            end = max(block.rfind(b"\n"), block.rfind(b"\r", 0, -1)) + 1
            self._size *= 2
            if end:
                break
            block = self._text.look(self._size, self._ahead)
            end = len(block)
        self._size = min(self._size, LARGEST_LINES)
        self._ahead += end
        self._lines += _lines_of(block[:end])
        return end > 0


def _lines_of(text: bytes) -> list[str]:
    return list(io.StringIO(text.decode(), newline=""))


def records_of(rows: CleanRows, plan: Plan) -> list[Record]:
    """Return the last of clean rows as records."""
    reader = RecordReader(plan.marks, plan.layout.columns, rows.line)
    return list(reader.read(_lines_of(rows.text)))


def _clean_ends(block: bytes, plan: Plan) -> tuple[Places, bool]:
    """Return where the rows above the first odd one end, and whether there is an odd one."""
    values = np.frombuffer(block, dtype=np.uint8)
    ends, limit = np.flatnonzero(values == LF), len(block)
    quotes = NO_PLACES
    if plan.marks.quote:
        quotes = np.flatnonzero(values == ord(plan.marks.quote))
        limit = min(limit, _first_odd_quote(values, quotes, plan.marks.delimiter))
        ends = _outside(ends, quotes)
    for mark in ("\0", plan.marks.escape):
        place = block.find(mark.encode()) if mark else -1
        limit = place if 0 <= place < limit else limit
    if b"\r" in block:
        returns = _outside(np.flatnonzero(values[:-1] == CR), quotes)
        lone = returns[values[returns + 1] != LF]
        limit = min(limit, int(lone[0])) if len(lone) else limit
    return ends[ends < limit], limit < len(block)


def _outside(places: Places, quotes: Places) -> Places:
    """Return the places that are not within quotes."""
    return places[np.searchsorted(quotes, places) % 2 == 0] if len(quotes) else places


def _first_odd_quote(values: npt.NDArray[np.uint8], quotes: Places, delimiter: str) -> int:
    """Every other quote opens a value, the others close it; doubled ones do both."""
    edge = np.zeros(256, dtype=bool)
    edge[[LF, CR, ord(delimiter), *values[quotes[:1]]]] = True
    opening, closing = quotes[::2], quotes[1::2]
    before, after = edge[values[opening - 1]], edge[values[(closing + 1) % len(values)]]
    if len(opening) and opening[0] == 0:
        before[0] = True
    if len(closing) and closing[-1] == len(values) - 1:
        after[-1] = True
    odd = np.concatenate([opening[~before], closing[~after]])
    return int(odd.min(initial=len(values)))


def _rows_of(table: pa.Table, cells: Iterable[str], trimmed: bool = False) -> Places:
    """Return the rows that have some cells."""
    found = np.arange(table.num_rows)
    for column, cell in zip(table.columns, cells, strict=True):
        values = column.take(found) if len(found) < table.num_rows else column
        values = pc.utf8_trim(values, " ") if trimmed else values
        found = found[_places(pc.equal(values, cell))]
        if not len(found):
            break
    return found


def _places(are: pa.ChunkedArray) -> Places:
    return np.flatnonzero(are.to_numpy())


def _counted(table: pa.Table, text: str) -> pa.ChunkedArray:
    """Return how often a text occurs in each row."""
    return functools.reduce(pc.add, [pc.count_substring(one, text) for one in table.columns])


def _places_of_rows(rows: Places, missing: Places) -> Places:
    """Return the places among all rows of rows that were counted without the missing ones."""
    places = rows + np.searchsorted(missing - np.arange(len(missing)), rows, side="right")
    return np.union1d(places, missing)


def _spans(odd: Places, rows: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the place after the last of odd rows with hardly a clean one between.

    The last span ends with the rows; it may be empty.
    """
    first = last = 0
    for place in odd.tolist():
        if place - last >= FEWEST_ROWS:
            yield first, last
            first = place
        last = place + 1
    if rows - last >= FEWEST_ROWS:
        yield first, last
        first = rows
    yield first, rows


def _count_lines(text: bytes) -> int:
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")
