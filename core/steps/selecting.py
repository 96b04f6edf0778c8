"""What sets some rows apart, and what the columns beside the texts hold."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.data import ColumnType, parse_dates
from core.data.numbers import parse_numbers
from core.explore import SelectionDescription, describe_selection
from core.project import Project
from core.steps.columns import column_kinds
from core.steps.editing import rows_of_units
from core.steps.exporting import added_columns
from core.steps.opened_map import neighbours_behind, open_map
from core.steps.topics import TopicView

DESCRIBED = 20
"""So many columns are compared; more would take longer than a hand waits."""


def describe_units(
    project: Project, view: TopicView, units: npt.NDArray[np.integer]
) -> SelectionDescription:
    """Describe some texts of the map by their words, and their rows by the other columns."""
    opened = open_map(project)
    inside = np.zeros(len(opened.texts), dtype=bool)
    inside[units] = True
    rows = np.zeros(view.row_count, dtype=bool)
    rows[rows_of_units(view, units)] = True
    values, numbers = _columns(project.folder, project.current("table").key, *_kinds_key(project))
    return describe_selection(inside, opened.terms, rows, values, numbers=dict(numbers))


def nearest_units(project: Project, unit: int, most: int = 5) -> list[int]:
    """Return the texts whose vectors are nearest to that of one text, the nearest first."""
    layout = project.artifacts.open(project.current("clusters").inputs["layout"])
    indices = neighbours_behind(project, layout).array("neighbour_indices")
    found: list[int] = indices[unit, :most].tolist()
    return found


def rows_to_take_away(project: Project, rows: npt.NDArray[np.integer]) -> pa.Table:
    """Return some rows of the table, with the columns that an export adds."""
    chosen = pa.array(rows)
    table = project.table().take(chosen)
    for column in added_columns(project):
        table = table.append_column(column.name, column.values.take(chosen))
    return table


def _kinds_key(project: Project) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(kind)) for name, kind in column_kinds(project).items())[:DESCRIBED]


@lru_cache(maxsize=2)
def _columns(
    folder: Path, table_key: str, *kinds: tuple[str, str]
) -> tuple[pa.Table, dict[str, npt.NDArray[np.float64]]]:
    """Return the columns of values, dates as their months, and those of numbers."""
    artifact = Project.open(folder).artifacts.open(table_key)
    table = artifact.table("table", [name for name, _ in kinds])
    values, numbers = {}, {}
    for name, kind in kinds:
        column = table.column(name)
        if kind == ColumnType.NUMBER:
            numbers[name] = parse_numbers(column).to_numpy(zero_copy_only=False)
        elif kind == ColumnType.DATE:
            values[name] = pc.strftime(parse_dates(column), format="%Y-%m")
        else:
            values[name] = column
    return pa.table(values), numbers
