"""Train: teach a model your labels."""

import streamlit as st

from core.steps import Method, label_sources, list_models
from pages.ui.jobs import job_panel, submit
from pages.ui.model_report import draw_curve, draw_shelf
from pages.ui.session import project
from pages.ui.words import _

METHODS = {
    Method.FINE_TUNE: _("Thorough: all layers of the model learn (fine-tuning), minutes"),
    Method.PROBE: _("Quick: only the last layer learns (probe), seconds"),
}

st.title(_("Train"))
st.markdown(_("Teach a model your labels. A part of the rows is held back to test it honestly."))
opened = project()
sources = label_sources(opened)
names = {"topics": _("The topics of the map")}

first, second = st.columns(2)
label = first.selectbox(
    _("What to learn"),
    sources,
    format_func=lambda source: names.get(source, source),
    key=f"learn-{opened.id}",
    persist_state="session",
    placeholder=_("There is no column with labels: name some topics on the page Map first"),
)
method = second.selectbox(
    _("How"),
    list(METHODS),
    format_func=METHODS.__getitem__,
    key=f"how-{opened.id}",
    persist_state="session",
)
if st.button(_("Train"), type="primary", icon=":material/model_training:", disabled=not label):
    submit("train", opened, label=label, method=str(method))
    st.rerun()
job = job_panel(opened, "train", stop_early=True)
if job is not None and not job.is_over:
    draw_curve(job.id)
draw_shelf(opened, list_models(opened))
