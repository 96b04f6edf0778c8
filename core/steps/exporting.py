"""The table leaves as a file: the original columns, then what Textlode and the analyst added."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from core.data import (
    EXCEL_CSV,
    PLAIN_CSV,
    CsvForm,
    Dialect,
    FileFormat,
    Kind,
    RowStream,
    Sentence,
    translate_reasons,
    write_stream,
    write_table,
)
from core.errors import SettingInvalid
from core.i18n import N_
from core.names import added_name
from core.progress import Progress
from core.project import Project
from core.steps.cleaning import left_out_reasons
from core.steps.opened_map import open_map
from core.steps.prediction import has_predictions, predictions_of_table
from core.steps.topic_edits import LEFT_OUT
from core.steps.topics import load_topics

BATCH_ROWS = 20_000


class CsvStyle(StrEnum):
    """How a CSV is written: UTF-8 with commas, the same marked for Excel, or as the source was."""

    PLAIN = "plain"
    EXCEL = "excel"
    SOURCE = "source"


@dataclass(frozen=True)
class ExportSettings:
    """Where to write; the ending names the format: .csv, .xlsx, .parquet or .jsonl.

    `csv` is how a CSV is written. `language` is that of the reasons for rows set aside.
    """

    out: str
    csv: str = CsvStyle.PLAIN
    language: str = "en"

    def __post_init__(self) -> None:
        if self.csv not in list(CsvStyle):
            raise SettingInvalid(
                N_("There is no way {style} to write a CSV. The ways are {styles}."),
                style=self.csv,
                styles=", ".join(CsvStyle),
            )


Added = tuple[Sentence, Callable[[], pa.Array]]


@dataclass(frozen=True)
class AddedColumn:
    """A column that stands behind those of the file, and what it means.

    Its values (rows,) are computed when they are asked for: a page shows only what they mean.
    """

    name: str
    meaning: Sentence
    read: Callable[[], pa.Array]

    @cached_property
    def values(self) -> pa.Array:
        return self.read()


def export(project: Project, settings: ExportSettings, progress: Progress) -> dict[str, Any]:
    """Write every row of the table, in its order, with its topic, labels and prediction.

    Rows of the file that are no rows of the table go into a CSV beside.
    """
    path = Path(settings.out)
    file_format = FileFormat.of(path)
    form = csv_form(project, settings.csv)
    # Before the rows are read: what changes meanwhile may or may not be in the file.
    contents = contents_of_table(project)
    progress(0, 0, N_("Gathering the columns"))
    rows = labelled_rows(project, added_columns(project))
    written = write_stream(rows, path, file_format, form, progress)
    return {
        "file": str(path),
        "rows": written.rows,
        "columns": rows.schema.names,
        "defused": written.defused,
        "cut": written.cut,
        "lost": written.lost,
        "encoding": form.encoding if file_format is FileFormat.CSV else "",
        "revision": project.revision,
        "contents": contents,
        **_write_rejects(project, path, settings),
    }


def contents_of_table(project: Project) -> str:
    """Return a hash of what an export holds: merely looking or explaining changes nothing."""
    return _contents(project.folder, project.revision)


@lru_cache(maxsize=8)
def _contents(folder: Path, revision: int) -> str:
    """`revision` keeps a page that is drawn again and again from reading all labels each time."""
    project = Project.open(folder)
    predicted = bool(project.state.model_in_use) and has_predictions(project)
    return hash_of(
        {
            "table": project.current("table").key,
            "vectors": project.current("vectors").key if project.has("vectors") else "",
            "topics": _topics_by_name(project) if project.has("clusters") else [],
            "labels": project.state.labels,
            "model": [project.state.model_in_use, predicted],
        }
    )


def hash_of(contents: Mapping[str, Any]) -> str:
    """Return a hash of values that JSON can write; of what stands in a file, by name."""
    written = json.dumps(contents, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(written.encode(), digest_size=8).hexdigest()


def _topics_by_name(project: Project) -> list[Any]:
    topics = load_topics(project)
    names = [(topic.id, topic.name) for topic in topics.topics]
    return [project.current("clusters").key, topics.fingerprint, names]


def csv_form(project: Project, style: str) -> CsvForm:
    """Return how a CSV is written. Raises SettingInvalid where the source was none."""
    if style != CsvStyle.SOURCE:
        return EXCEL_CSV if style == CsvStyle.EXCEL else PLAIN_CSV
    dialect = source_dialect(project)
    if dialect is None:
        raise SettingInvalid(
            N_("The file of this project was no CSV. Export it as plain CSV, or CSV for Excel.")
        )
    return CsvForm.like(dialect)


def source_dialect(project: Project) -> Dialect | None:
    """Return how the project's file was written; None where it was no delimited text."""
    found = project.current("table").json("reading").get("dialect") or {}
    return Dialect(**found) if found.get("format") == Kind.DELIMITED else None


