"""Delimited text becomes a table: everything that is called CSV."""

import io
import math
import os
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import pyarrow as pa

from core.data.census import Census, take_census
from core.data.columns import ColumnBuilder
from core.data.detection import DetectedMarks, detect_marks
from core.data.dialect import Dialect, ReadOptions
from core.data.encoding import Encoding, detect_encoding, python_errors
from core.data.ending import Ending, find_ending
from core.data.fast import read_fast
from core.data.layout import Layout, find_layout, usual_width
from core.data.records import LineCutter, Marks, Record, RecordReader
from core.data.rejects import BELOW, NAMES_AGAIN, NEXT_TABLE, SURPLUS, Rejects
from core.data.result import LISTED, ReadResult, SurplusCells, unique_names
from core.data.source import Source
from core.errors import FileProblem
from core.i18n import N_
from core.progress import READING, SILENT, Progress

SAMPLE_LINES = 1500
# Enough of a file to believe in its encoding, until a byte further down tells otherwise.
LOOKED_AT = 4 << 20
SAMPLE_CHARACTERS = 1 << 19
# Lines of a quoted value that the sample ends within.
MOST_CUT_OFF = 200
LONGEST_LINE = 256 << 20
# Rows of another width, or after a blank line, among which further tables are looked for.
MOST_ODD = 200_000
# More cells than this beyond the last column are in the rejects alone.
MOST_SURPLUS = 16_384
REPORTED_EVERY = 20_000
WIDE = ("utf-16", "utf-32")


@dataclass(frozen=True)
class Plan:
    """How a delimited file is going to be read."""

    encoding: Encoding
    marks: Marks
    layout: Layout
    names: tuple[str, ...]
    preamble: tuple[str, ...]
    first_line: int
    first_row_line: int
    line_end: str
    confidence: float
    whole: bool
    plain: bool
    several_lines: bool

    @property
    def is_utf8(self) -> bool:
        return self.encoding.name.startswith("utf-8")


def read_delimited(
    source: Source,
    options: ReadOptions,
    progress: Progress = SILENT,
    rows: int | None = None,
) -> ReadResult:
    """Read a delimited file; with `rows`, only the first ones, in next to no time."""
    progress(0, 0, N_("Finding out how the file is written"))
    plan = make_plan(source, options, LOOKED_AT)
    if rows is not None:
        return _read_carefully(source, plan, progress, rows)
    clean = read_fast(source, plan, progress) if plan.plain else None
    if clean is None and source.size > LOOKED_AT:
        plan = make_plan(source, options)
        clean = read_fast(source, plan, progress) if plan.plain and not plan.is_utf8 else None
    if clean is not None:
        facts = {"blank_lines": clean.blank_lines}
        return _finish(replace(plan, line_end=clean.line_end), clean.table, **facts)
    if not plan.encoding.name.startswith(WIDE):
        census = take_census(source)
        plan = replace(plan, line_end=census.line_ends)
        _refuse_long_lines(census, source)
    return _read_carefully(source, plan, progress, rows)


def make_plan(source: Source, options: ReadOptions, looked_at: int | None = None) -> Plan:
    """Find out from a sample how a file is written and where its table begins.

    The encoding is told from all bytes, or from the first `looked_at`.
    """
    encoding = (
        Encoding(options.encoding, 1.0) if options.encoding else detect_encoding(source, looked_at)
    )
    lines, whole = _sample_lines(source, encoding)
    skipped = options.skip_lines or 0
    if options.table:
        skipped = _line_of_table(options.table)
    lines_of_table = (
        lines[skipped:] if skipped < len(lines) else _lines_from(source, encoding, skipped)
    )
    if not any(line.strip() for line in lines_of_table):
        raise FileProblem(N_("{name} has no text in it, only blank lines."), name=source.name)
    marks = detect_marks(
        [line for line in lines_of_table if line.strip()],
        options.delimiter,
        options.quote,
        options.escape,
    )
    if options.quote is None and not whole and not any('"' in line for line in lines_of_table):
        # Further down a value may need quotes, and nothing says that these have none.
        marks = replace(marks, marks=replace(marks.marks, quote='"'))
    records = _sample_records(lines_of_table, marks, skipped, whole)
    layout = find_layout(records, options.header_rows, skipped=options.skip_lines is not None)
    return _planned(encoding, marks, layout, records, lines, skipped, whole)


