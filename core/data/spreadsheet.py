"""XLSX workbooks: one sheet becomes a table."""

import re
import warnings
import zipfile
from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any

import pyarrow as pa

from core.data.columns import ColumnBuilder, without_blank_columns
from core.data.dialect import Dialect, ReadOptions
from core.data.ending import LAST_ROWS, MOST_ODD, Ending, find_ending
from core.data.layout import SAMPLED, filled, find_layout
from core.data.plan import join_names
from core.data.records import Record
from core.data.rejects import BELOW, NEXT_TABLE, SURPLUS, Rejects
from core.data.result import (
    LISTED,
    ReadResult,
    Sentence,
    SurplusCells,
    unique_names,
)
from core.data.sheet_facts import MergedCells, SheetFacts, find_sheet_facts
from core.data.source import ALWAYS_UNPACKED, Source
from core.errors import FileProblem, TextlodeError
from core.i18n import N_
from core.progress import SILENT, Progress

LARGEST_PART = 512 << 20
# Cells are written with their place, which keeps a part from shrinking to less than a twentieth.
LARGEST_RATIO = 40
MOST_LINES = 1_048_576  # that Excel allows
# How many empty cells are taken into memory; those of a wide row take as much as several.
MOST_EMPTY_CELLS = 200_000_000
WIDE, WEIGHT_OF_WIDE = 1000, 5
# How many bytes of a sheet a preview looks through for merged cells, which are at its end.
LOOKED_AT = 16 << 20
# Cells and ranges that a remark names.
NAMED = 5
FURTHER = re.compile(r"(?P<sheet>.*): line (?P<line>[1-9]\d*)", re.DOTALL)

MERGED = N_(
    "Merged cells in the table: {n} ({cells}). Each value is in the first of its cells; the others "
    "are empty."
)
UNCALCULATED = N_(
    "Formulas that were never calculated: {n} ({cells}). Their cells are empty: open the workbook "
    "in Excel or LibreOffice, save it, and read it again."
)


@dataclass(frozen=True)
class _Sheet:
    """The sheet that is read, the other ones, those of all that are hidden, and what is odd."""

    name: str
    others: tuple[str, ...]
    hidden: tuple[str, ...]
    facts: SheetFacts
    skipped: int