def labelled_rows(project: Project, added: list[AddedColumn]) -> RowStream:
    """Return the rows of the table with more columns behind their own, read as they are used."""
    table = project.current("table")
    schema = table.schema("table")
    for column in added:
        schema = schema.append(pa.field(column.name, column.values.type))

    def batches() -> Iterator[pa.RecordBatch]:
        done = 0
        for batch in table.batches("table", BATCH_ROWS):
            values = [column.values.slice(done, batch.num_rows) for column in added]
            yield pa.RecordBatch.from_arrays([*batch.columns, *values], schema=schema)
            done += batch.num_rows

    return RowStream(schema, project.row_count, batches())


def added_columns(project: Project) -> list[AddedColumn]:
    """Return the columns that were computed or decided."""
    added: dict[str, Added] = {}
    if project.has("clusters"):
        added |= _topic_columns(project)
    reasons = left_out_reasons(project)
    if reasons is not None:
        meaning = Sentence(N_("why cleaning left the row out; empty where it is on the map"))
        added["left_out"] = (meaning, lambda: reasons)
    for name, labels in project.state.labels.items():
        meaning = Sentence(N_("your label “{name}”"), {"name": name})
        added[f"label_{name}"] = (meaning, partial(_labels, labels, project.row_count))
    if project.state.model_in_use:
        added |= _prediction_columns(project)
    taken = project.column_names
    columns = []
    for name, (meaning, read) in added.items():
        columns.append(AddedColumn(added_name(name, taken), meaning, read))
        taken.append(columns[-1].name)
    return columns


def _topic_columns(project: Project) -> dict[str, Added]:
    topics = load_topics(project)
    places = open_map(project).places
    unit = topics.unit_of_row
    empty = unit < 0
    topic = topics.topic_of_row
    return {
        "topic_id": (
            Sentence(
                N_("the topic's number; empty where a row is left out, taken out or without a text")
            ),
            lambda: pa.array(topic, mask=topic < 0),
        ),
        "topic_name": (
            Sentence(N_("the topic's name, as it stands on the map")),
            lambda: pa.array(topics.names_of_rows(), pa.string()),
        ),
        "confidence": (
            Sentence(N_("how surely the row belongs to its topic, from 0 to 1")),
            lambda: pa.array(topics.confidence[unit].astype(np.float64), mask=empty),
        ),
        "outlier": (
            Sentence(N_("true: the row is left out (noise), it lies between the topics")),
            lambda: pa.array(topic == LEFT_OUT, mask=empty),
        ),
        "x": (
            Sentence(N_("its place on the map, from left to right")),
            lambda: pa.array(places[unit, 0].astype(np.float64), mask=empty),
        ),
        "y": (
            Sentence(N_("its place on the map, from bottom to top")),
            lambda: pa.array(places[unit, 1].astype(np.float64), mask=empty),
        ),
    }


def _labels(labels: Mapping[int, str], rows: int) -> pa.Array:
    return pa.array(map(labels.get, range(rows)), pa.string())


def _prediction_columns(project: Project) -> dict[str, Added]:
    meanings = {
        "predicted": Sentence(N_("what the model in use says")),
        "predicted_confidence": Sentence(N_("how sure the model is, from 0 to 1")),
    }
    found = predictions_of_table(project)
    return {name: (meanings[name], partial(found.get, name)) for name in found}


def _write_rejects(project: Project, path: Path, settings: ExportSettings) -> dict[str, Any]:
    """Write the lines of the file that were set aside, with the reasons."""
    rejects = project.current("table").table("rejects")
    if not rejects.num_rows:
        return {"rejects": "", "rejected": 0}
    table = translate_reasons(rejects, settings.language)
    beside = path.with_name(f"{path.stem}.rejects.csv")
    form = EXCEL_CSV if settings.csv == CsvStyle.EXCEL else PLAIN_CSV
    write_table(table, beside, FileFormat.CSV, form)
    return {"rejects": str(beside), "rejected": rejects.num_rows}
