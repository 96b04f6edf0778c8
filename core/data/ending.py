"""Where the table ends: lines below it, and further tables in the same file."""

import re
from dataclasses import dataclass

import pyarrow as pa

from core.data.cells import is_measure
from core.data.layout import filled, looks_like_names
from core.data.records import Record

# Rows of another width, or after a blank line, among which further tables are looked for.
MOST_ODD = 200_000
# The last rows, among which the notes are.
LAST_ROWS = 200
MOST_FOOTER_LINES = 30
COMMENT = ("# ", "//")
TOTAL = re.compile(r"(grand |sub)?total|sum|summe|gesamt|somme|合计|总计|合計|總計", re.IGNORECASE)
# The rows that say of which kind a column is, the fewest of them, and how many have to agree.
LOOKED_BACK, FEWEST_VALUES, NEARLY_ALL = 130, 10, 0.9


@dataclass(frozen=True)
class Ending:
    """The rows that belong to the table, the notes below it, and how further tables begin."""

    rows: int
    footer: tuple[Record, ...] = ()
    further: tuple[Record, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The names by which `ReadOptions.table` chooses a further table."""
        return tuple(f"line {record.line}" for record in self.further)


def find_ending(
    odd: list[tuple[int, Record]],
    table: pa.Table,
    last: list[Record],
    names: list[str],
    only_after_blank: bool = False,
) -> Ending:
    """Return where the table ends. `odd` are rows of another width or after a blank line.

    With `only_after_blank`, another width alone begins no further table: rows of a sheet may all
    end in empty cells.
    """
    columns = table.num_columns
    rows, further = _first_of_next_table(odd, table, names, only_after_blank)
    if further:
        title = [record for row, record in odd if row == rows - 1 and _is_note(record, columns)]
        return Ending(rows - len(title), tuple(title), further)
    footer = _footer(odd, table, last)
    return Ending(table.num_rows - len(footer), footer)


def _first_of_next_table(
    odd: list[tuple[int, Record]], table: pa.Table, names: list[str], only_after_blank: bool
) -> tuple[int, tuple[Record, ...]]:
    further: list[Record] = []
    rows = table.num_rows
    widths = {row: len(record.cells) for row, record in odd}
    columns = table.num_columns
    titles = {row for row, one in odd if one.after_blank and _is_note(one, columns)}
    for row, record in odd:
        if row == 0 or (further and row <= rows):
            continue
        if only_after_blank and not record.after_blank and row - 1 not in titles:
            continue
        if _begins_table(row, record, widths, columns, table, names):
            if not further:
                rows = row
            further.append(record)
            columns = len(record.cells)
    return rows, tuple(further)


def _begins_table(
    row: int,
    record: Record,
    widths: dict[int, int],
    columns: int,
    table: pa.Table,
    names: list[str],
) -> bool:
    cells = record.cells
    width = len(cells)
    following = [
        place
        for place in range(row, min(row + 50, table.num_rows))
        if widths.get(place, table.num_columns) == width
    ]
    run = 0
    while run < len(following) and following[run] == row + run:
        run += 1
    if width < 2 or run < 3 or filled(cells) < width or len(set(cells)) < width:
        return False
    if any(is_measure(cell) for cell in cells):
        return False
    if width == columns and not record.after_blank:
        return False
    below = [
        [value or "" for value in row_values.values()][:width]
        for row_values in table.slice(row + 1, min(run - 1, 50)).to_pylist()
    ]
    if width == columns:
        return names != [] and looks_like_names(cells, below) and _other_kinds(cells, table, row)
    return looks_like_names(cells, below)


def _other_kinds(cells: list[str], table: pa.Table, row: int) -> bool:
    """Whether words stand where the table has numbers, or others where it has the same few."""
    first = max(0, row - 100)
    strange = familiar = 0
    for place in range(min(len(cells), table.num_columns)):
        values = [
            value for value in table.column(place).slice(first, row - first).to_pylist() if value
        ]
        if values and sum(map(is_measure, values)) > 0.8 * len(values):
            return True
        if len(values) > 9 and len(set(values)) < 0.3 * len(values):
            strange += cells[place] not in values
            familiar += cells[place] in values
    return strange > familiar


def _footer(
    odd: list[tuple[int, Record]], table: pa.Table, last: list[Record]
) -> tuple[Record, ...]:
    """Return the last records that are notes rather than rows: one cell where rows have several."""
    columns = table.num_columns
    if columns < 2 or not last:
        return ()
    place = len(last)
    measured = _measured_columns(last[-LOOKED_BACK:-1], columns)
    while (
        place > 0
        and len(last) - place < MOST_FOOTER_LINES
        and (_is_note(last[place - 1], columns) or _is_remark(last[place - 1], columns, measured))
    ):
        place -= 1
    notes = last[place:]
    if len(notes) == len(last) or len(notes) >= table.num_rows:
        return ()
    if columns == 2 and notes and not any(note.after_blank for note in notes):
        return ()
    earlier = last[max(0, place - 100) : place]
    like = sum(_is_note(record, columns) for record in earlier)
    return () if like > 0.05 * len(earlier) else tuple(notes)


def _measured_columns(records: list[Record], columns: int) -> list[int]:
    """Return the columns of which nearly all values are numbers or dates."""
    measured = []
    for column in range(columns):
        values = [record.cells[column] or "" for record in records if len(record.cells) > column]
        filled_ones = [value for value in values if value.strip()]
        agreeing = sum(map(is_measure, filled_ones))
        if len(filled_ones) >= FEWEST_VALUES and agreeing >= NEARLY_ALL * len(filled_ones):
            measured.append(column)
    return measured


def _is_remark(record: Record, columns: int, measured: list[int]) -> bool:
    """Whether a line with delimiters is about the table: a comment, a total, a note below a gap.

    To be sure that no row is taken for one, it has to have words where all rows have numbers, or,
    if it begins as comments do, another width.
    """
    first = (record.cells[0] or "").strip()
    comment = first.startswith(COMMENT)
    if comment and len(record.cells) != columns:
        return True
    strange = any(
        cell.strip() and not is_measure(cell)
        for cell in (record.cells[place] or "" for place in measured if place < len(record.cells))
    )
    return strange and (comment or record.after_blank or TOTAL.fullmatch(first) is not None)


def _is_note(record: Record, columns: int) -> bool:
    """Whether a line has words in its first cell alone, or nothing; a number begins a short row."""
    if is_measure(record.cells[0] or ""):
        return False
    if len(record.cells) > 1 and len(record.cells) < columns:
        return filled(record.cells) <= 1
    return (
        len(record.cells) <= columns
        and filled(record.cells) <= 1
        and (bool(record.cells[0].strip()) or not filled(record.cells))
    )
