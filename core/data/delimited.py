"""Delimited text becomes a table: everything that is called CSV."""

import io
import math
import os
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from core.data.census import Census, take_census
from core.data.columns import ColumnBuilder, without_blank_columns
from core.data.dialect import Dialect, ReadOptions
from core.data.encoding import remarks_on_encoding
from core.data.ending import LAST_ROWS, MOST_ODD, Ending, find_ending
from core.data.fast import read_fast
from core.data.pieces import CleanRows, PieceReader, records_of, suits_pieces
from core.data.plan import Plan, lines_below, make_plan, open_lines
from core.data.records import Record, RecordReader
from core.data.rejects import BELOW, NAMES_AGAIN, NEXT_TABLE, RULED, SURPLUS, Rejects
from core.data.result import LISTED, ReadResult, Sentence, SurplusCells, unique_names
from core.data.source import Source
from core.errors import FileProblem
from core.i18n import N_
from core.progress import READING, SILENT, Progress

# Enough of a file to believe in its encoding, until a byte further down tells otherwise.
LOOKED_AT = 4 << 20
LONGEST_LINE = 256 << 20
# The first lines that lack cells are named one by one.
NAMED_SHORT = 100
# More cells than this beyond the last column are in the rejects alone.
MOST_SURPLUS = 16_384
REPORTED_EVERY = 20_000
ZEROS = N_("Zeros (NUL) among the characters: {n}. They are no part of a value.")
AROUND = N_("Lines that stand in quotes as a whole ({mark}): the quotes were taken off.")
# What reports draw between names and rows, and below them.
RULE = re.compile(r"[\s|+]*[-=_]{3}[-=_\s|+]*")
WIDE = ("utf-16", "utf-32")


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
    zeros = 0
    if not plan.encoding.name.startswith(WIDE):
        census = take_census(source)
        plan, zeros = replace(plan, line_end=census.line_ends), census.zeros
        _refuse_long_lines(census, source)
    if suits_pieces(plan):
        result = _read_pieces(source, plan, progress)
    else:
        result = _read_carefully(source, plan, progress, rows)
    said = (Sentence(ZEROS, {"n": zeros}),) if zeros else ()
    return replace(result, remarks=(*result.remarks, *said))


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
    names, columns = plan.names, table.num_columns
    if names:
        table, names = without_blank_columns(table, names)
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
        marks_confidence=plan.confidence,
        encoding_confidence=plan.encoding.confidence,
        preamble=plan.preamble,
        blank_columns=columns - table.num_columns,
        odd_bytes=plan.encoding.odd_bytes,
        remarks=(
            *remarks_on_encoding(plan.encoding, table),
            *([Sentence(AROUND, {"mark": plan.marks.around})] if plan.marks.around else []),
        ),
    )
    return replace(result, **facts)  # type: ignore[arg-type]


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
        self.short_lines: list[int] = []
        self.names = list(plan.names)
        self._last: list[Record | CleanRows] = []

    def add_clean(self, rows: CleanRows) -> None:
        self.builder.add_table(rows.table)
        if rows.count >= LAST_ROWS:
            self._last.clear()
        self._keep_last(rows)

    def last_records(self) -> list[Record]:
        """Return the last records, those that are no rows too."""
        last: list[Record] = []
        for one in self._last:
            last += records_of(one, self.plan) if isinstance(one, CleanRows) else [one]
        return last

    def _keep_last(self, one: Record | CleanRows) -> None:
        self._last.append(one)
        if len(self._last) > 2 * LISTED:
            del self._last[:LISTED]

    def add(self, record: Record) -> None:
        columns = self.plan.layout.columns
        if len(record.cells) != columns and RULE.fullmatch(record.raw):
            self.rejects.add(record, RULED)
            return
        self._keep_last(record)
        if columns > 1 and record.cells == self.names:
            self.rejects.add(record, NAMES_AGAIN)
            return
        row, width = self.builder.rows, len(record.cells)
        if width < columns:
            self.short_rows.append(row)
            if len(self.short_lines) < NAMED_SHORT:
                self.short_lines.append(record.line)
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
    with open_lines(source, plan.encoding.name) as file:
        records = reader.read(lines_below(file, plan.first_line - 1))
        for _ in range(plan.layout.header_rows):
            next(records, None)
        for record in records:
            body.add(record)
            if body.builder.rows % REPORTED_EVERY == 0:
                progress(_place(file), source.size, READING)
            if rows is not None and body.builder.rows >= rows:
                break
    return _result(body, source, reader.blank_lines, cut_short=rows is not None)


def _read_pieces(source: Source, plan: Plan, progress: Progress) -> ReadResult:
    """Read as `_read_carefully` does, but what is clean by the piece."""
    body = _Body(plan, source)
    reported = 0
    with PieceReader(source, plan) as reader:
        for piece in reader.read():
            if isinstance(piece, CleanRows):
                body.add_clean(piece)
            else:
                body.add(piece)
            if body.builder.rows - reported >= REPORTED_EVERY:
                reported = body.builder.rows
                progress(reader.done, source.size, READING)
    return _result(body, source, reader.blank_lines)


def _result(body: _Body, source: Source, blank_lines: int, cut_short: bool = False) -> ReadResult:
    table = body.builder.finish()
    ending = Ending(table.num_rows)
    if not cut_short:
        ending = find_ending(body.odd, table, body.last_records(), list(body.plan.names))
    facts = _facts(body, ending, blank_lines, source)
    return _finish(body.plan, table.slice(0, ending.rows), **facts)


def _place(file: io.TextIOWrapper) -> int:
    """Return how many bytes were taken from the file."""
    return os.lseek(file.fileno(), 0, os.SEEK_CUR)


def _facts(body: _Body, ending: Ending, blank_lines: int, source: Source) -> dict[str, object]:
    long_rows = bisect_left(body.long_rows, ending.rows)
    short_rows = bisect_left(body.short_rows, ending.rows)
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
        "short_rows": short_rows,
        "short_lines": tuple(body.short_lines[:short_rows]),
        "repaired_rows": body.repaired,
        "blank_lines": blank_lines,
    }


def _further_records(source: Source, plan: Plan, ending: Ending) -> Iterator[tuple[Record, Record]]:
    """Yield the records of the tables below the first, each with the first of its table."""
    following = [record.line for record in ending.further[1:]]
    for first, end in zip(ending.further, [*following, math.inf], strict=True):
        reader = RecordReader(plan.marks, len(first.cells), first.line)
        with open_lines(source, plan.encoding.name) as file:
            for record in reader.read(lines_below(file, first.line - 1)):
                if record.line >= end:
                    break
                yield record, first
