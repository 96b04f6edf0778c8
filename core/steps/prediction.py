"""A model labels a new file, a typed text, or the rows of its own project."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.data import Edits, FileFormat, profile_table, propose_roles, read_tables, write_table
from core.errors import ArtifactDamaged, InputError
from core.i18n import N_
from core.learn import Predictions, TextClassifier
from core.names import added_name
from core.progress import SILENT, Progress
from core.project import Artifact, Draft, Project, Recipe
from core.steps.cleaning import edits_of_model
from core.steps.columns import no_column
from core.steps.embedding import Units
from core.steps.ingest import content_hash
from core.steps.models import ShelvedModel, find_model, load_model

LEAST_SURE, OVER_CHANCE = 0.5, 1.5
SHOWN = 5
# How many rows a stored prediction lists, and of how many predictions what is shown is kept.
LISTED, KEPT = 200, 64
GIVEN = ["predicted", "predicted_confidence"]


@dataclass(frozen=True)
class PredictSettings:
    """Which file to label, by which model (default: the one in use), and where to write it.

    Without a file the rows of the project are labelled; without `out` the result stays in the
    project alone.
    """

    file: str = ""
    text: str = ""
    model: str = ""
    out: str = ""


@dataclass(frozen=True)
class PredictTextSettings:
    """A typed text, and the model that labels it (default: the one in use)."""

    text: str
    model: str = ""


@dataclass(frozen=True)
class LabelCount:
    """How many rows a prediction gave a label, and how many of them with little confidence."""

    label: str
    rows: int
    unsure: int


@dataclass(frozen=True)
class StoredPrediction:
    """A prediction that was made in a project; `file` is empty for the project's own rows."""

    artifact: Artifact

    @property
    def key(self) -> str:
        return self.artifact.key

    @property
    def file(self) -> str:
        return str(self.artifact.settings["name"])

    @property
    def model(self) -> str:
        """The name that the model had then: it may have another by now, or be gone."""
        return str(self.artifact.settings["model"])

    @property
    def summary(self) -> dict[str, Any]:
        """How many `rows`, how many of them `empty` and `unsure`; `text` names the column."""
        # An older prediction has stored how many were unsure by another limit.
        unsure = sum(one.unsure for one in self.counts())
        return {**self.artifact.json("summary"), "unsure": unsure}

    @property
    def unsure_below(self) -> float:
        """The confidence below which a row counts as unsure."""
        columns = self.artifact.schema("predictions").names
        return unsure_below(sum(name.startswith("p_") for name in columns))

    def counts(self) -> list[LabelCount]:
        """Return the labels that were given, the most frequent first."""
        return list(_counts(self.artifact))

    def least_sure(self) -> pa.Table:
        """Return `text`, `predicted` and `predicted_confidence` of the least sure rows, in order.

        They are at most LISTED, none of them empty.
        """
        return _least_sure(self.artifact)


@lru_cache(maxsize=KEPT)
def _counts(artifact: Artifact) -> tuple[LabelCount, ...]:
    found = artifact.table("predictions", GIVEN)
    found = found.filter(pc.is_valid(found.column("predicted")))
    limit = StoredPrediction(artifact).unsure_below
    unsure = pc.less(found.column("predicted_confidence"), limit)
    counted = (
        found.append_column("unsure", pc.cast(unsure, pa.int64()))
        .group_by("predicted")
        .aggregate([("predicted", "count"), ("unsure", "sum")])
        .sort_by([("predicted_count", "descending"), ("predicted", "ascending")])
    )
    names = ("predicted", "predicted_count", "unsure_sum")
    return tuple(LabelCount(*(row[name] for name in names)) for row in counted.to_pylist())


@lru_cache(maxsize=KEPT)
def _least_sure(artifact: Artifact) -> pa.Table:
    given = artifact.table("predictions", GIVEN)
    confidence = given.column("predicted_confidence")
    # Rows without a text have no confidence, and come last.
    order = pc.sort_indices(confidence)[: min(LISTED, len(confidence) - confidence.null_count)]
    texts = artifact.rows("table", order, [artifact.json("summary")["text"]])
    return given.take(order).add_column(0, "text", texts.column(0))


def unsure_below(classes: int) -> float:
    """Return the confidence below which a row counts as unsure, 0.75 of two classes, else 0.5.

    The better of two is never below 0.5, so that limit alone would call none of them unsure.
    """
    return max(LEAST_SURE, OVER_CHANCE / max(2, classes))


def list_predictions(project: Project) -> list[StoredPrediction]:
    """Return all predictions of a project, the newest first; a damaged one is set aside."""
    found = []
    for key in reversed(project.artifacts.keys("prediction")):
        try:
            found.append(StoredPrediction(project.artifacts.open(key)))
        except ArtifactDamaged:
            project.record("artifact_damaged", artifact=key)
    return found


def delete_prediction(project: Project, key: str) -> None:
    """Remove a prediction for good; the model that made it can make it again of the same file.

    One that is gone, as it was deleted in another tab, is not missed.
    """
    if key not in project.artifacts:
        return
    project.artifacts.delete(key)
    project.record("prediction_deleted", key=key)


