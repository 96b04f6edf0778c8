"""The labels of a project become a model on its shelf."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data import Edits, read_tables
from core.embed import Encoder, LongTexts, VectorStore, embed_texts, load_encoder
from core.errors import ColumnMissing, InputError, SettingInvalid
from core.i18n import N_
from core.learn import (
    Comparison,
    FineTuned,
    FineTuneSettings,
    ModelCard,
    Probe,
    Split,
    TextClassifier,
    compare,
    evaluate,
    fine_tune,
    hash_texts,
    split_rows,
    train_probe,
)
from core.names import free_name
from core.progress import Progress
from core.project import Artifact, Draft, Project, Recipe
from core.settings import SEED, Settings
from core.steps.cleaning import edits_behind, inputs_of_texts, reading_of_long_texts, texts_behind
from core.steps.columns import no_column
from core.steps.embedding import texts_of, vectors_of
from core.steps.topics import load_topics

TOPICS = "topics"


class Method(StrEnum):
    """How much of the model learns: its last layer, or all of it."""

    PROBE = "probe"
    FINE_TUNE = "fine-tune"


@dataclass(frozen=True)
class TrainSettings:
    """What to learn and how.

    `label` is a column of the table, a set of labels given in the app, or "topics" for the named
    topics. `test_file` replaces the share of rows that is held back for the test. `name` is what
    the model is called on the shelf (default: the label). `epochs` 0 chooses by the number of rows.
    """

    label: str
    method: str = Method.FINE_TUNE
    test_file: str = ""
    name: str = ""
    encoder: str = ""
    epochs: int = 0
    seed: int = SEED

    def __post_init__(self) -> None:
        if self.method not in list(Method):
            raise SettingInvalid(
                N_("There is no method {method}. The methods are {methods}."),
                method=self.method,
                methods=", ".join(Method),
            )
        FineTuneSettings(epochs=self.epochs)  # refuses what is out of range before any work


@dataclass(frozen=True)
class Lessons:
    """Labelled texts: `units` numbers equal texts alike; `test_rows` come from a test file."""

    texts: list[str]
    labels: list[str]
    units: npt.NDArray[np.int64]
    test_rows: npt.NDArray[np.int64] | None

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.labels)))


class FirstPart(Progress):
    """Says of the quick model's progress that it is the first part of a thorough training."""

    def __init__(self, whole: Progress) -> None:
        self.whole = whole

    def __call__(self, done: float, total: float, message: str = "") -> None:
        self.whole(done, total, N_("First the quick model"))


def train(project: Project, settings: TrainSettings, progress: Progress) -> dict[str, Any]:
    """Teach a model, test it on rows it has not seen, and put it on the shelf."""
    vectors = vectors_of(project, settings.encoder, progress)
    lessons = gather_lessons(project, settings)
    long_texts = reading_of_long_texts(project)
    recipe = Recipe(
        "model",
        inputs={"vectors": vectors.key, "labels": _hash_lessons(lessons)},
        settings={
            "label": settings.label,
            "method": str(settings.method),
            "encoder": vectors.settings["encoder"],
            "epochs": settings.epochs,
            "seed": settings.seed,
            **({"long_texts": str(long_texts)} if long_texts is LongTexts.POOL else {}),
        },
    )

    def build(draft: Draft, scratch: Path) -> None:
        encoder_name = str(vectors.settings["encoder"])
        encoder = load_encoder(encoder_name, Settings.from_environment().device, long_texts)
        report = _teach(
            lessons,
            _vectors_of_lessons(project, vectors, lessons, encoder, progress),
            encoder,
            settings,
            progress=progress,
            scratch=scratch,
            folder=draft.folder / "model",
        )
        draft.save_json("report", report)

    artifact = project.make(recipe, build)
    project.make_current(artifact)
    _name_model(project, artifact.key, settings)
    project.record("model_chosen", key=artifact.key)
    report = artifact.json("report")
    return {
        "model": project.state.model_names[artifact.key],
        "key": artifact.key,
        "folder": str(artifact.folder / "model"),
        "classes": len(report["classes"]),
        "rows": report["rows"],
        "accuracy": report["after"]["accuracy"],
        "interval": report["after"]["interval"],
        "accuracy_before": report["before"]["accuracy"],
        "kept": report["kept"],
    }


