"""Clean delimited files are read by pyarrow, all columns as strings; the rest is not for it."""

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from core.data.census import Census
from core.data.source import Source
from core.i18n import N_
from core.progress import Progress

if TYPE_CHECKING:
    from core.data.delimited import Plan

BLOCK = 1 << 20


def read_fast(source: Source, plan: "Plan", census: Census, progress: Progress) -> pa.Table | None:
    """Return the table of a clean file; None where only the careful reader will do.

    Every line must be accounted for: rows and the line ends within values are those counted.
    """
    if census.nuls or census.stray_quotes or census.line_ends not in ("\n", "\r\n"):
        return None
    table = _read(source, plan, census, progress)
    if table is None:
        return None
    lines = census.lines - (plan.first_row_line - 1)
    if table.num_rows == lines:
        return table
    inner = _inner_line_ends(table)
    if table.num_rows + inner != lines or (inner and _swallows_rows(table, plan)):
        return None
    return table


def _read(source: Source, plan: "Plan", census: Census, progress: Progress) -> pa.Table | None:
    from pyarrow import csv

    columns = plan.layout.columns
    names = [str(place) for place in range(columns)]
    try:
        reader = csv.open_csv(
            source.path,
            read_options=csv.ReadOptions(
                skip_rows=plan.first_row_line - 1,
                column_names=names,
                encoding=_arrow_name(plan.encoding.name),
                block_size=max(BLOCK, 2 * census.longest_line),
            ),
            parse_options=csv.ParseOptions(
                delimiter=plan.marks.delimiter,
                quote_char=plan.marks.quote or False,
                double_quote=bool(plan.marks.quote),
                newlines_in_values=census.quotes > 0,
                ignore_empty_lines=True,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
        return _collect(reader, source, plan, progress)
    except (pa.ArrowInvalid, UnicodeError):
        return None


def _arrow_name(encoding: str) -> str:
    """Return "utf8" for UTF-8: by any other name pyarrow transcodes it in Python."""
    return "utf8" if encoding in ("utf-8", "utf-8-sig") else encoding


def _collect(
    reader: "pa.csv.CSVStreamingReader", source: Source, plan: "Plan", progress: Progress
) -> pa.Table:
    batches, done = [], 0
    for batch in reader:
        batches.append(batch)
        done += batch.nbytes
        progress(min(done, source.size), source.size, N_("Reading rows"))
    return pa.Table.from_batches(batches, reader.schema)


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
