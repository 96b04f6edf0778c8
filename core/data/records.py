"""Lines become records: a careful reader of delimited text that loses no row.

A line without a quote is cut at its delimiters. A quoted value may run over several lines, but
only where that makes a better record than the lines by themselves: an unclosed quote costs at
most its own row.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from core.data.cells import is_number

BACKSLASH = "\\"
OTHER_QUOTES = {'"': "'", "'": '"'}
# A quoted value of more lines than this is taken for a quote that was never closed; each time that
# no end is found, the next search is shorter, or a hostile file would take forever.
MOST_LINES = 8_000_000
SHORTER = 16
MOST_VALUES_RUNNING_ON = 64
LARGEST_VALUE = 128 << 20
LINES_LIKE_RECORDS = 12
MOST_PIECES = 400
LineReader = Callable[[tuple[str]], Iterator[list[str]]]


class Record(NamedTuple):
    """The cells of a row, the line it begins in, its raw text, and whether a blank line precedes.

    `repair` says what was needed to read it: "", "quote" or "delimiter".
    """

    line: int
    cells: list[str]
    raw: str
    after_blank: bool
    repair: str


@dataclass(frozen=True)
class Marks:
    """The characters that structure a line.

    `escape` is a backslash or empty; doubled quotes are always understood. `blank_after`: a blank
    follows every delimiter; `padded`: blanks stand inside all quotes. `around` is the quote that
    lines stand in as a whole, as where a spreadsheet took each for one value.
    """

    delimiter: str
    quote: str = '"'
    escape: str = ""
    blank_after: bool = False
    padded: bool = False
    around: str = ""

    @property
    def backslash(self) -> bool:
        return self.escape == BACKSLASH


class LineCutter:
    """Cuts single lines into cells; holds the compiled expressions of one set of marks."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        d, q = re.escape(marks.delimiter), re.escape(marks.quote)
        if marks.quote:
            inside = rf"(?:[^{q}\\]|\\.|{q}{q})*+" if marks.backslash else f"(?:[^{q}]|{q}{q})*+"
            after = " *+" if marks.delimiter != " " else ""
            self._open = re.compile(f"{' *' if marks.blank_after else ''}{q}")
            self._closed = re.compile(f"({inside}){q}{after}(?={d}|\\Z)", re.DOTALL)
            self._until = re.compile(inside, re.DOTALL)
            self._unescape = re.compile(rf"\\([\\{q}{d[-1]}\n\r])")
        self._plain = re.compile(rf"(?:(?!{d})[^\\]|\\.|\\\Z)*+", re.DOTALL)
        self._library = _library_reader(marks)
        self._unescape_plain = re.compile(rf"\\([\\{d[-1]}{q}])")

    def cut(self, line: str) -> list[str] | None:
        """Return the cells of a line without its end; None where a quoted value ends amiss."""
        marks = self.marks
        if (marks.quote and marks.quote in line) or (marks.backslash and BACKSLASH in line):
            return self._cut_by(self._library, line) if self._library else self._cut_quoted(line)
        return self.cut_plainly(line)

    def cut_plainly(self, line: str) -> list[str]:
        """Return the cells where every quote is a character."""
        cells = line.split(self.marks.delimiter)
        if self.marks.blank_after:
            return cells[:1] + [cell.removeprefix(" ") for cell in cells[1:]]
        return cells

    def _cut_by(self, library: LineReader, line: str) -> list[str] | None:
        """Return what `_cut_quoted` does, ten times faster unless something about it is odd."""
        try:
            return next(library((line,)))
        except csv.Error:
            return self._cut_quoted(line)

    def _cut_quoted(self, line: str) -> list[str] | None:
        cells: list[str] = []
        place = 0
        while True:
            opened = self._opened(line, place)
            if opened:
                closed = self._closed.match(line, opened.end())
                if closed is None:
                    return None
                cells.append(self._unquoted(closed.group(1)))
                place = closed.end()
            else:
                cell, place = self._plain_cell(line, place)
                cells.append(cell)
            if place >= len(line):
                return cells
            place += len(self.marks.delimiter)
            if place >= len(line):
                return [*cells, ""]

    def _opened(self, line: str, place: int) -> re.Match[str] | None:
        return self._open.match(line, place) if self.marks.quote else None

    def _plain_cell(self, line: str, place: int) -> tuple[str, int]:
        if self.marks.backslash:
            found = self._plain.match(line, place)
            end = found.end() if found else len(line)
            cell = self._unescape_plain.sub(r"\1", line[place:end])
        else:
            end = line.find(self.marks.delimiter, place)
            end = len(line) if end < 0 else end
            cell = line[place:end]
        return (cell.removeprefix(" ") if self.marks.blank_after and place else cell), end

    def _unquoted(self, inside: str) -> str:
        marks = self.marks
        if marks.backslash and BACKSLASH in inside:
            inside = self._unescape.sub(r"\1", inside.replace(marks.quote * 2, marks.quote))
        elif marks.quote in inside:
            inside = inside.replace(marks.quote * 2, marks.quote)
        return inside.strip(" ") if marks.padded else inside

    def cells_before_open(self, line: str) -> list[str] | None:
        """Return the cells before a quoted value that is still open at the line's end.

        None where there is none, or a stray quote is in it.
        """
        cells: list[str] = []
        place = 0
        while place < len(line):
            opened = self._opened(line, place)
            if opened:
                closed = self._closed.match(line, opened.end())
                if closed is None:
                    until = self._until.match(line, opened.end())
                    return cells if until is not None and until.end() == len(line) else None
                cells.append(self._unquoted(closed.group(1)))
                place = closed.end()
            else:
                cell, place = self._plain_cell(line, place)
                cells.append(cell)
            place += len(self.marks.delimiter)
        return None

    def stays_open(self, line: str) -> bool | None:
        """Whether a value open at its start still is at a line's end; None for a stray quote."""
        until = self._until.match(line)
        if until is None or until.end() == len(line):
            return True
        return False if self._closed.match(line) else None

    def cut_loosely(self, line: str, expected: int) -> list[str] | None:
        """Return the cells where quotes inside quoted values were not escaped.

        A quoted value may end at any quote before a delimiter; the ends are chosen that give the
        expected number of cells, None where none do.
        """
        marks = self.marks
        pieces = line.split(marks.delimiter)
        if len(pieces) > MOST_PIECES + expected:
            return None
        cells: list[str] = []
        place, surplus = 0, len(pieces) - expected
        while place < len(pieces):
            opened = self._opened(pieces[place], 0)
            end = self._closing_piece(pieces, place, surplus) if opened else -1
            if opened and end >= 0:
                joined = marks.delimiter.join(pieces[place : end + 1]).rstrip(" ")
                cells.append(self._unquoted(joined[opened.end() : -len(marks.quote)]))
                surplus -= end - place
                place = end + 1
            else:
                plain = pieces[place]
                cells.append(plain.removeprefix(" ") if marks.blank_after and place else plain)
                place += 1
        return cells if len(cells) == expected else None

    def _closing_piece(self, pieces: list[str], start: int, surplus: int) -> int:
        """Return the piece in which a quoted value ends: the first before another quoted one."""
        quote, first = self.marks.quote, -1
        for place in range(start, min(len(pieces), start + max(surplus, 0) + 1)):
            piece = pieces[place].rstrip(" ")
            alone = place == start and len(piece.strip(" ")) < 2 * len(quote)
            if alone or not piece.endswith(quote):
                continue
            first = place if first < 0 else first
            if place + 1 == len(pieces) or self._opened(pieces[place + 1], 0):
                return place
        return first


