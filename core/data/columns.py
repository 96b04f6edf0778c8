"""Rows of cells become columns of strings, a block at a time."""

from collections.abc import Sequence

import pyarrow as pa

from core.errors import FileProblem
from core.i18n import N_

BLOCK_CELLS = 400_000
BLOCK_CHARACTERS = 64 << 20
MOST_COLUMNS = 32_768
# Cells that no delimiter of the file stands for: a few wide rows would fill the memory.
MOST_MISSING_CELLS = 60_000_000


class ColumnBuilder:
    """Collects rows; what a row lacks is null. `finish` returns the columns."""

    def __init__(self, columns: int, name: str, size: int) -> None:
        if columns > MOST_COLUMNS:
            raise FileProblem(
                N_("{name} has {columns} columns. A table may have up to {most}."),
                name=name,
                columns=columns,
                most=MOST_COLUMNS,
            )
        self.columns = columns
        self.rows = 0
        self._name, self._size = name, size
        self._waiting: list[list[str | None]] = []
        self._characters = 0
        self._missing = 0
        self._blocks: list[pa.RecordBatch] = []
        self._schema = pa.schema([(str(place), pa.string()) for place in range(columns)])

    def add(self, cells: list[str]) -> None:
        """Add a row; cells beyond the last column are left out."""
        row: list[str | None] = list(cells)
        lacking = self.columns - len(row)
        if lacking > 0:
            row += [None] * lacking
            self._count_missing(lacking)
        elif lacking < 0:
            del row[lacking:]
        self._waiting.append(row)
        self._characters += sum(map(len, cells))
        self.rows += 1
        full = len(self._waiting) * self.columns >= BLOCK_CELLS
        if full or self._characters >= BLOCK_CHARACTERS:
            self._flush()

    def add_table(self, table: pa.Table) -> None:
        """Add rows that have a cell in each column."""
        self._flush()
        self._blocks += table.cast(self._schema).to_batches()
        self.rows += table.num_rows

    def _count_missing(self, cells: int) -> None:
        self._missing += cells
        if self._missing > max(MOST_MISSING_CELLS, 2 * self._size):
            raise FileProblem(
                N_(
                    "{name} has {columns} columns, but most rows have far fewer cells. "
                    "Check the delimiter and the lines above the table."
                ),
                name=self._name,
                columns=self.columns,
            )

    def _flush(self) -> None:
        if self._waiting:
            columns = [pa.array(column, pa.string()) for column in zip(*self._waiting, strict=True)]
            self._blocks.append(pa.RecordBatch.from_arrays(columns, schema=self._schema))
            self._waiting, self._characters = [], 0

    def finish(self) -> pa.Table:
        """Return the table; its columns are named by their place."""
        self._flush()
        return pa.Table.from_batches(self._blocks, self._schema)


def without_blank_columns(
    table: pa.Table, names: Sequence[str]
) -> tuple[pa.Table, tuple[str, ...]]:
    """Leave out the columns that have neither a name nor a value, of the names as well."""
    import pyarrow.compute as pc

    kept = [
        place
        for place, column in enumerate(table.columns)
        if (place < len(names) and names[place].strip())
        or pc.any(pc.greater(pc.utf8_length(column), 0)).as_py()
    ]
    return table.select(kept), tuple(names[place] for place in kept if place < len(names))
