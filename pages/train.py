"""Train: teach a model your labels."""

import streamlit as st

from core.jobs import JobState
from core.steps import Method, label_sources, list_models
from core.steps.training import TOPICS, come_from_topics
from pages.ui.advice import advised_methods
from pages.ui.columns import column_titles
from pages.ui.jobs import job_panel, start_button, submit
from pages.ui.model_report import draw_curve, draw_shelf, say_what_cancelling_kept
from pages.ui.session import project
from pages.ui.words import _

st.title(_("Train"))
st.markdown(_("Teach a model your labels. A part of the rows is held back to test it honestly."))
opened = project()
sources = label_sources(opened)
names = {TOPICS: _("The topics of the map")}
title_of = column_titles(opened)

first, second = st.columns(2)
label = first.selectbox(
    _("What to learn"),
    sources,
    format_func=lambda source: names.get(source) or title_of(source),
    key=f"learn-{opened.id}",
    persist_state="session",
    placeholder=_("There is no column with labels: name some topics on the page Map first"),
)
method = advised_methods(opened, label, second)
if label and come_from_topics(opened, label):
    st.caption(
        _(
            "The topics come from the texts themselves: the test says how well the model tells "
            "them apart, and not whether a text is in the topic that you would choose."
        )
    )
with st.expander(_("Name and number of epochs")):
    first, second = st.columns(2)
    name = first.text_input(
        _("Name of the model"),
        placeholder=_("The name of what it learns"),
        key=f"model-name-{opened.id}",
        persist_state="session",
    )
    epochs = second.number_input(
        _("Passes over the rows (epochs)"),
        1,
        1000,
        None,
        placeholder=_("By the number of rows: from 20 with few to 3 with many"),
        help=_("More passes take longer and learn the rows more by heart. The best one is kept."),
        disabled=method != Method.FINE_TUNE,
        key=f"epochs-{opened.id}",
        persist_state="session",
    )
chosen = {"name": name.strip(), "epochs": epochs if method == Method.FINE_TUNE else None}
if start_button(_("Train"), opened, "train", icon=":material/model_training:", disabled=not label):
    given = {setting: value for setting, value in chosen.items() if value}
    submit("train", opened, label=label, method=str(method), **given)
    st.rerun()
job = job_panel(opened, "train", stop_early=True)
if job is not None and not job.is_over:
    draw_curve(job.id)
elif job is not None and job.state == JobState.CANCELLED:
    say_what_cancelling_kept(job)
draw_shelf(opened, list_models(opened))
