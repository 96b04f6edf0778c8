"""The table leaves as a file: the original columns, then what Textlode and the analyst added."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from core.data import FileFormat, write_table
from core.errors import SettingInvalid
from core.i18n import N_
from core.progress import Progress
from core.project import Project
from core.steps.columns import free_name
from core.steps.mapping import open_map
from core.steps.prediction import predictions_of_table
from core.steps.topics import load_topics

ADDED = "textlode_"


@dataclass(frozen=True)
class ExportSettings:
    """Where to write; the ending names the format: .csv, .xlsx, .parquet or .jsonl.

    `bom` lets Excel recognise a CSV as UTF-8.
    """

    out: str
    bom: bool = False


def export(project: Project, settings: ExportSettings, progress: Progress) -> dict[str, Any]:
    """Write every row of the table, in its order, with its topic, labels and prediction."""
    path = Path(settings.out)
    file_format = format_of(path)
    table = added_columns(project, project.table())
    written = write_table(table, path, file_format, bom=settings.bom, progress=progress)
    return {
        "file": str(path),
        "rows": table.num_rows,
        "columns": table.column_names,
        "defused": written.defused,
    }


def format_of(path: Path) -> FileFormat:
    """Return the format that a file's ending names."""
    ending = path.suffix.lower().lstrip(".")
    if ending not in list(FileFormat):
        raise SettingInvalid(
            N_("{name} has no ending that names a format. Use .csv, .xlsx, .parquet or .jsonl."),
            name=path.name,
        )
    return FileFormat(ending)


def added_columns(project: Project, table: pa.Table) -> pa.Table:
    """Return the table with the columns that were computed or decided behind its own."""
    added: dict[str, pa.Array] = {}
    if project.has("clusters"):
        added |= _topic_columns(project)
    for name, labels in project.state.labels.items():
        added[f"label_{name}"] = pa.array([labels.get(row) for row in range(table.num_rows)])
    if project.state.model_in_use:
        added |= predictions_of_table(project)
    for name, column in added.items():
        table = table.append_column(free_name(ADDED + name, table.column_names), column)
    return table


def _topic_columns(project: Project) -> dict[str, pa.Array]:
    topics = load_topics(project)
    places = open_map(project).places
    unit = topics.unit_of_row
    empty = unit < 0
    topic = topics.topic_of_row
    return {
        "topic_id": pa.array(topic, mask=topic < 0),
        "topic_name": pa.array(topics.names_of_rows()),
        "confidence": pa.array(topics.confidence[unit].astype(np.float64), mask=empty),
        "outlier": pa.array(topic == -1, mask=empty),
        "x": pa.array(places[unit, 0].astype(np.float64), mask=empty),
        "y": pa.array(places[unit, 1].astype(np.float64), mask=empty),
    }
