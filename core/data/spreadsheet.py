"""XLSX workbooks: one sheet becomes a table."""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from core.data.cells import is_measure
from core.data.columns import ColumnBuilder
from core.data.dialect import Dialect, ReadOptions
from core.data.layout import filled, find_layout
from core.data.records import Record
from core.data.rejects import BELOW, SURPLUS, Rejects
from core.data.result import LISTED, ReadResult, SurplusCells, unique_names
from core.data.source import ALWAYS_UNPACKED, Source
from core.errors import FileProblem
from core.i18n import N_
from core.progress import SILENT, Progress

LARGEST_PART = 512 << 20
# Cells are written with their place, which keeps a part from shrinking to less than a twentieth.
LARGEST_RATIO = 40
MOST_BLANK_ROWS = 2000
MOST_COLUMNS = 16_384
SAMPLED = 300


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
    except FileProblem:
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
        if options.table and options.table not in names:
            raise FileProblem(
                N_("{name} has no sheet {table}. Its sheets are {names}."),
                name=source.name,
                table=options.table,
                names=", ".join(names),
            )
        visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        hidden = [name for name in names if name not in visible]
        for name in [options.table] if options.table else [*visible, *hidden]:
            records = _records(book[name], progress)
            sample = list(islice(records, SAMPLED))
            if sample:
                others = tuple(one for one in names if one != name)
                return _table(source, options, name, others, sample, records, rows)
    raise FileProblem(N_("{name} has no cells: every sheet is empty."), name=source.name)


def _records(sheet: Any, progress: Progress) -> Iterator[Record]:
    """Yield the rows that have cells; a sheet that claims a million empty rows has none."""
    sheet.reset_dimensions()
    blank = 0
    total = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):
        cells = [_written(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            blank += 1
            if blank > MOST_BLANK_ROWS:
                return
            continue
        total += 1
        if total % 5000 == 0:
            progress(total, 0, N_("Reading rows"))
        yield Record(number, cells, "\t".join(cells), blank > 0, "")
        blank = 0


def _written(value: Any) -> str:  # noqa: PLR0911 - one line for each type of cell
    """Return a cell's value as a person would write it."""
    if value is None:
        return ""
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


def _table(
    source: Source,
    options: ReadOptions,
    sheet: str,
    others: tuple[str, ...],
    sample: list[Record],
    rest: Iterator[Record],
    rows: int | None,
) -> ReadResult:
    skipped = options.skip_lines
    if skipped is not None:
        sample = [record for record in sample if record.line > skipped] or sample
    sample = _padded(sample)
    layout = find_layout(sample, options.header_rows, skipped=skipped is not None)
    first = sample[layout.start]
    body = sample[layout.start + layout.header_rows :]
    name_rows = sample[layout.start : layout.start + layout.header_rows]
    names = _joined([record.cells for record in name_rows])
    builder = ColumnBuilder(max(layout.columns, len(names)), source.name, source.size)
    rejects = Rejects()
    surplus: list[SurplusCells] = []
    last: list[Record] = []
    for records in (body, rest):
        for record in records:
            if rows is not None and builder.rows >= rows:
                break
            builder.add(record.cells)
            last = [*last[-40:], record]
            beyond = record.cells[builder.columns :]
            if any(beyond):
                rejects.add(record, SURPLUS, len(beyond))
                if len(surplus) < LISTED:
                    surplus.append(SurplusCells(record.line, builder.rows - 1, tuple(beyond)))
    long_rows = rejects.count
    table = builder.finish()
    footer = _footer(last, builder.columns) if rows is None else []
    for record in footer:
        rejects.add(record, BELOW)
    return ReadResult(
        table=table.slice(0, table.num_rows - len(footer)).rename_columns(
            unique_names(names, table.num_columns)
        ),
        dialect=Dialect(
            format="xlsx",
            header_rows=layout.header_rows,
            line_of_names=first.line if layout.header_rows else 0,
            first_line=first.line,
            table=sheet,
        ),
        names=names,
        rejects=rejects.finish(),
        rejected=len(footer),
        preamble=tuple(record.raw for record in sample[: layout.start]),
        footer=tuple(record.raw for record in footer),
        tables=others,
        surplus=tuple(surplus),
        long_rows=long_rows,
    )


def _padded(records: list[Record]) -> list[Record]:
    """Give rows that end in empty cells the usual width, as a delimited file would."""
    width = max(len(record.cells) for record in records)
    return [
        record._replace(cells=record.cells + [""] * (width - len(record.cells)))
        for record in records
    ]


def _joined(rows: list[list[str]]) -> tuple[str, ...]:
    width = max(map(len, rows), default=0)
    columns = [[row[place].strip() for row in rows] for place in range(width)]
    names = [" ".join(filter(None, column)) for column in columns]
    return tuple(rows[0]) if len(rows) == 1 else tuple(names)


def _footer(last: list[Record], columns: int) -> list[Record]:
    """Return the notes below the table: one cell after a blank row."""
    place = len(last)
    while (
        place > 0
        and filled(last[place - 1].cells) == 1
        and columns > 2
        and not is_measure(last[place - 1].cells[0])
    ):
        place -= 1
    notes = last[place:]
    return notes if notes and place > 0 and notes[0].after_blank else []
