"""The columns beside the texts: of which kind they are, and what is said of one that is missing."""

from collections.abc import Sequence

from core.data import ColumnType
from core.errors import ColumnMissing
from core.i18n import N_
from core.project import Project

TELLING = (ColumnType.CATEGORY, ColumnType.NUMBER, ColumnType.DATE, ColumnType.LANGUAGE)
MOST_NAMED = 30


def column_kinds(project: Project) -> dict[str, ColumnType]:
    """Return the columns that a map can be coloured by, in the order of the file, and their kind.

    What a person chose as label or date is taken as such.
    """
    table, roles = project.current("table"), project.state.roles
    kinds = {one["name"]: ColumnType(one["type"]) for one in table.json("profile")["columns"]}
    for role, kind in (("label", ColumnType.CATEGORY), ("date", ColumnType.DATE)):
        if roles.get(role) in kinds:
            kinds[roles[role]] = kind
    kinds.pop(roles.get("text", ""), None)
    return {name: kind for name, kind in kinds.items() if kind in TELLING}


def no_column(column: str | None, columns: Sequence[str]) -> ColumnMissing:
    """Return the error that says of a column that it is none of a table's."""
    return ColumnMissing(
        N_("There is no column {column}. The columns are {columns}: choose one of these."),
        column=column,
        columns=", ".join(columns[:MOST_NAMED]),
    )
