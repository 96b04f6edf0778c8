"""What a job was asked for and what came of it, in words: each figure under its name."""

from pathlib import Path
from typing import Any

from core.data.cleaning import REMEDY_TITLES, Remedy
from core.figures import number, percent
from core.i18n import N_
from core.jobs import Job
from core.steps import Method
from pages.ui.dialect import delimiter_name
from pages.ui.encoders import encoder_title
from pages.ui.words import _, language_name, listed, plain

# What people know each setting and each result by.
SETTINGS = {
    "files": N_("Files"),
    "file": N_("File"),
    "text": N_("Text"),
    "label": N_("Labels"),
    "date": N_("Dates"),
    "id": N_("Identifier"),
    "reading": N_("How the file is read"),
    "column": N_("Column"),
    "remedies": N_("Cleaned or left out"),
    "encoder": N_("Encoder"),
    "topics": N_("Number of topics"),
    "neighbours": N_("Neighbours (n_neighbors)"),
    "spread": N_("Spread (min_dist)"),
    "smallest_cluster": N_("Smallest cluster (min_cluster_size)"),
    "engine": N_("Engine of the clusters"),
    "seed": N_("Seed"),
    "method": N_("How"),
    "test_file": N_("File with test rows"),
    "name": N_("Name"),
    "epochs": N_("Passes over the rows (epochs)"),
    "rows": N_("Rows"),
    "target": N_("Class"),
    "model": N_("Model"),
    "sample": N_("Rows to look at"),
    "out": N_("File that is written"),
    "query": N_("Search"),
    "nearest": N_("Texts at most"),
    "csv": N_("How a CSV is written"),
    "separator": N_("Values separated by"),
    "by": N_("By the column"),
    "language": N_("Language"),
}
RESULTS = {
    "rows": N_("Rows"),
    "rejected": N_("Lines set aside"),
    "columns": N_("Columns"),
    "roles": N_("What the columns are for"),
    "language": N_("Language"),
    "texts": N_("Different texts"),
    "suggested_topics": N_("Suggested number of topics"),
    "topics": N_("Topics"),
    "recall": N_("True neighbours found (recall)"),
    "carried": N_("Topics with what was said of them before"),
    "lost": N_("Topics of before that none matches"),
    "computed": N_("Texts embedded now"),
    "cached": N_("Texts embedded before"),
    "cut": N_("Texts cut at the encoder's limit"),
    "seconds": N_("Seconds"),
    "device": N_("Device"),
    "model": N_("Model"),
    "classes": N_("Classes"),
    "accuracy": N_("Test rows right"),
    "accuracy_before": N_("Test rows right before fine-tuning"),
    "interval": N_("With 95% certainty between"),
    "kept": N_("Kept"),
    "empty": N_("Rows without a text"),
    "unsure": N_("Unsure rows"),
    "text": N_("Text"),
    "file": N_("File"),
    "defused": N_("Cells made harmless"),
    "lost_cells": N_("Cells with characters lost"),
    "cut_cells": N_("Cells cut"),
    "encoding": N_("Encoding"),
}
PARTS = {
    "train": N_("to learn"),
    "validation": N_("to validate"),
    "test": N_("to test"),
    "text": N_("text"),
    "label": N_("label"),
    "date": N_("date"),
    "id": N_("identifier"),
    "encoding": N_("encoding"),
    "delimiter": N_("separated by"),
    "quote": N_("quotes"),
    "escape": N_("escape"),
    "skip_lines": N_("lines skipped above the table"),
    "header_rows": N_("lines with names"),
    "table": N_("table"),
}
METHODS = {
    str(Method.PROBE): N_("quick (probe)"),
    str(Method.FINE_TUNE): N_("thorough (fine-tuning)"),
    "fine-tuned": N_("thorough (fine-tuning)"),
}
MOST_LISTED = 20
SHARES = ("recall", "accuracy", "accuracy_before")
PATHS = ("file", "files", "out", "test_file")


def facts_of(job: Job) -> list[tuple[str, list[str]]]:
    """Return "What was asked" and "What came of it", each with its lines in Markdown."""
    asked, result = dict(job.settings), dict(job.result or {})
    if job.step == "explain" and asked.get("rows"):
        asked["rows"] = [row + 1 for row in asked["rows"]]
    if job.step in ("train", "explain", "predict") and "model" in asked:
        asked["model"] = result.get("model", "")
    if "defused" in result:  # a file: what is lost or cut there are cells
        result["lost_cells"] = result.pop("lost", 0)
        result["cut_cells"] = result.pop("cut", 0)
    found = (
        (_("What was asked"), _lines(SETTINGS, asked)),
        (_("What came of it"), _lines(RESULTS, result)),
    )
    return [(title, lines) for title, lines in found if lines]


def _lines(names: dict[str, str], values: dict[str, Any]) -> list[str]:
    """Return a line for what people know by a name; keys of stored results mean them nothing."""
    return [
        f"{_(names[key])}: {_shown(key, value)}"
        for key, value in values.items()
        if key in names and value not in ("", None, [], {}, ())
    ]


def _shown(key: str, value: Any) -> str:  # noqa: PLR0911 - one branch a kind
    if isinstance(value, dict):
        parts = [f"{_(PARTS.get(name, name))} {_shown(name, one)}" for name, one in value.items()]
        return listed(parts)
    if isinstance(value, list | tuple):
        shown = listed([_shown(key, one) for one in value[:MOST_LISTED]])
        return shown + (" …" if len(value) > MOST_LISTED else "")
    if key == "interval" or key in SHARES:
        return percent(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return number(value) if value == round(value) else f"{value:g}"
    text = str(value)
    if key in PATHS:
        return plain(Path(text).name)
    if key == "encoder":
        return encoder_title(text)
    if key == "language":
        return language_name(text)
    if key == "delimiter":
        return delimiter_name(text)
    if key in ("method", "kept") and text in METHODS:
        return _(METHODS[text])
    if key == "remedies" and text in list(Remedy):
        return _(REMEDY_TITLES[Remedy(text)])
    return plain(text)