class RecordReader:
    """Yields the records of lines. `expected` cells make a record whole; 0 when unknown.

    Between records it holds `line`, the one that comes next, and `most_lines`, how far it looks for
    the end of a value; lines that it looked at and left wait for the next reading.
    """

    def __init__(self, marks: Marks, expected: int = 0, first_line: int = 1) -> None:
        self.marks = marks
        self.expected = expected
        self.blank_lines = 0
        self._cutter = LineCutter(marks)
        self.line = first_line
        self._others = [LineCutter(other) for other in _other_marks(marks)]
        self.most_lines = MOST_LINES
        self._waiting: deque[str] = deque()
        self.other_quote = OTHER_QUOTES.get(marks.quote, "")

    def read(self, lines: Iterable[str]) -> Iterator[Record]:
        """Yield each record; the lines keep their line ends."""
        source = iter(lines)
        after_blank = False
        while (raw := self._next(source)) is not None:
            number = self.line
            self.line += 1
            line = raw.rstrip("\r\n")
            if not line.strip(" "):
                self.blank_lines += 1
                after_blank = True
                continue
            written = line
            if self.marks.around:
                line = within_quotes(line, self.marks.around)
            cells = self._cutter.cut(line)
            repair = ""
            if cells is None:
                line, cells, repair = self._mend(line, raw, source)
                written = written if self.marks.around else line
            elif self.expected > 1 and (
                len(cells) != self.expected or (self.other_quote and self._in_other_quotes(line))
            ):
                cells, repair = self._try_others(line, cells)
            yield Record(number, cells, written, after_blank, repair)
            after_blank = False

    def forget_waiting(self) -> int:
        """Forget the lines that wait, as the next reading has them again; return how many."""
        waiting = len(self._waiting)
        self._waiting.clear()
        return waiting

    def _next(self, source: Iterator[str]) -> str | None:
        return self._waiting.popleft() if self._waiting else next(source, None)

    def _in_other_quotes(self, line: str) -> bool:
        return line[0] == self.other_quote and line[-1] == self.other_quote

    def _mend(self, line: str, raw: str, source: Iterator[str]) -> tuple[str, list[str], str]:
        """Read a line whose quotes do not match: over several lines, or as best as can be."""
        before = self._cutter.cells_before_open(line)
        if before is not None and not self.marks.around:
            longer = self._extend(raw, source, numeric_places(before))
            if longer is not None:
                return longer
        cells = self._mend_within(line) if self.expected else None
        return (
            line,
            [self._closed(cell) for cell in cells or self._cutter.cut_plainly(line)],
            "quote",
        )

    def _closed(self, cell: str) -> str:
        """Return a cell without a quote that opens it and never closes."""
        quote = self.marks.quote
        return cell[1:] if cell.startswith(quote) and cell.count(quote) == 1 else cell

    def _mend_within(self, line: str) -> list[str] | None:
        """Return the expected number of cells, by whichever reading of the quotes gives it."""
        cells = self._cutter.cut_loosely(line, self.expected)
        if cells is not None:
            return cells
        for other in self._others:
            found = other.cut(line)
            if found is not None and len(found) == self.expected:
                return found
        closed = self._cutter.cut(line + self.marks.quote)
        if closed is not None and len(closed) == self.expected and line.count(self.marks.quote) > 2:
            return closed
        return None

    def _extend(
        self, raw: str, source: Iterator[str], numbers: list[int]
    ) -> tuple[str, list[str], str] | None:
        """Join the lines of a value that holds line ends; put them back where it never closes.

        `numbers` are the places of numbers before the value.
        """
        taken: list[str] = []
        like_records, size, values = 0, len(raw), 0
        ended = False
        while len(taken) < self.most_lines and size < LARGEST_VALUE:
            following = self._next(source)
            if following is None:
                ended = True
                break
            taken.append(following)
            size += len(following)
            line = following.rstrip("\r\n")
            open_still = self._cutter.stays_open(line)
            like_records += self._like_record(line, numbers)
            if open_still is None or (open_still and like_records >= LINES_LIKE_RECORDS):
                break
            if open_still:
                continue
            text = (raw + "".join(taken)).rstrip("\r\n")
            cells = self._cutter.cut(text)
            values += 1
            if values < MOST_VALUES_RUNNING_ON and self._runs_on(cells, text):
                continue  # a further value of the same record runs on
            if cells is not None and self._fits(cells, like_records, taken):
                self.line += len(taken)
                return text, cells, ""
            break
        if ended and like_records == 0 and taken and not self._begins_record(taken[-1]):
            text = (raw + "".join(taken)).rstrip("\r\n")
            cells = self._cutter.cut(text + self.marks.quote)
            if cells is not None and (not self.expected or len(cells) == self.expected):
                self.line += len(taken)
                return text, cells, "quote"
        self._put_back(taken)
        return None

    def _put_back(self, taken: list[str]) -> None:
        if len(taken) > LINES_LIKE_RECORDS:
            self.most_lines = max(LINES_LIKE_RECORDS, self.most_lines // SHORTER)
        self._waiting.extendleft(reversed(taken))

    def _runs_on(self, cells: list[str] | None, text: str) -> bool:
        return cells is None and self._cutter.cells_before_open(text) is not None

    def _like_record(self, line: str, numbers: list[int]) -> bool:
        return self.expected > 1 and like_record(line, self.marks.delimiter, self.expected, numbers)

    def _begins_record(self, line: str) -> bool:
        """Whether the last line, which may be cut off, is the start of a row of several cells."""
        return self.expected > 1 and self.marks.delimiter in line

    def _fits(self, cells: list[str], like_records: int, taken: list[str]) -> bool:
        """Whether joined lines make a better record than they would alone."""
        if not self.expected or len(cells) == self.expected:
            lines = [line.rstrip("\r\n") for line in taken]
            return not (self.expected and swallows_rows(cells, lines, self.marks.delimiter))
        return like_records == 0

    def _try_others(self, line: str, cells: list[str]) -> tuple[list[str], str]:
        """Read a row that another program wrote: with other quotes, escapes or delimiters."""
        if len(cells) == 1 and (inner := within_quotes(line, self.marks.quote)) != line:
            found = self._cutter.cut(inner)
            if found is not None and len(found) == self.expected:
                return found, "delimiter"
        for other in self._others:
            if len(cells) > 1 and other.marks.delimiter != self.marks.delimiter:
                continue  # a row with some of its delimiters is a short or a long one
            if other.marks.quote != self.marks.quote and self._has_quoted_value(line):
                continue
            found = other.cut(line)
            if found is not None and len(found) == self.expected:
                return found, "delimiter"
        return cells, ""

    def _has_quoted_value(self, line: str) -> bool:
        quote = self.marks.quote
        return line.startswith(quote) or self.marks.delimiter + quote in line


def _library_reader(marks: Marks) -> LineReader | None:
    """Return Python's own reader for some marks; None where it knows no such ones.

    Being strict, it refuses whatever stands between a quote and the next delimiter.
    """
    known = len(marks.delimiter) == 1 and marks.delimiter not in ("\r", "\n", marks.quote)
    if not (marks.quote and known) or marks.backslash or marks.blank_after or marks.padded:
        return None
    as_csv = csv.reader((), delimiter=marks.delimiter, quotechar=marks.quote, strict=True)
    return partial(csv.reader, dialect=as_csv.dialect)


def within_quotes(line: str, quote: str) -> str:
    """Return what a line holds that is one quoted value, with delimiters in it; else the line."""
    if quote not in OTHER_QUOTES or len(line) < 3 or not line.startswith(quote):
        return line
    inner = line[1:-1]
    if not line.endswith(quote) or quote in inner.replace(quote * 2, ""):
        return line
    return inner.replace(quote * 2, quote)


def numeric_places(cells: list[str]) -> list[int]:
    return [place for place, cell in enumerate(cells) if is_number(cell.strip())]


def like_record(line: str, delimiter: str, columns: int, numbers: list[int]) -> bool:
    """Whether a line has the cells of a row, and numbers where the others have them."""
    if line.count(delimiter) + 1 != columns:
        return False
    pieces = line.split(delimiter) if numbers else []
    return all(place < columns and is_number(pieces[place].strip(" \"'")) for place in numbers)


def swallows_rows(cells: list[str], lines: list[str], delimiter: str) -> bool:
    """Whether the lines below the first of a record look like rows, as if a quote never closed.

    They may, as long as not all do, nor a dozen of them. The last one ends the record.
    """
    if len(lines) < 2:
        return False
    columns = len(cells)
    first = next((place for place, cell in enumerate(cells) if "\n" in cell or "\r" in cell), 0)
    numbers = numeric_places([cell if "\n" not in cell else "" for cell in cells])
    before = [place for place in numbers if place < first]
    *inner, last = lines
    if sum(like_record(line, delimiter, columns, before) for line in inner) >= LINES_LIKE_RECORDS:
        return True
    return (
        columns > 2
        and like_record(last, delimiter, columns, before)
        and all(like_record(line, delimiter, columns, numbers) for line in inner)
    )


def _other_marks(marks: Marks) -> list[Marks]:
    others = [
        replace(marks, quote=quote) for quote in "\"'" if marks.quote and quote != marks.quote
    ]
    others.append(replace(marks, escape="" if marks.backslash else BACKSLASH))
    others += [
        replace(marks, delimiter=delimiter, blank_after=False)
        for delimiter in ",;\t|"
        if delimiter != marks.delimiter
    ]
    return others
