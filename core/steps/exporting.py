"""The table leaves as a file: the original columns, then what Textlode and the analyst added."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.data import (
    EXCEL_CSV,
    PLAIN_CSV,
    CellType,
    ColumnType,
    CsvForm,
    Dialect,
    FileFormat,
    Kind,
    RowStream,
    Sentence,
    decimal_sign,
    find_cell_types,
    translate_reasons,
    write_stream,
    write_table,
)
from core.errors import SettingInvalid
from core.i18n import N_, translate
from core.names import added_name
from core.progress import Progress
from core.project import Project
from core.steps.cleaning import has_repetitions, left_out_reasons, repeated_rows
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


class Separator(StrEnum):
    """Where Excel splits a CSV: at semicolons on a computer whose decimals have commas."""

    COMMA = "comma"
    SEMICOLON = "semicolon"


MARKS = {Separator.COMMA: ",", Separator.SEMICOLON: ";"}


@dataclass(frozen=True)
class ExportSettings:
    """Where to write; the ending names the format: .csv, .xlsx, .parquet or .jsonl.

    `csv` is how a CSV is written, `separator` what is between the values of one for Excel; left
    empty, it is chosen by the source. `language` is that of the reasons for rows left out or set
    aside.
    """

    out: str
    csv: str = CsvStyle.PLAIN
    separator: str = ""
    language: str = "en"

    def __post_init__(self) -> None:
        if self.separator and (self.separator not in list(Separator) or self.csv != CsvStyle.EXCEL):
            raise SettingInvalid(
                N_(
                    "The separator is {separator}. Of a CSV for Excel it can be chosen, and is one "
                    "of {separators}."
                ),
                separator=self.separator,
                separators=", ".join(Separator),
            )
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
    form = csv_form(project, settings.csv, settings.separator)
    # Before the rows are read: what changes meanwhile may or may not be in the file.
    contents = contents_of_table(project)
    progress(0, 0, N_("Gathering the columns"))
    rows = labelled_rows(project, added_columns(project, settings.language))
    kinds = kinds_of_columns(project) if file_format is FileFormat.XLSX else {}
    rows = replace(rows, types=_types_of_columns(project, kinds, progress))
    written = write_stream(rows, path, file_format, form, progress)
    return {
        "file": str(path),
        "rows": written.rows,
        "columns": rows.schema.names,
        "defused": written.defused,
        "cut": written.cut,
        "lost": written.lost,
        "encoding": form.encoding if file_format is FileFormat.CSV else "",
        "delimiter": form.delimiter if file_format is FileFormat.CSV else "",
        "typed": list(rows.types),
        "as_text": [name for name in kinds if name not in rows.types],
        "repetitions": _repetition_count(project),
        "revision": project.revision,
        "contents": contents,
        **_write_rejects(project, path, settings),
    }


def contents_of_table(project: Project) -> str:
    """Return a hash of what an export holds: merely looking or explaining changes nothing."""
    return _contents(project.folder, project.revision)


@lru_cache(maxsize=8)
def _contents(folder: Path, revision: str) -> str:
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


def csv_form(project: Project, style: str, separator: str = "") -> CsvForm:
    """Return how a CSV is written. Raises SettingInvalid where the source was none."""
    if style == CsvStyle.PLAIN:
        return PLAIN_CSV
    if style == CsvStyle.EXCEL:
        mark = MARKS[Separator(separator or proposed_separator(project))]
        return replace(EXCEL_CSV, delimiter=mark, decimal=_decimal_beside(project, mark))
    dialect = source_dialect(project)
    if dialect is None:
        raise SettingInvalid(
            N_("The file of this project was no CSV. Export it as plain CSV, or CSV for Excel.")
        )
    form = CsvForm.like(dialect)
    return replace(form, decimal=_decimal_beside(project, form.delimiter))


def proposed_separator(project: Project) -> Separator:
    """Return where the Excel of those who wrote the source splits a CSV, as far as it tells."""
    dialect = source_dialect(project)
    has_commas = dialect is not None and _decimal_of_source(project) == ","
    if has_commas or (dialect is not None and dialect.delimiter == ";"):
        return Separator.SEMICOLON
    return Separator.COMMA


def _decimal_beside(project: Project, delimiter: str) -> str:
    """Return the decimal sign of added numbers: that of the source, if its values are so separated.

    Otherwise it is the one that goes with the delimiter on computers.
    """
    dialect = source_dialect(project)
    told = _decimal_of_source(project)
    if told and dialect is not None and dialect.delimiter == delimiter:
        return told
    return "," if delimiter == ";" else "."


def _decimal_of_source(project: Project) -> str:
    """Return the sign before the decimals in the columns of numbers; empty where none tells."""
    kinds = kinds_of_columns(project)
    return decimal_sign(
        value
        for column in project.current("table").json("profile")["columns"]
        if kinds.get(column["name"]) is ColumnType.NUMBER
        for value, _ in column["top"]
    )


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


def kinds_of_columns(project: Project) -> dict[str, ColumnType]:
    """Return the columns that a sheet may hold as numbers or dates, and those that name rows.

    What a person chose as the text is none of these, and what was chosen as the id names rows. Of
    the others none has decimals: an older profile took amounts such as 1.234,50 for ids.
    """
    roles = project.state.roles
    kinds: dict[str, ColumnType] = {}
    for column in project.current("table").json("profile")["columns"]:
        kind = ColumnType(column["type"])
        if kind is ColumnType.ID and decimal_sign(value for value, _ in column["top"]):
            kind = ColumnType.NUMBER
        kinds[column["name"]] = kind
    if roles.get("date") in kinds and kinds[roles["date"]] is not ColumnType.NUMBER:
        kinds[roles["date"]] = ColumnType.DATE
    kinds.pop(roles.get("text", ""), None)
    if roles.get("id") in kinds:
        kinds[roles["id"]] = ColumnType.ID
    shown = (ColumnType.NUMBER, ColumnType.DATE, ColumnType.ID)
    return {name: kind for name, kind in kinds.items() if kind in shown}


def _types_of_columns(
    project: Project, kinds: Mapping[str, ColumnType], progress: Progress
) -> dict[str, CellType]:
    """Return the columns whose every value comes back from a number or a day as it was written."""
    wanted = {name: kind for name, kind in kinds.items() if kind is not ColumnType.ID}
    if not wanted:
        return {}
    progress(0, 0, N_("Looking at the columns"))
    batches = project.current("table").batches("table", BATCH_ROWS, list(wanted))
    return find_cell_types(wanted, batches)


def _repetition_count(project: Project) -> int:
    """Return how many rows have what they have from the row that they repeat."""
    repeats = repeated_rows(project) if project.has("clusters") else None
    return 0 if repeats is None else int((repeats >= 0).sum())


def added_columns(project: Project, language: str = "en") -> list[AddedColumn]:
    """Return the columns that were computed or decided; reasons are said in a language."""
    added: dict[str, Added] = {}
    if project.has("clusters"):
        added |= _topic_columns(project)
    reasons = left_out_reasons(project)
    if reasons is not None:
        meaning = Sentence(N_("why cleaning left the row out; empty where it is on the map"))
        added["left_out"] = (meaning, lambda: _in_words(reasons, language))
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
    """Return what the map says of each row; a repetition has it from the row that it repeats."""
    topics = load_topics(project)
    places = open_map(project).places

    @cache
    def row() -> npt.NDArray[np.int64]:
        own = np.arange(topics.row_count)
        repeats = repeated_rows(project)
        return own if repeats is None else np.where(repeats >= 0, repeats, own)

    def topic() -> npt.NDArray[np.int64]:
        return topics.topic_of_row[row()]

    def of_texts(values: npt.NDArray[np.floating]) -> pa.Array:
        unit = topics.unit_of_row[row()]
        return pa.array(values[unit].astype(np.float64).round(6), mask=unit < 0)

    columns: dict[str, Added] = {
        "topic_id": (
            Sentence(
                N_("the topic's number; empty where a row is left out, taken out or without a text")
            ),
            lambda: pa.array(topic(), mask=topic() < 0),
        ),
        "topic_name": (
            Sentence(N_("the topic's name, as it stands on the map")),
            lambda: pa.array(topics.names_of_rows(), pa.string()).take(pa.array(row())),
        ),
        "confidence": (
            Sentence(N_("how surely the row belongs to its topic, from 0 to 1")),
            lambda: of_texts(topics.confidence),
        ),
        "outlier": (
            Sentence(N_("true: the row is left out (noise), it lies between the topics")),
            lambda: pa.array(topic() == LEFT_OUT, mask=topics.unit_of_row[row()] < 0),
        ),
        "x": (
            Sentence(N_("its place on the map, from left to right")),
            lambda: of_texts(places[:, 0]),
        ),
        "y": (
            Sentence(N_("its place on the map, from bottom to top")),
            lambda: of_texts(places[:, 1]),
        ),
    }
    if has_repetitions(project):
        columns["repeats_row"] = (
            Sentence(
                N_(
                    "the row whose text this one repeats, and from which it has its topic and "
                    "place; empty where it is on the map itself. Rows count from 1 below the names"
                )
            ),
            lambda: pa.array(row() + 1, mask=row() == np.arange(topics.row_count)),
        )
    return columns


def _in_words(reasons: pa.Array, language: str) -> pa.Array:
    coded = reasons.dictionary_encode()
    words = [translate(reason, language) for reason in coded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(coded.indices)


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
    excel = settings.csv == CsvStyle.EXCEL
    form = csv_form(project, settings.csv, settings.separator) if excel else PLAIN_CSV
    write_table(table, beside, FileFormat.CSV, form)
    return {"rejects": str(beside), "rejected": rejects.num_rows}
