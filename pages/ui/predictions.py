"""What models said of files: how often, how sure, and which rows to look at."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

import streamlit as st

from core.data import FileFormat
from core.data.writing import XLSX_ROWS
from core.errors import ColumnMissing
from core.figures import number, share
from core.jobs import Job, JobState
from core.project import Project
from core.steps import (
    LabelCount,
    ShelvedModel,
    StoredPrediction,
    delete_prediction,
    list_predictions,
)
from core.steps.exporting import csv_form
from pages.ui.attachments import offer_stream
from pages.ui.columns import titles_in
from pages.ui.downloads import table_pieces
from pages.ui.exports import Choice, format_choices
from pages.ui.jobs import ask, start_button, submit
from pages.ui.words import _, listed, plain, rows_of

NAMED = 8


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


def draw_predictions(opened: Project, job: Job | None) -> None:
    """List what was predicted, the newest first; one of them is open, at first the newest."""
    stored = list_predictions(opened)
    if not stored:
        return
    st.subheader(_("Predictions"))
    key = f"prediction-{opened.id}-{job.id if job else ''}"
    # The one that is open, or the newest, may have been deleted.
    wanted = (st.session_state.get(key), opened.state.current.get("prediction"))
    keys = [one.key for one in stored]
    chosen = next((one for one in wanted if one in keys), keys[0])
    for one in stored:
        with st.container(border=True):
            _entry(opened, one, key, is_open=one.key == chosen)


def _entry(opened: Project, stored: StoredPrediction, key: str, *, is_open: bool) -> None:
    summary, counts = stored.summary, stored.counts()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(_title(stored))}**", width="stretch")
        if not is_open and st.button(_("Open"), key=f"open-{stored.key}"):
            st.session_state[key] = stored.key
            st.rerun()
        _downloads(opened, stored)
        if st.button("", icon=":material/delete:", key=f"delete-{stored.key}", help=_("Delete …")):
            _confirm_delete(opened, stored, summary["rows"])
    made = datetime.fromisoformat(stored.artifact.created).astimezone()
    st.caption(
        " · ".join(
            [
                _("model {name}", name=plain(stored.model)),
                made.strftime("%Y-%m-%d %H:%M"),
                rows_of(summary["rows"]),
                _("{n} unsure", n=number(summary["unsure"])),
            ]
        )
    )
    if is_open:
        _draw(stored, counts)
    else:
        named = [f"{plain(one.label)} {number(one.rows)}" for one in counts[:NAMED]]
        st.caption(listed(named) + (" …" if len(counts) > NAMED else ""))


def _title(stored: StoredPrediction) -> str:
    return stored.file or _("The rows of this project")


def _downloads(opened: Project, stored: StoredPrediction) -> None:
    """Offer the file with its labels in each format of the page Export, made while it is sent."""
    name = Path(stored.file).stem if stored.file else opened.name
    too_long = stored.summary["rows"] >= XLSX_ROWS
    with st.popover(_("Download"), icon=":material/download:", key=f"download-{stored.key}"):
        for choice in format_choices():
            if choice.format is FileFormat.XLSX and too_long:
                st.caption(_("A sheet of Excel holds {rows} rows.", rows=number(XLSX_ROWS - 1)))
                continue
            st.link_button(
                choice.title,
                offer_stream(
                    f"{stored.key}-{choice.key}",
                    choice.file_name(name),
                    partial(_pieces, opened, stored, choice),
                ),
                help=choice.purpose,
                width="stretch",
            )


def _pieces(opened: Project, stored: StoredPrediction, choice: Choice) -> Iterator[bytes]:
    """Read the table when it is asked for: an offer lasts, and would keep it in memory.

    Raises FileNotFoundError, before there are pieces, when the prediction has been deleted.
    """
    form = csv_form(opened, choice.style)
    return table_pieces(stored.artifact.table("table"), choice.format, form)


@st.dialog(" ")
def _confirm_delete(opened: Project, stored: StoredPrediction, rows: int) -> None:
    """Ask, and delete; nothing is read, as another tab may have deleted it meanwhile."""
    st.markdown(
        _(
            "Delete the prediction of **{name}** by the model {model}, {rows}, for good?",
            name=plain(_title(stored)),
            model=plain(stored.model),
            rows=rows_of(rows),
        )
    )
    if st.button(_("Delete the prediction"), type="primary"):
        delete_prediction(opened, stored.key)
        st.rerun()


def _draw(stored: StoredPrediction, counts: list[LabelCount]) -> None:
    """Show a stored prediction: counts by label, and the rows that the model is least sure of."""
    summary = stored.summary
    st.markdown(
        _(
            "{rows}: {empty} without a text, {unsure} ({share}) with a confidence below {limit}.",
            rows=rows_of(summary["rows"]),
            empty=number(summary["empty"]),
            unsure=number(summary["unsure"]),
            share=share(summary["unsure"], summary["rows"]),
            limit=f"{stored.unsure_below:.0%}",
        )
    )
    _draw_counts(counts)
    st.markdown(f"**{_('What the model is least sure of comes first: look at it')}**")
    st.dataframe(
        stored.least_sure().to_pandas(),
        hide_index=True,
        column_config={
            "text": summary["text"],
            "predicted": st.column_config.TextColumn(_("Prediction"), width="medium"),
            "predicted_confidence": st.column_config.NumberColumn(
                _("Confidence"), format="percent", width="small"
            ),
        },
    )


def _draw_counts(counts: list[LabelCount]) -> None:
    """Draw the labels with their rows, those among them that are unsure, and their share."""
    import pandas as pd

    frame = pd.DataFrame(map(asdict, counts), columns=["label", "rows", "unsure"])
    frame.insert(3, "share", frame["rows"] / max(1, frame["rows"].sum()))
    st.dataframe(
        frame,
        hide_index=True,
        column_config={
            "label": st.column_config.TextColumn(_("Label"), width="medium"),
            "rows": st.column_config.NumberColumn(_("Rows"), format="localized", width="small"),
            "unsure": st.column_config.NumberColumn(_("Unsure"), format="localized", width="small"),
            "share": st.column_config.ProgressColumn(
                _("Share"), format="percent", min_value=0.0, max_value=1.0
            ),
        },
    )