def read_spreadsheet(
    source: Source, options: ReadOptions, progress: Progress = SILENT, rows: int | None = None
) -> ReadResult:
    """Read the chosen sheet, or the first that has cells. Dates become ISO 8601."""
    _refuse_bomb(source)
    progress(0, 0, N_("Opening the workbook"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(source, options, progress, rows)
    except TextlodeError:
        raise
    except Exception as error:  # openpyxl raises whatever the damage makes it stumble over
        raise FileProblem(
            N_("{name} is a workbook that cannot be read: {reason}. Save it again as XLSX or CSV."),
            name=source.name,
            reason=str(error)[:200] or type(error).__name__,
        ) from error


def _refuse_bomb(source: Source) -> None:
    try:
        with zipfile.ZipFile(source.path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise FileProblem(
            N_("{name} is a workbook that cannot be read: {reason}. Save it again as XLSX or CSV."),
            name=source.name,
            reason=str(error),
        ) from error
    for part in parts:
        usual = max(ALWAYS_UNPACKED, LARGEST_RATIO * part.compress_size)
        if part.file_size > min(usual, LARGEST_PART):
            raise FileProblem(
                N_("{name} unpacks to {size} MB, far more than a table would. Save it as CSV."),
                name=source.name,
                size=part.file_size >> 20,
            )


def _read(source: Source, options: ReadOptions, progress: Progress, rows: int | None) -> ReadResult:
    import openpyxl

    # Opened here, for openpyxl refuses a path by its ending: systems call workbooks .csv or .xls.
    with (
        source.path.open("rb") as file,
        closing(openpyxl.load_workbook(file, read_only=True, data_only=True)) as book,
    ):
        names = [sheet.title for sheet in book.worksheets]
        hidden = tuple(one.title for one in book.worksheets if one.sheet_state != "visible")
        wanted, skipped = _wanted(source, options, names)
        for name in [wanted] if wanted else [*(n for n in names if n not in hidden), *hidden]:
            records = _records(book[name], source, progress)
            sample = list(islice((one for one in records if one.line > skipped), SAMPLED))
            if sample:
                with book[name]._get_source() as markup:  # which openpyxl passes by
                    most = None if rows is None else LOOKED_AT
                    facts = find_sheet_facts(markup, progress, most)
                others = tuple(one for one in names if one != name)
                sheet = _Sheet(name, others, hidden, facts, skipped)
                return _table(source, options, sheet, sample, records, rows)
    if skipped:
        raise FileProblem(
            N_("{name} has no cells below line {line}: skip fewer lines."),
            name=source.name,
            line=skipped,
        )
    raise FileProblem(N_("{name} has no cells: every sheet is empty."), name=source.name)


def _wanted(source: Source, options: ReadOptions, names: list[str]) -> tuple[str, int]:
    """Return the sheet that was asked for, "" for none, and how many of its lines are skipped."""
    wanted, skipped = options.table or "", options.skip_lines or 0
    further = FURTHER.fullmatch(wanted)
    if further and wanted not in names:
        wanted, skipped = further["sheet"], int(further["line"]) - 1
    if wanted and wanted not in names:
        raise FileProblem(
            N_("{name} has no sheet {table}. Its sheets are {names}."),
            name=source.name,
            table=wanted,
            names=", ".join(names),
        )
    return wanted, skipped


def _records(sheet: Any, source: Source, progress: Progress) -> Iterator[Record]:
    """Yield the rows that have cells; a sheet that claims a million empty rows has none."""
    sheet.reset_dimensions()
    after_blank = False
    total = empty = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > MOST_LINES:
            return
        cells = ["" if value is None else _written(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if not any(map(str.strip, cells)):
            after_blank = True
            continue
        total += 1
        empty += cells.count("") * (WEIGHT_OF_WIDE if len(cells) > WIDE else 1)
        if empty > MOST_EMPTY_CELLS:
            raise FileProblem(
                N_(
                    "{name} has a sheet with {columns} columns, but most of its rows have far "
                    "fewer cells. Delete what stands beside the table, or save the table as CSV."
                ),
                name=source.name,
                columns=len(cells),
            )
        if total % 5000 == 0:
            progress(total, 0, N_("Reading rows"))
        yield Record(number, cells, "\t".join(cells), after_blank, "")
        after_blank = False


def _written(value: Any) -> str:
    """Return a cell's value as a person would write it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


class _Body:
    """The rows below the names as they come in, and what tells where the table ends.

    `left` is the first column that has cells: a table may begin anywhere in a sheet.
    """

    def __init__(self, source: Source, columns: int, left: int) -> None:
        self.builder = ColumnBuilder(columns, source.name, source.size)
        self.left = left
        self.lines, self.long_rows = array("q"), array("q")
        self.odd: list[tuple[int, Record]] = []
        self.last: deque[Record] = deque(maxlen=LAST_ROWS)
        self.surplus: list[SurplusCells] = []
        self.rejects = Rejects()

    def add(self, record: Record) -> None:
        row, columns = self.builder.rows, self.builder.columns
        cells = record.cells[:columns]
        beyond = record.cells[columns:]
        if beyond:
            self.long_rows.append(row)
            self.rejects.add(record, SURPLUS, len(beyond))
            if len(self.surplus) < LISTED:
                self.surplus.append(SurplusCells(record.line, row, tuple(beyond)))
        while cells and not cells[-1]:
            cells.pop()
        if (len(cells) < columns or record.after_blank) and len(self.odd) < MOST_ODD:
            self.odd.append((row, self._within(record, cells)))
        cells += [""] * (columns - len(cells))
        self.last.append(self._within(record, cells))
        self.lines.append(record.line)
        self.builder.add(cells)

    def _within(self, record: Record, cells: list[str]) -> Record:
        """Return the record with its cells in the table's columns.

        One that has cells beside them alone is a note, blank line or not: no row stands there.
        """
        beside, within = cells[: self.left], cells[self.left :]
        if any(map(str.strip, within)):
            return record._replace(cells=within)
        note = " ".join(filter(None, map(str.strip, beside)))
        return record._replace(
            cells=[note, *within[1:]], after_blank=record.after_blank or note != ""
        )

    def ending(self, table: pa.Table, names: list[str]) -> Ending:
        """Return where the table ends; further ones begin after a blank line."""
        within = table.select(range(self.left, table.num_columns))
        last = list(self.last)
        return find_ending(self.odd, within, last, names[self.left :], only_after_blank=True)

    def set_aside(self, table: pa.Table, ending: Ending) -> Rejects:
        """Return the lines that are not, or not wholly, in the table, with the reasons."""
        if ending.rows == table.num_rows:
            return self.rejects
        rejects = self.rejects.above(self.lines[ending.rows])
        notes = {record.line: record.raw for record in ending.footer}
        starts = [record.line for record in ending.further]
        for line, row in zip(
            self.lines[ending.rows :], table.slice(ending.rows).to_pylist(), strict=True
        ):
            if line in notes:
                rejects.add_line(line, BELOW, notes[line])
            else:
                raw = "\t".join(row.values()).rstrip("\t")
                start = starts[bisect_right(starts, line) - 1]
                rejects.add_line(line, NEXT_TABLE.format(n=start), raw)
        return rejects


def _table(
    source: Source,
    options: ReadOptions,
    sheet: _Sheet,
    sample: list[Record],
    rest: Iterator[Record],
    rows: int | None,
) -> ReadResult:
    sample = _padded(sample)
    used = _used_columns(sample)
    spread = _with_merged(sample, sheet.facts.merged, used, down=True)
    layout = find_layout(
        [one._replace(cells=[one.cells[place] for place in used]) for one in spread],
        options.header_rows,
        skipped=options.skip_lines is not None or sheet.skipped > 0,
    )
    first = sample[layout.start]
    end = layout.start + layout.header_rows
    heads = _with_merged(sample[:end], sheet.facts.merged, used, down=False)
    names = join_names([record.cells for record in heads[layout.start :]])
    body = _Body(source, len(first.cells), used[0])
    for record in chain(sample[end:], rest):
        if rows is not None and body.builder.rows >= rows:
            break
        body.add(record)
    whole = body.builder.finish()
    ending = Ending(whole.num_rows) if rows is not None else body.ending(whole, list(names))
    rejects = body.set_aside(whole, ending)
    table = whole.slice(0, ending.rows)
    long_rows = bisect_left(body.long_rows, ending.rows)
    shown, names = without_blank_columns(table, names)
    return ReadResult(
        table=shown.rename_columns(unique_names(names, shown.num_columns)),
        dialect=Dialect(
            format="xlsx",
            header_rows=layout.header_rows,
            line_of_names=first.line if layout.header_rows else 0,
            first_line=first.line,
            table=sheet.name,
        ),
        names=names,
        rejects=rejects.finish(),
        rejected=rejects.count - long_rows,
        preamble=tuple(record.raw for record in sample[: layout.start]),
        footer=tuple(record.raw for record in ending.footer),
        tables=(*(f"{sheet.name}: {further}" for further in ending.tables), *sheet.others),
        hidden=sheet.hidden,
        surplus=tuple(one for one in body.surplus if one.row < ending.rows),
        long_rows=long_rows,
        blank_columns=table.num_columns - shown.num_columns,
        remarks=tuple(_remarks(sheet.facts, table, body.lines)),
    )


def _padded(records: list[Record]) -> list[Record]:
    """Give rows that end in empty cells the usual width, as a delimited file would."""
    width = max(len(record.cells) for record in records)
    return [
        record._replace(cells=record.cells + [""] * (width - len(record.cells)))
        for record in records
    ]


def _used_columns(records: list[Record]) -> list[int]:
    columns = zip(*(record.cells for record in records), strict=True)
    return [place for place, cells in enumerate(columns) if any(map(str.strip, cells))]


def _with_merged(
    records: list[Record], merged: Iterable[MergedCells], used: list[int], down: bool
) -> list[Record]:
    """Return records with the value of merged cells in all of their columns; `down`: and lines.

    A title over the table, alone in its line, stays where it is.
    """
    grid = {record.line: list(record.cells) for record in records}
    room = sum(map(len, grid.values()))  # no two ranges share a cell, but in hostile files
    for one in merged:
        cells = grid.get(one.top, [])
        value = cells[one.left] if one.left < len(cells) else ""
        if not value.strip() or (one.left <= used[0] and filled(cells) == 1):
            continue
        bottom = min(one.bottom if down else one.top, records[-1].line)
        room -= (bottom - one.top + 1) * (min(one.right + 1, len(cells)) - one.left)
        if room < 0:
            break
        for line in range(one.top, bottom + 1):
            for place in range(one.left, min(one.right + 1, len(grid.get(line, [])))):
                grid[line][place] = grid[line][place] or value
    return [record._replace(cells=grid[record.line]) for record in records]


def _remarks(facts: SheetFacts, table: pa.Table, lines: "array[int]") -> Iterator[Sentence]:
    """Yield what the table does not show: merged cells, and formulas without a value."""
    ranges = sorted(facts.merged, key=lambda one: (one.top, one.left))
    merged = [one.ref for one in ranges if _holds_value(table, lines, one)]
    if merged:
        yield Sentence(MERGED, {"n": len(merged), "cells": _named(merged, len(merged))})
    if facts.uncalculated_cells:
        cells = _named(facts.uncalculated, facts.uncalculated_cells)
        yield Sentence(UNCALCULATED, {"n": facts.uncalculated_cells, "cells": cells})


def _holds_value(table: pa.Table, lines: "array[int]", merged: MergedCells) -> bool:
    row = bisect_left(lines, merged.top)
    is_row = row < table.num_rows and lines[row] == merged.top and merged.left < table.num_columns
    return is_row and bool(table.column(merged.left)[row].as_py())


def _named(cells: Sequence[str], count: int) -> str:
    return ", ".join(cells[:NAMED]) + (", …" if count > NAMED else "")