def _name_model(project: Project, key: str, settings: TrainSettings) -> None:
    """Give a model the name asked for, one without a name that of its label; a number behind it
    where another model has the same, such as "rating 2".
    """
    others = dict(project.state.model_names)
    present = others.pop(key, "")
    wanted = settings.name.strip() or present or settings.label
    name = free_name(wanted, others.values())
    if name != present:
        project.record("model_named", key=key, name=name)


def label_sources(project: Project) -> list[str]:
    """Return what can be learned: what a person labelled, columns that may hold labels, topics."""
    table = project.current("table")
    columns = [
        column["name"]
        for column in table.json("profile")["columns"]
        if column["type"] == "category" and column["name"] != project.state.roles.get("text")
    ]
    proposed = project.state.roles.get("label")
    first = [proposed] if proposed else []
    sets = [name for name in project.state.labels if project.state.labels[name]]
    topics = [TOPICS] if project.has("clusters") else []
    return list(dict.fromkeys([*sets, *first, *columns, *topics]))


def come_from_topics(project: Project, source: str) -> bool:
    """Whether what can be learned are the topics of the map, as they are or saved as labels."""
    return source == TOPICS or any(
        event.kind == "labels_saved" and event.values["column"] == source
        for event in project.history
    )


def labels_of_rows(project: Project, source: str) -> list[str]:
    """Return the label of each row from a column, a label set or the topics; "" for none."""
    columns = project.column_names
    if source in columns:
        return [value or "" for value in project.table([source]).column(0).to_pylist()]
    if source in project.state.labels:
        given = project.state.labels[source]
        return [given.get(row, "") for row in range(project.row_count)]
    if source == TOPICS:
        return load_topics(project).names_of_rows()
    raise no_column(source, columns)


def gather_lessons(project: Project, settings: TrainSettings) -> Lessons:
    """Return the rows that have both a text and a label, those of a test file behind them."""
    inputs = inputs_of_texts(project)
    texts = texts_behind(project, inputs, project.role("text")).to_pylist()
    labels = labels_of_rows(project, settings.label)
    pairs = [(t, y) for t, y in zip(texts, labels, strict=True) if t and t.strip() and y.strip()]
    edits = edits_behind(project, inputs)
    tests = _test_pairs(project, settings, edits) if settings.test_file else []
    every = pairs + tests
    if not pairs:
        raise InputError(
            N_("No row has both a text and a label in {label}. Choose another label."),
            label=settings.label,
        )
    numbers = {text: number for number, text in enumerate(dict.fromkeys(t for t, _ in every))}
    return Lessons(
        texts=[text for text, _ in every],
        labels=[label for _, label in every],
        units=np.array([numbers[text] for text, _ in every], dtype=np.int64),
        test_rows=np.arange(len(pairs), len(every)) if tests else None,
    )


def _test_pairs(project: Project, settings: TrainSettings, edits: Edits) -> list[tuple[str, str]]:
    """Read a test file, which has the text and the label column under the same names."""
    table = read_tables([Path(settings.test_file)]).table
    text = project.role("text")
    for column in (text, settings.label):
        if column not in table.column_names:
            raise ColumnMissing(
                N_("The test file has no column {column}. Its columns are {columns}."),
                column=column,
                columns=", ".join(table.column_names[:30]),
            )
    texts, labels = edits.apply(table.column(text)), table.column(settings.label)
    values = zip(texts.to_pylist(), labels.to_pylist(), strict=True)
    return [(t, y) for t, y in values if t and t.strip() and y and y.strip()]


