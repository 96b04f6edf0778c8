"""Clean delimited files are read by pyarrow, all columns as strings; the rest is not for it."""

import functools
import re
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from core.data.ending import LAST_ROWS, find_ending
from core.data.plan import Plan
from core.data.records import OTHER_QUOTES, Record, swallows_rows
from core.data.source import Source
from core.data.watch import SeveralLines, SingleLines, Watch
from core.progress import READING, Progress

SECONDS_BETWEEN_REPORTS = 0.1
LINE_END = re.compile(r"\r\n|\r|\n")
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
    file is read without line ends in values if there seem to be none: in parts, each of which a
    core looks through and reads by itself.
    """
    ways = (SeveralLines,) if plan.several_lines else (SingleLines, SeveralLines)
    for way in ways:
        with ExitStack() as files:
            watches = [files.enter_context(closing(watch)) for watch in way.over(source, plan)]
            table = _read(watches, plan, progress)
        if table is not None and _agree(watches):
            last = watches[-1]
            fits = _is_as_read_carefully(table, plan, last)
            return CleanTable(table, last.line_end, last.blank_lines) if fits else None
        if len(watches) == 1 and watches[0].unfit:
            return None
    return None


def _read(watches: Sequence[Watch], plan: Plan, progress: Progress) -> pa.Table | None:
    """Read with all cores; progress is told, and heard, in the thread that asks for the table."""
    size = sum(watch.size for watch in watches)
    with ThreadPoolExecutor(min(len(watches), pa.cpu_count())) as pool:
        alone = len(watches) == 1
        parts = [pool.submit(_read_part, watch, plan, alone) for watch in watches]
        waiting = set(parts)
        try:
            while waiting:
                progress(sum(watch.done for watch in watches), size, READING)
                done, waiting = wait(waiting, SECONDS_BETWEEN_REPORTS, FIRST_COMPLETED)
                if any(part.result() is None for part in done):
                    _stop(watches)
        except BaseException:
            _stop(watches)
            raise
    tables = [part.result() for part in parts]
    return None if None in tables else pa.concat_tables(tables)


def _stop(watches: Sequence[Watch]) -> None:
    for watch in watches:
        watch.stopped = True


def _read_part(watch: Watch, plan: Plan, alone: bool) -> pa.Table | None:
    """Return the rows that a watch was passed by; None where it did not see all of them."""
    from pyarrow import csv

    names = [str(place) for place in range(plan.layout.columns)]
    try:
        table = csv.read_csv(
            watch,
            read_options=csv.ReadOptions(
                column_names=names, block_size=watch.block, use_threads=alone
            ),
            parse_options=csv.ParseOptions(
                delimiter=plan.marks.delimiter,
                quote_char=plan.marks.quote or False,
                double_quote=bool(plan.marks.quote),
                newlines_in_values=watch.several_lines,
                ignore_empty_lines=True,
            ),
            convert_options=csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
            ),
        )
        if not watch.is_valid:
            table.validate(full=True)
    except (pa.ArrowInvalid, UnicodeError):
        return None
    seen = not watch.unfit and not watch.stopped and table.num_rows == watch.records
    return table if seen else None


def _agree(watches: Sequence[Watch]) -> bool:
    """Whether all parts end their lines alike, and blank lines stand at the end of the last one."""
    *above, last = watches
    return all(one.line_end == last.line_end and not one.blank_lines for one in above)


def _is_as_read_carefully(table: pa.Table, plan: Plan, watch: Watch) -> bool:
    """Whether the careful reader would find the same rows, and no other in or below the table."""
    names = list(plan.names)
    if len(names) == table.num_columns > 1 and _holds_row(table, names):
        return False
    if table.num_columns == 1 and pc.any(pc.equal(pc.utf8_trim(table.column(0), " "), "")).as_py():
        return False  # a blank line is no row
    if _has_row_in_other_quotes(table, plan.marks.quote):
        return False
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


def _has_row_in_other_quotes(table: pa.Table, quote: str) -> bool:
    """Whether a row begins and ends as one that another program put into its quotes."""
    other = OTHER_QUOTES.get(quote, "")
    if not other or table.num_columns == 1:
        return False
    first, last = table.column(0), table.column(table.num_columns - 1)
    around = pc.and_(pc.starts_with(first, other), pc.ends_with(last, other))
    return bool(pc.any(around).as_py())


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
