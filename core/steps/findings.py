"""What the texts of a project are like, before anything is computed of them."""

from typing import Any

from core.data import check_texts
from core.project import Draft, Project, Recipe


def find_in_texts(project: Project) -> dict[str, Any]:
    """Return how many rows have no text, repeat one, hold markup or are very long."""
    column = project.role("text")
    table = project.current("table")
    recipe = Recipe("findings", inputs={"table": table.key}, settings={"column": column})

    def build(draft: Draft, _: object) -> None:
        found = check_texts(table.table("table", [column]).column(0))
        draft.save_json("findings", found.to_json())

    found: dict[str, Any] = project.make(recipe, build).json("findings")
    return found