def predict(project: Project, settings: PredictSettings, progress: Progress) -> dict[str, Any]:
    """Label every row that has a text, and keep the result with the project."""
    file_format = FileFormat.of(Path(settings.out)) if settings.out else None
    model = find_model(project, settings.model)
    artifact = _predictions(project, settings, model, progress)
    project.make_current(artifact)
    summary = StoredPrediction(artifact).summary
    if file_format:
        path = Path(settings.out)
        write_table(artifact.table("table"), path, file_format, progress=progress)
        summary["file"] = str(path)
    return {"prediction": artifact.key, "model": model.name, **summary}


def predict_text(
    project: Project, settings: PredictTextSettings, progress: Progress
) -> dict[str, Any]:
    """Return the most probable labels of one typed text with their probabilities."""
    if not settings.text.strip():
        raise InputError(N_("The text is empty. Type or paste one."))
    model = find_model(project, settings.model)
    labels = load_model(model).predict([settings.text], progress).top(0, SHOWN)
    return {"model": model.name, "labels": [list(pair) for pair in labels]}


def has_predictions(project: Project) -> bool:
    """Whether the model in use has labelled the project's own rows; nothing is read for it."""
    return _key_of_table(project) in project.artifacts


def predictions_of_table(project: Project) -> dict[str, pa.Array]:
    """Return the stored predictions for the project's own rows, by column name; or nothing."""
    key = _key_of_table(project)
    if key not in project.artifacts:
        return {}
    table = project.artifacts.open(key).table("predictions", GIVEN)
    return {name: table.column(name).combine_chunks() for name in GIVEN}


def _key_of_table(project: Project) -> str:
    model = find_model(project)
    return _recipe(project.current("table").key, "", model, project.role("text")).key


def _predictions(
    project: Project, settings: PredictSettings, model: ShelvedModel, progress: Progress
) -> Artifact:
    edits = edits_of_model(project, model.artifact)
    if not settings.file:
        source = project.current("table")
        column = project.role("text")
        recipe = _recipe(source.key, "", model, column)
        return project.make(
            recipe,
            lambda draft, _: _label(draft, source.table("table"), column, model, edits, progress),
        )
    path = Path(settings.file)
    same = project.state.roles.get("text", "")
    recipe = _recipe(content_hash(path), path.name, model, settings.text, same)

    def build(draft: Draft, scratch: Path) -> None:
        table = read_tables([path], progress=progress).table
        column = _text_column(project, table, settings.text)
        _label(draft, table, column, model, edits, progress)

    return project.make(recipe, build)


def _recipe(source: str, name: str, model: ShelvedModel, column: str, same: str = "") -> Recipe:
    """`same` is the project's own text column, by which that of another file is found."""
    settings = {"name": name, "text": column, "model": model.name}
    return Recipe(
        "prediction",
        inputs={"file": source, "model": model.key},
        settings=settings | ({"same": same} if same else {}),
    )


def _text_column(project: Project, table: pa.Table, wanted: str) -> str:
    """The column asked for, else the one named as in the project, else the one proposed."""
    same = project.state.roles.get("text", "")
    column = (
        wanted
        or (same if same in table.column_names else "")
        or propose_roles(profile_table(table)).text
    )
    if column is None or column not in table.column_names:
        raise no_column(wanted or same, table.column_names)
    return column


def _label(
    draft: Draft,
    table: pa.Table,
    column: str,
    model: ShelvedModel,
    edits: Edits,
    progress: Progress,
) -> None:
    """Save the file's own columns with the predictions behind them."""
    classifier: TextClassifier = load_model(model)
    units = Units.from_column(pa.chunked_array([edits.apply(table.column(column))]))
    found = classifier.predict(units.texts, progress if units.texts else SILENT)
    columns = prediction_columns(found, units)
    for name, values in columns.items():
        table = table.append_column(added_name(name, table.column_names), values)
    draft.save_table("table", table)
    draft.save_table("predictions", pa.table(columns))
    draft.save_json(
        "summary",
        {
            "rows": table.num_rows,
            "empty": int((units.unit_of_row < 0).sum()),
            "cut": found.cut_texts,
            "text": column,
        },
    )


def prediction_columns(found: Predictions, units: Units) -> dict[str, pa.Array]:
    """Return label, confidence and the probability of each class for every row."""
    unit, empty = units.unit_of_row, units.unit_of_row < 0
    if not units.texts:
        nothing = {"predicted": pa.nulls(len(unit), pa.string())}
        return nothing | {"predicted_confidence": pa.nulls(len(unit), pa.float64())}
    probabilities = {
        f"p_{name}": pa.array(
            found.probabilities[unit, place].astype(np.float64).round(6), mask=empty
        )
        for place, name in enumerate(found.classes)
    }
    return {
        "predicted": pa.array(found.labels[unit], pa.string(), mask=empty),
        "predicted_confidence": pa.array(
            found.confidence[unit].astype(np.float64).round(6), mask=empty
        ),
        **probabilities,
    }
