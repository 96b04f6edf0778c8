"""The one place where texts are cleaned: what goes to vectors, map, training and prediction.

Which remedies are switched on is a decision in the project's log. The table keeps every row as it
was written; an artifact `texts` holds what goes on, null where a row is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.data import Edits, Remedy, choose_remedies, clean, rows_left_out
from core.data.cleaning import count_reasons, reason_words
from core.data.texts import Fault
from core.embed import LongTexts
from core.i18n import N_
from core.progress import SILENT, Progress
from core.project import Artifact, Draft, Project, Recipe
from core.steps.findings import findings_of, present_findings

# Encoders for which reading whole makes a difference; `instant` reads any length.
READ_IN_PASSAGES = ("minilm", "multilingual")
Rows = npt.NDArray[np.int64]
REPETITIONS = (Fault.REPEATED, Fault.NEARLY_REPEATED)
LISTED, SHOWN = 1000, 300


@dataclass(frozen=True)
class CleanSettings:
    """The remedies that are to be on, by their names; the others are off."""

    remedies: tuple[str, ...] = ()


def set_cleaning(
    project: Project, settings: CleanSettings, progress: Progress = SILENT
) -> dict[str, Any]:
    """Write down which remedies are on; texts are cleaned when the next step needs them."""
    chosen = sorted(choose_remedies(settings.remedies))
    if chosen != sorted(remedies_of(project)):
        project.record("cleaning_set", remedies=[str(one) for one in chosen])
    findings_of(project, progress=progress)
    return {"remedies": chosen, "left_out": left_out_counts(project)}


def remedies_of(project: Project) -> frozenset[Remedy]:
    """Return the remedies that are switched on."""
    return choose_remedies(project.state.cleaning)


def remedy_counts(found: Mapping[str, Any], encoder: str) -> dict[Remedy, int]:
    """Return how many rows each remedy is for; an encoder that reads any length needs no other."""
    counts = {name: one["count"] for name, one in found["findings"].items()}
    counts[Remedy.READ_WHOLE] = found["beyond"].get(encoder, {}).get("count", 0)
    return {remedy: int(counts[remedy]) for remedy in Remedy}


def left_out_counts(project: Project) -> dict[str, int]:
    """Return how many rows the remedies leave out, by reason in marked words.

    Rows that cleaning leaves empty are known only after it; they are counted by the step.
    """
    found = present_findings(project)
    if found is None:
        return {}
    return count_reasons(rows_left_out(np.asarray(found.array("flags")), remedies_of(project)))


def cleaned(project: Project, progress: Progress = SILENT) -> Artifact | None:
    """Return the cleaned texts of the text column; None where no remedy changes any."""
    recipe = _recipe(project)
    if recipe is None:
        return None
    return project.make(recipe, lambda draft, _: _build(draft, project, recipe, progress))


def inputs_of_texts(project: Project, progress: Progress = SILENT) -> dict[str, str]:
    """Return what the texts that go on are made of: the table, and the cleaned texts if any."""
    artifact = cleaned(project, progress)
    table = {"table": project.current("table").key}
    return table | ({"texts": artifact.key} if artifact else {})


def texts_behind(project: Project, inputs: Mapping[str, str], column: str) -> pa.ChunkedArray:
    """Return the texts of all rows that these inputs stand for, null where a row is left out."""
    if "texts" in inputs:
        return project.artifacts.open(inputs["texts"]).table("texts").column(0)
    return project.artifacts.open(inputs["table"]).table("table", [column]).column(0)


def reading_of_long_texts(project: Project) -> LongTexts:
    """Return whether a long text is cut or read in passages."""
    return LongTexts.POOL if Remedy.READ_WHOLE in remedies_of(project) else LongTexts.CUT


def is_cleaned_alike(project: Project, vectors: Artifact) -> bool:
    """Whether vectors stand for the texts as the remedies that are on now would leave them."""
    recipe = _recipe(project)
    pooled = str(vectors.settings["fingerprint"]).endswith("-pooled")
    whole = reading_of_long_texts(project) is LongTexts.POOL
    return vectors.inputs.get("texts") == (recipe.key if recipe else None) and (
        pooled == whole or vectors.settings["encoder"] not in READ_IN_PASSAGES
    )


def edits_behind(project: Project, inputs: Mapping[str, str]) -> Edits:
    """Return what was taken out of the texts that these inputs stand for."""
    if inputs.get("texts", "") not in project.artifacts:
        return Edits()
    return Edits.from_json(project.artifacts.open(inputs["texts"]).json("edits"))


def edits_of_model(project: Project, model: Artifact) -> Edits:
    """Return what was taken out of the texts that a model learned: it is to read others alike."""
    vectors = model.inputs.get("vectors", "")
    if vectors not in project.artifacts:
        return Edits()
    return edits_behind(project, project.artifacts.open(vectors).inputs)


def left_out_reasons(project: Project) -> pa.Array | None:
    """Return why each row is not on the map, null where it is; None where nothing was cleaned."""
    texts = _cleaned_behind_vectors(project)
    return None if texts is None else reason_words(np.asarray(texts.array("reasons")))


def has_repetitions(project: Project) -> bool:
    """Whether rows were left out as repetitions."""
    texts = _cleaned_behind_vectors(project)
    return texts is not None and bool(np.isin(texts.array("reasons"), REPETITIONS).any())


def _cleaned_behind_vectors(project: Project) -> Artifact | None:
    inputs = project.current("vectors").inputs if project.has("vectors") else {}
    key = inputs.get("texts", "")
    return project.artifacts.open(key) if key in project.artifacts else None


def repeated_rows(project: Project, progress: Progress = SILENT) -> Rows | None:
    """Return for each row left out as a repetition the row (from 0) that it repeats, -1 for others.

    None where no row was left out so. What findings of long ago did not note is looked for anew.
    """
    texts = _cleaned_behind_vectors(project)
    if texts is None or not has_repetitions(project):
        return None
    reasons = np.asarray(texts.array("reasons"))
    findings = findings_of(project, texts.settings["column"], progress)
    first = np.asarray(findings.array("first"))
    near = np.asarray(findings.array("near"))
    # The first of its like may itself be left out, as it nearly repeats another.
    same = np.where(reasons == Fault.REPEATED, first, near)
    same = np.where(reasons[same] == Fault.NEARLY_REPEATED, near[same], same)
    repeats = np.isin(reasons, REPETITIONS) & (reasons[same] == 0)
    return np.where(repeats, same, -1)


def _recipe(project: Project) -> Recipe | None:
    remedies = sorted(remedies_of(project) - {Remedy.READ_WHOLE})
    if not remedies:
        return None
    return Recipe(
        "texts",
        inputs={"table": project.current("table").key},
        settings={"column": project.role("text"), "remedies": [str(one) for one in remedies]},
        # Near repetitions and shared lines are judged otherwise by now; the rest is as it was.
        version=4 if {Remedy.NEARLY_REPEATED, Remedy.SHARED_LINES} & set(remedies) else 1,
    )


def _build(draft: Draft, project: Project, recipe: Recipe, progress: Progress) -> None:
    findings = findings_of(project, recipe.settings["column"], progress)
    remedies = choose_remedies(recipe.settings["remedies"])
    lines = tuple(line["text"] for line in findings.json("findings")["shared_lines"])
    edits = Edits(
        markup=Remedy.MARKUP in remedies,
        lines=lines if Remedy.SHARED_LINES in remedies else (),
    )
    progress(0, 0, N_("Cleaning the texts"))
    column = project.current("table").table("table", [recipe.settings["column"]]).column(0)
    reasons = rows_left_out(np.asarray(findings.array("flags")), remedies)
    result = clean(column, reasons, edits)
    draft.save_table("texts", pa.table({"text": result.texts}))
    draft.save_array("reasons", result.reasons)
    draft.save_json("edits", edits.to_json())
    draft.save_json("left_out", result.counts)
    draft.save_table("left_out", _listed(column, result.reasons))


def _listed(column: pa.ChunkedArray, reasons: npt.NDArray[np.uint8]) -> pa.Table:
    """Return the first rows left out: their number from 1, the reason, the start of the text."""
    rows = np.flatnonzero(reasons)[:LISTED]
    starts = pc.utf8_slice_codeunits(column.take(pa.array(rows)), 0, SHOWN)
    return pa.table({"row": rows + 1, "reason": reason_words(reasons[rows]), "text": starts})