def _planned(
    encoding: Encoding,
    detected: DetectedMarks,
    layout: Layout,
    records: list[Record],
    lines: list[str],
    skipped: int,
    whole: bool,
) -> Plan:
    first = records[layout.start]
    body = layout.start + layout.header_rows
    first_row_line = records[body].line if body < len(records) else 0
    preamble = [line.rstrip("\r\n") for line in lines[: first.line - 1] if line.strip()]
    repaired = any(record.repair for record in records)
    marks = detected.marks
    return Plan(
        encoding=encoding,
        marks=marks,
        layout=layout,
        names=join_names([record.cells for record in records[layout.start : body]]),
        preamble=tuple(preamble),
        first_line=first.line,
        first_row_line=first_row_line,
        line_end=_line_end(lines),
        confidence=round(detected.confidence * encoding.confidence, 3),
        whole=whole,
        several_lines=any("\n" in record.raw for record in records),
        plain=(
            not whole
            and not repaired
            and first_row_line > 0
            and not encoding.odd_bytes
            and len(marks.delimiter) == 1
            and marks.delimiter.isascii()
            and not (marks.escape or marks.blank_after or marks.padded)
        ),
    )


def join_names(rows: list[list[str]]) -> tuple[str, ...]:
    """Return one name for each column from rows of names, joined by a space."""
    width = max(map(len, rows), default=0)
    columns = [[row[place].strip() for row in rows if place < len(row)] for place in range(width)]
    if len(rows) == 1:
        return tuple(rows[0])
    return tuple(" ".join(filter(None, column)) for column in columns)


def open_lines(source: Source, encoding: str) -> io.TextIOWrapper:
    """Open a file as text; iterating yields lines that end with LF, CR or CRLF as written."""
    return source.path.open(
        encoding=encoding, errors=python_errors(encoding), newline="", buffering=1 << 20
    )


def _sample_lines(source: Source, encoding: Encoding) -> tuple[list[str], bool]:
    """Return the first lines, and whether they are all of the file."""
    with open_lines(source, encoding.name) as file:
        text = file.read(SAMPLE_CHARACTERS)
        whole = len(text) < SAMPLE_CHARACTERS
    lines = list(io.StringIO(_without_zeros(text), newline=""))
    if len(lines) > SAMPLE_LINES:
        return lines[:SAMPLE_LINES], False
    if not whole and len(lines) > 1:
        lines.pop()
    return lines, whole


def _lines_from(source: Source, encoding: Encoding, skipped: int) -> list[str]:
    with open_lines(source, encoding.name) as file:
        return [_without_zeros(line) for line in islice(file, skipped, skipped + SAMPLE_LINES)]


def _without_zeros(text: str) -> str:
    return text.replace("\0", "") if "\0" in text else text


def _sample_records(
    lines: list[str], detected: DetectedMarks, skipped: int, whole: bool
) -> list[Record]:
    first = list(RecordReader(detected.marks, 0, skipped + 1).read(lines))
    width = usual_width(first) if first else 1
    records = list(RecordReader(detected.marks, width, skipped + 1).read(lines))
    return records if whole else _without_cut_off(records, detected.marks)


def _without_cut_off(records: list[Record], marks: Marks) -> list[Record]:
    """Leave out the last record of a sample, which may run over many of its last lines."""
    cutter = LineCutter(marks)
    for place in range(max(1, len(records) - MOST_CUT_OFF), len(records)):
        record = records[place]
        if record.repair and cutter.cells_before_open(record.raw) is not None:
            return records[:place]
    return records[: max(1, len(records) - 1)]


def _line_end(lines: list[str]) -> str:
    ends = {
        "\r\n" if line.endswith("\r\n") else line[-1] for line in lines if line[-1:] in ("\r", "\n")
    }
    return ends.pop() if len(ends) == 1 else "mixed" if ends else "\n"


def _line_of_table(name: str) -> int:
    """Return how many lines stand above a further table, which is named "line 12" after them."""
    number = name.removeprefix("line ").split(":")[0]
    if not number.isdigit() or int(number) < 1:
        raise FileProblem(
            N_("There is no table {table}. Choose one that the reading lists."), table=name
        )
    return int(number) - 1


def _refuse_long_lines(census: Census, source: Source) -> None:
    if census.longest_line > LONGEST_LINE:
        raise FileProblem(
            N_("{name} has a line of {size} MB. A line may have up to {most} MB."),
            name=source.name,
            size=census.longest_line >> 20,
            most=LONGEST_LINE >> 20,
        )


def _finish(plan: Plan, table: pa.Table, **facts: object) -> ReadResult:
    """Return the result; a column without name and values is left out."""
    names = plan.names
    blank = _blank_columns(table, names) if names else []
    kept = [place for place in range(table.num_columns) if place not in set(blank)]
    table = table.select(kept)
    if blank:
        names = tuple(name for place, name in enumerate(names) if place not in set(blank))
    dialect = Dialect(
        format="csv",
        encoding=plan.encoding.name,
        delimiter=plan.marks.delimiter,
        quote=plan.marks.quote,
        escape=(plan.marks.escape or plan.marks.quote) if plan.marks.quote else plan.marks.escape,
        blank_after_delimiter=plan.marks.blank_after,
        line_end=plan.line_end,
        header_rows=plan.layout.header_rows,
        line_of_names=plan.first_line if plan.layout.header_rows else 0,
        first_line=plan.first_line,
    )
    result = ReadResult(
        table=table.rename_columns(unique_names(names, table.num_columns)),
        dialect=dialect,
        names=names,
        confidence=plan.confidence,
        preamble=plan.preamble,
        blank_columns=len(blank),
        odd_bytes=plan.encoding.odd_bytes,
    )
    return replace(result, **facts)  # type: ignore[arg-type]


