"""Why a model decided as it did, word by word."""

from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import InputError, SettingInvalid
from core.explain import Segment, explain_texts, strongest_words, words_by_space
from core.explore import cut_chinese
from core.i18n import N_
from core.progress import Progress
from core.project import Draft, Project, Recipe
from core.project.files import write_json
from core.settings import SEED
from core.steps.cleaning import edits_of_model
from core.steps.models import ShelvedModel, find_model, load_model
from core.steps.prediction import predictions_of_table
from core.steps.training import labels_of_rows

UNSURE_LOOKED_AT = 20
ROWS_LOOKED_AT = 1000
WHOLE = 20  # characters: fewer are hardly a sentence


@dataclass(frozen=True)
class ExplainSettings:
    """What to explain: rows of the table (from 0), a typed text, or `sample` rows of a class.

    `target` is the class whose score is explained; by default the predicted one.
    """

    rows: tuple[int, ...] = ()
    text: str = ""
    target: str = ""
    model: str = ""
    sample: int = 0
    out: str = ""
    seed: int = SEED


def explain(project: Project, settings: ExplainSettings, progress: Progress) -> dict[str, Any]:
    """Explain texts by SHAP over their words, and keep the explanations with the project."""
    model = find_model(project, settings.model)
    texts = _texts_to_explain(project, model, settings)
    sample = 0 if settings.text.strip() else settings.sample
    recipe = Recipe(
        "explanation",
        inputs={"model": model.key},
        settings={
            "texts": texts,
            "rows": settings.rows,
            "target": settings.target,
            "language": project.state.language,
            **({"sample": sample} if sample else {}),
        },
    )

    def build(draft: Draft, scratch: Path) -> None:
        classifier = load_model(model)
        if settings.target and settings.target not in classifier.classes:
            raise SettingInvalid(
                N_("The model has no class {target}. Its classes are {classes}."),
                target=settings.target,
                classes=", ".join(classifier.classes[:30]),
            )
        explained = explain_texts(
            lambda batch: classifier.predict(batch).probabilities,
            texts,
            classifier.classes,
            target=settings.target or None,
            progress=progress,
            segment=segment_of(project.state.language),
        )
        target = settings.target or explained[0].target
        words = strongest_words(explained, target)
        draft.save_json("explanations", [asdict(one) for one in explained])
        draft.save_json("words", {"target": target, "words": [asdict(word) for word in words]})

    artifact = project.make(recipe, build)
    project.make_current(artifact)
    explanations = artifact.json("explanations")
    if settings.out:
        Path(settings.out).parent.mkdir(parents=True, exist_ok=True)
        write_json(Path(settings.out), {"model": model.name, "explanations": explanations})
    return {
        "explanation": artifact.key,
        "model": model.name,
        "texts": len(explanations),
        **({"file": settings.out} if settings.out else {}),
    }


@dataclass(frozen=True)
class WorthyRow:
    """A row that is worth explaining; `confidence` is the model's, where its rows are predicted."""

    row: int
    confidence: float | None = None


def row_worth_explaining(project: Project) -> WorthyRow | None:
    """Return the row that the model in use is least sure of, else the first with a whole text.

    Texts of a word or two come only where there are no others; None where no row has a text.
    """
    confidence = predictions_of_table(project).get("predicted_confidence")
    if confidence is not None:
        sure = confidence.to_numpy(zero_copy_only=False)
        least = np.argsort(sure, kind="stable")[: min(UNSURE_LOOKED_AT, np.isfinite(sure).sum())]
        row = next((row for row in least.tolist() if _is_whole(_text_of_row(project, row))), None)
        if row is not None:
            return WorthyRow(row, float(sure[row]))
    first, done = None, 0
    column = project.role("text")
    for batch in project.current("table").batches("table", ROWS_LOOKED_AT, [column]):
        for place, text in enumerate(batch.column(0).to_pylist(), done):
            if _is_whole(text):
                return WorthyRow(place)
            if first is None and text and text.strip():
                first = WorthyRow(place)
        done += batch.num_rows
    return first


def _text_of_row(project: Project, row: int) -> str | None:
    text: str | None = project.current("table").row("table", row)[project.role("text")]
    return text


def _is_whole(text: str | None) -> bool:
    return text is not None and len(text.strip()) >= WHOLE


def _texts_to_explain(
    project: Project, model: ShelvedModel, settings: ExplainSettings
) -> list[str]:
    if settings.text.strip():
        return [settings.text]
    column = project.table([project.role("text")]).column(0)
    texts = edits_of_model(project, model.artifact).apply(column)
    if settings.sample:
        return _sample(project, model, settings, texts.to_pylist())
    wrong = [row for row in settings.rows if not 0 <= row < len(texts)]
    if wrong:
        raise InputError(
            N_("There is no row {row}. The table has rows 0 to {last}."),
            row=wrong[0],
            last=len(texts) - 1,
        )
    return _with_words([texts[row].as_py() for row in settings.rows])


def _sample(
    project: Project, model: ShelvedModel, settings: ExplainSettings, texts: list[str | None]
) -> list[str]:
    """Return some texts of the class, drawn with the seed; of all rows where none has it."""
    labels = labels_of_rows(project, str(model.artifact.settings["label"]))
    members = [t for t, label in zip(texts, labels, strict=True) if label == settings.target]
    candidates = sorted(set(_with_words(members or texts)))
    random = np.random.default_rng(settings.seed)
    chosen = random.permutation(len(candidates))[: settings.sample]
    return [candidates[place] for place in chosen]


def segment_of(language: str) -> Segment:
    """Return how texts of a language are cut into words: Chinese by its dictionary."""
    return _chinese_words if language == "zh" else words_by_space


def _chinese_words(text: str) -> list[tuple[int, int]]:
    """Return the spans of words; a run of Chinese characters is cut by the dictionary."""
    spans = []
    for start, end in words_by_space(text):
        ends = start + np.cumsum([len(word) for word in cut_chinese(text[start:end])])
        spans += list(pairwise([start, *ends.tolist()]))
    return spans


def _with_words(texts: list[str | None]) -> list[str]:
    found = [text for text in texts if text and text.strip()]
    if not found:
        raise InputError(N_("There is no text to explain. Choose rows that have one, or type one."))
    return found