def _teach(
    lessons: Lessons,
    vectors: npt.NDArray[np.float32],
    encoder: Encoder,
    settings: TrainSettings,
    *,
    progress: Progress,
    scratch: Path,
    folder: Path,
) -> dict[str, Any]:
    """Split, fit the probe, fine-tune from it, calibrate, test both; save the model."""
    split = split_rows(
        lessons.labels, lessons.units, seed=settings.seed, test_rows=lessons.test_rows
    )
    train_labels = [lessons.labels[row] for row in split.train]
    thorough = settings.method == Method.FINE_TUNE and encoder.model_folder is not None
    first = FirstPart(progress) if thorough else progress
    probe = train_probe(vectors[split.train], train_labels, seed=settings.seed, progress=first)
    before = probe.probabilities(vectors[split.test])
    tuned = None
    if thorough and encoder.model_folder is not None:
        tuned = fine_tune(
            lessons.texts,
            lessons.labels,
            split,
            encoder.model_folder,
            probe,
            settings=FineTuneSettings(epochs=settings.epochs, seed=settings.seed),
            progress=progress,
            scratch=scratch,
        )
    card = ModelCard(
        encoder=encoder.name,
        method=str(Method.FINE_TUNE if tuned else Method.PROBE),
        train_rows=len(split.train),
        texts_hash=hash_texts([lessons.texts[row] for row in split.train]),
        seed=settings.seed,
    )
    classifier = _classifier(card, encoder, probe, tuned)
    if len(split.validation):
        classifier = classifier.calibrated(
            [lessons.texts[row] for row in split.validation],
            [lessons.labels[row] for row in split.validation],
            progress,
        )
    truth = [lessons.labels[row] for row in split.test]
    after = classifier.predict([lessons.texts[row] for row in split.test], progress).probabilities
    tested = evaluate(after, truth, classifier.classes)
    classifier.with_evaluation(tested.to_json()).save(folder)
    return {
        "classes": list(classifier.classes),
        "before": evaluate(before, truth, classifier.classes).to_json(),
        "after": tested.to_json(),
        "gain": _gain(compare(before, after, truth, classifier.classes)),
        "mistakes": [list(mistake) for mistake in tested.mistakes()],
        **_how_trained(split, tuned),
    }


def _vectors_of_lessons(
    project: Project, vectors: Artifact, lessons: Lessons, encoder: Encoder, progress: Progress
) -> npt.NDArray[np.float32]:
    """Return a vector for each labelled row; only texts of a test file are embedded here."""
    place = {text: unit for unit, text in enumerate(texts_of(project, vectors))}
    foreign = [text for text in dict.fromkeys(lessons.texts) if text not in place]
    every = np.asarray(vectors.array("vectors"))
    if foreign:
        store = VectorStore(Settings.from_environment().vectors_folder)
        place |= {text: len(place) + number for number, text in enumerate(foreign)}
        every = np.concatenate([every, embed_texts(foreign, encoder, store, progress).vectors])
    return every[[place[text] for text in lessons.texts]]


def _classifier(
    card: ModelCard, encoder: Encoder, probe: Probe, tuned: FineTuned | None
) -> TextClassifier:
    if tuned is not None:
        return TextClassifier.from_fine_tuned(tuned, card)
    return TextClassifier.from_probe(
        probe,
        card,
        model_folder=encoder.model_folder,
        encode=lambda texts: encoder.encode(texts).vectors,
    )


def _gain(found: Comparison) -> dict[str, Any]:
    return {
        "difference": found.difference,
        "interval": [found.interval.low, found.interval.high],
        "clear": found.is_clear,
    }


def _how_trained(split: Split, tuned: FineTuned | None) -> dict[str, Any]:
    notes = [*split.notes, *([tuned.note] if tuned and tuned.note else [])]
    return {
        "rows": {
            "train": len(split.train),
            "validation": len(split.validation),
            "test": len(split.test),
        },
        "kept": tuned.kept.value if tuned else str(Method.PROBE),
        "training": tuned.to_json() if tuned else {},
        "notes": [{"template": note.template, "values": note.values} for note in notes],
    }


def _hash_lessons(lessons: Lessons) -> str:
    tests = [] if lessons.test_rows is None else lessons.test_rows.tolist()
    return hash_texts([f"{t}\0{y}" for t, y in zip(lessons.texts, lessons.labels, strict=True)]) + (
        f"-{len(tests)}"
    )
