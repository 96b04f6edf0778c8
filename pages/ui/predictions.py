"""What a model said of a new file: how often, how sure, and which rows to look at."""

from pathlib import Path

import pyarrow.compute as pc
import streamlit as st

from core.errors import ColumnMissing
from core.figures import number, share
from core.jobs import Job, JobState
from core.project import Artifact, Project
from core.steps import ShelvedModel
from core.steps.prediction import UNSURE_BELOW
from pages.ui.bars import draw_bars
from pages.ui.columns import titles_in
from pages.ui.downloads import offer_table
from pages.ui.jobs import ask, start_button, submit
from pages.ui.words import _, plain, rows_of

LISTED = 200


def predict_typed(opened: Project, model: ShelvedModel) -> None:
    """Let a person type a text and see its label at once."""
    text = st.text_input(_("Or type a text"), key=f"typed-{opened.id}")
    if not text.strip():
        return
    with st.spinner(_("Predicting"), show_time=True):
        labels = ask("predict_text", opened, text=text, model=model.key)["labels"]
    for label, probability in labels:
        st.progress(probability, text=f"{plain(label)}: {100 * probability:.1f}%")


def choose_text_column(opened: Project, job: Job | None) -> None:
    """Where a file has no column of the model's name, let a person choose one of its own."""
    error = job.error_as_exception() if job and job.state == JobState.FAILED else None
    if job is None or not isinstance(error, ColumnMissing):
        return
    file = job.settings.get("file", "")
    if not Path(file).is_file():
        return
    seen = ask("preview", opened, file=file, reading={})
    column = st.selectbox(
        _("The column with the texts in {file}", file=plain(Path(file).name)),
        seen["columns"],
        index=None,
        format_func=titles_in(seen),
        placeholder=_("Choose a column"),
        key=f"predict-column-{job.id}",
    )
    if start_button(_("Predict with this column"), opened, "predict", disabled=column is None):
        submit("predict", opened, **{**job.settings, "text": column})
        st.rerun()


def draw_predictions(opened: Project, artifact: Artifact) -> None:
    """Show a stored prediction: counts by label, the unsure rows, the file to take away."""
    import pandas as pd

    summary = artifact.json("summary")
    table = artifact.table("table")
    name = artifact.settings["name"] or opened.name
    st.subheader(_("{name}, labelled", name=plain(name)))
    st.markdown(
        _(
            "{rows}: {empty} without a text, {unsure} ({share}) with a confidence below {limit}.",
            rows=rows_of(summary["rows"]),
            empty=number(summary["empty"]),
            unsure=number(summary["unsure"]),
            share=share(summary["unsure"], summary["rows"]),
            limit=f"{UNSURE_BELOW:.0%}",
        )
    )
    predictions = artifact.table("predictions", ["predicted", "predicted_confidence"])
    counts = predictions.column("predicted").drop_null().value_counts().to_pylist()
    frame = pd.DataFrame(counts, columns=["values", "counts"])
    draw_bars(
        frame.sort_values("counts", ascending=False),
        "values",
        "counts",
        titles=(_("Label"), _("Rows")),
    )
    st.markdown(f"**{_('What the model is least sure of comes first: look at it')}**")
    order = pc.sort_indices(predictions, [("predicted_confidence", "ascending")])
    least_sure = order[: min(LISTED, summary["rows"] - summary["empty"])]
    listed = predictions.append_column("text", table.column(summary["text"])).take(least_sure)
    st.dataframe(
        listed.select(["text", "predicted", "predicted_confidence"]).to_pandas(),
        hide_index=True,
        column_config={
            "text": summary["text"],
            "predicted": st.column_config.TextColumn(_("Prediction"), width="medium"),
            "predicted_confidence": st.column_config.NumberColumn(
                _("Confidence"), format="percent", width="small"
            ),
        },
    )
    offer_table(table, Path(name).stem + _("-labelled"), key=artifact.key)
