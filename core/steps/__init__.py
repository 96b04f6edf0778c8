"""The joints: each step loads from a project, calls the algorithms, saves.

    ingest -> embed -> map -> train -> explain, predict, export

`run_step` is what pages (through a job), the terminal and a notebook call alike.
"""

from pathlib import Path
from typing import Any

from core.errors import SettingInvalid
from core.i18n import N_
from core.progress import SILENT, Progress
from core.project import Project
from core.settings import Settings
from core.steps.advice import Advice, Reason, advise
from core.steps.cleaning import (
    CleanSettings,
    is_cleaned_alike,
    left_out_counts,
    remedies_of,
    remedy_counts,
    set_cleaning,
)
from core.steps.columns import column_kinds
from core.steps.cross_tables import (
    choose_column,
    first_column,
    telling_column,
    topics_by_column,
)
from core.steps.editing import (
    edit_topics,
    label_rows,
    make_topic,
    rows_of_units,
    save_as_labels,
    split_topic,
)
from core.steps.embedding import (
    EmbedSettings,
    EncoderChoice,
    chosen_encoder,
    embed,
    encoder_choices,
)
from core.steps.explanation import ExplainSettings, WorthyRow, explain, row_worth_explaining
from core.steps.exporting import ExportSettings, export
from core.steps.findings import FindingsSettings, find, present_findings
from core.steps.ingest import IngestSettings, ingest, set_roles
from core.steps.mapping import MapSettings, make_map, map_options
from core.steps.measuring import Measure, MeasureSettings, measure, measures_of
from core.steps.models import ShelvedModel, find_model, list_models, load_model
from core.steps.opened_map import OpenMap, open_map
from core.steps.prediction import (
    LabelCount,
    PredictSettings,
    PredictTextSettings,
    StoredPrediction,
    delete_prediction,
    list_predictions,
    predict,
    predict_text,
)
from core.steps.reading import PreviewSettings, list_tables, preview
from core.steps.report import ReportSettings, report
from core.steps.search import SearchSettings, search, search_all_columns
from core.steps.selecting import (
    describe_units,
    nearest_units,
    rows_to_take_away,
)
from core.steps.step import Step
from core.steps.topics import Topic, TopicView, kin_of, load_topics
from core.steps.training import Method, TrainSettings, label_sources, train

STEPS = {
    step.name: step
    for step in (
        Step("ingest", N_("Read the file"), IngestSettings, ingest),
        Step("preview", N_("Look at the file"), PreviewSettings, preview),
        Step("findings", N_("Look at the texts"), FindingsSettings, find),
        Step("clean", N_("Clean the texts"), CleanSettings, set_cleaning),
        Step("embed", N_("Embed the texts"), EmbedSettings, embed),
        Step("map", N_("Make the map"), MapSettings, make_map),
        Step("measure", N_("Measure the topics"), MeasureSettings, measure),
        Step("train", N_("Train a model"), TrainSettings, train),
        Step("explain", N_("Explain"), ExplainSettings, explain),
        Step("predict", N_("Predict"), PredictSettings, predict),
        Step("predict_text", N_("Predict a text"), PredictTextSettings, predict_text),
        Step("search", N_("Search by meaning"), SearchSettings, search),
        Step("export", N_("Export"), ExportSettings, export),
        Step("report", N_("Report"), ReportSettings, report),
    )
}

__all__ = [
    "STEPS",
    "Advice",
    "CleanSettings",
    "EmbedSettings",
    "EncoderChoice",
    "ExplainSettings",
    "ExportSettings",
    "FindingsSettings",
    "IngestSettings",
    "LabelCount",
    "MapSettings",
    "Measure",
    "MeasureSettings",
    "Method",
    "OpenMap",
    "PredictSettings",
    "PredictTextSettings",
    "PreviewSettings",
    "Reason",
    "ReportSettings",
    "SearchSettings",
    "ShelvedModel",
    "Step",
    "StoredPrediction",
    "Topic",
    "TopicView",
    "TrainSettings",
    "WorthyRow",
    "advise",
    "choose_column",
    "chosen_encoder",
    "column_kinds",
    "delete_prediction",
    "describe_units",
    "edit_topics",
    "embed",
    "encoder_choices",
    "explain",
    "export",
    "find",
    "find_model",
    "first_column",
    "ingest",
    "is_cleaned_alike",
    "kin_of",
    "label_rows",
    "label_sources",
    "left_out_counts",
    "list_models",
    "list_predictions",
    "list_tables",
    "load_model",
    "load_topics",
    "make_map",
    "make_topic",
    "map_options",
    "measure",
    "measures_of",
    "nearest_units",
    "open_map",
    "predict",
    "predict_text",
    "present_findings",
    "preview",
    "remedies_of",
    "remedy_counts",
    "report",
    "row_worth_explaining",
    "rows_of_units",
    "rows_to_take_away",
    "run_step",
    "save_as_labels",
    "search",
    "search_all_columns",
    "set_cleaning",
    "set_roles",
    "split_topic",
    "telling_column",
    "topics_by_column",
    "train",
]


def run_step(
    name: str, project_folder: str, settings: dict[str, Any], progress: Progress = SILENT
) -> dict[str, Any]:
    """Run one step on the project in a folder and return its summary, JSON values throughout."""
    step = STEPS.get(name)
    if step is None:
        raise SettingInvalid(
            N_("There is no step {name}. The steps are {steps}."), name=name, steps=", ".join(STEPS)
        )
    project = Project.open(Path(project_folder), Settings.from_environment().user)
    return step.run(project, step.read_settings(settings), progress)
