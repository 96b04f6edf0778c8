"""What the texts of a project are like, before anything is computed of them."""

from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from core.data import check_texts
from core.data.texts import as_texts, cut_example
from core.embed import encoder_cards, texts_beyond
from core.i18n import N_
from core.progress import SILENT, Progress
from core.project import Artifact, Draft, Project, Recipe


@dataclass(frozen=True)
class FindingsSettings:
    """Which column to look at; empty for the project's text column."""

    column: str = ""


def find(project: Project, settings: FindingsSettings, progress: Progress) -> dict[str, Any]:
    """Look for what is odd about the texts: nothing is changed by that."""
    artifact = findings_of(project, settings.column, progress)
    found = artifact.json("findings")
    counts = {name: one["count"] for name, one in found["findings"].items()}
    return {"findings": artifact.key, "rows": found["rows"], **counts}


def findings_of(project: Project, column: str = "", progress: Progress = SILENT) -> Artifact:
    """Return the findings about a text column, made when they are not there yet."""
    recipe = _recipe(project, column or project.role("text"))

    def build(draft: Draft, _: object) -> None:
        table = project.current("table")
        texts = as_texts(table.table("table", [recipe.settings["column"]]).column(0))
        found = check_texts(texts, progress)
        progress(0, 0, N_("Looking for texts that are longer than an encoder reads"))
        beyond = {card.name: texts_beyond(card.name, texts) for card in encoder_cards()}
        draft.save_array("flags", found.flags)
        draft.save_json(
            "findings",
            {
                **found.to_json(),
                "beyond": {
                    name: {**asdict(one), "texts": _starts(texts, one.rows)}
                    for name, one in beyond.items()
                    if one is not None
                },
            },
        )

    return project.make(recipe, build)


def _starts(texts: pa.Array, rows: tuple[int, ...]) -> list[str]:
    chosen = texts.take(pa.array(rows, pa.int64())).to_pylist()
    return [cut_example(text) for text in chosen]


def present_findings(project: Project) -> Artifact | None:
    """Return the findings about the text column where they have been made, else None."""
    key = _recipe(project, project.role("text")).key
    return project.artifacts.open(key) if key in project.artifacts else None


def _recipe(project: Project, column: str) -> Recipe:
    table = project.current("table")
    return Recipe("findings", inputs={"table": table.key}, settings={"column": column}, version=6)