def _blank_columns(table: pa.Table, names: tuple[str, ...]) -> list[int]:
    import pyarrow.compute as pc

    unnamed = [
        place
        for place in range(table.num_columns)
        if place >= len(names) or not names[place].strip()
    ]
    return [
        place
        for place in unnamed
        if not pc.any(pc.greater(pc.utf8_length(table.column(place)), 0)).as_py()
    ]


class _Body:
    """The rows below the names, as they come in, and what is odd about them."""

    def __init__(self, plan: Plan, source: Source) -> None:
        self.plan = plan
        self.builder = ColumnBuilder(plan.layout.columns, source.name, source.size)
        self.odd: list[tuple[int, Record]] = []
        self.rejects = Rejects()
        self.repaired = 0
        self.surplus: list[SurplusCells] = []
        self.long_rows, self.short_rows = array("q"), array("q")
        self.names = list(plan.names)

    def add(self, record: Record) -> None:
        columns = self.plan.layout.columns
        if columns > 1 and record.cells == self.names:
            self.rejects.add(record, NAMES_AGAIN)
            return
        row, width = self.builder.rows, len(record.cells)
        if width < columns:
            self.short_rows.append(row)
        elif width > columns:
            self.long_rows.append(row)
            self.rejects.add(record, SURPLUS, width - columns)
            if len(self.surplus) < LISTED:
                cells = record.cells[columns : columns + MOST_SURPLUS]
                self.surplus.append(SurplusCells(record.line, row, tuple(cells)))
        if (width != columns or record.after_blank) and len(self.odd) < MOST_ODD:
            self.odd.append((row, record))
        self.repaired += bool(record.repair)
        self.builder.add(record.cells)


def _read_carefully(source: Source, plan: Plan, progress: Progress, rows: int | None) -> ReadResult:
    """Read the records one by one, then see what at the end is no row of the table."""
    body = _Body(plan, source)
    reader = RecordReader(plan.marks, plan.layout.columns, plan.first_line)
    last_records: list[Record] = []
    with open_lines(source, plan.encoding.name) as file:
        records = reader.read(_lines_below(file, plan.first_line - 1))
        for _ in range(plan.layout.header_rows):
            next(records, None)
        for record in records:
            body.add(record)
            last_records.append(record)
            if len(last_records) > 2 * LISTED:
                del last_records[:LISTED]
            if body.builder.rows % REPORTED_EVERY == 0:
                progress(_place(file), source.size, READING)
            if rows is not None and body.builder.rows >= rows:
                break
    table = body.builder.finish()
    ending = Ending(table.num_rows)
    if rows is None:
        ending = find_ending(body.odd, table, last_records, list(plan.names))
    facts = _facts(body, ending, reader, source)
    return _finish(plan, table.slice(0, ending.rows), **facts)


def _lines_below(file: io.TextIOWrapper, skipped: int) -> Iterator[str]:
    return map(_without_zeros, islice(file, skipped, None))


def _place(file: io.TextIOWrapper) -> int:
    """Return how many bytes were taken from the file."""
    return os.lseek(file.fileno(), 0, os.SEEK_CUR)


def _facts(body: _Body, ending: Ending, reader: RecordReader, source: Source) -> dict[str, object]:
    long_rows = bisect_left(body.long_rows, ending.rows)
    rejects = body.rejects
    if ending.further:
        rejects = rejects.above((*ending.footer, *ending.further)[0].line)
        for record, first in _further_records(source, body.plan, ending):
            rejects.add(record, NEXT_TABLE, first.line)
    for record in ending.footer:
        rejects.add(record, BELOW)
    return {
        "rejects": rejects.finish(),
        "rejected": rejects.count - long_rows,
        "footer": tuple(record.raw for record in ending.footer),
        "tables": ending.tables,
        "surplus": tuple(one for one in body.surplus if one.row < ending.rows),
        "long_rows": long_rows,
        "short_rows": bisect_left(body.short_rows, ending.rows),
        "repaired_rows": body.repaired,
        "blank_lines": reader.blank_lines,
    }


def _further_records(source: Source, plan: Plan, ending: Ending) -> Iterator[tuple[Record, Record]]:
    """Yield the records of the tables below the first, each with the first of its table."""
    following = [record.line for record in ending.further[1:]]
    for first, end in zip(ending.further, [*following, math.inf], strict=True):
        reader = RecordReader(plan.marks, len(first.cells), first.line)
        with open_lines(source, plan.encoding.name) as file:
            for record in reader.read(_lines_below(file, first.line - 1)):
                if record.line >= end:
                    break
                yield record, first
