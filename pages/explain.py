"""Explain: why it said so."""

import streamlit as st

from core.steps import find_model
from pages.ui.explanations import (
    CLASS,
    ROWS,
    TYPED,
    draw_explanation,
    kind_of_explanation,
    recall_question,
    show_row,
)
from pages.ui.jobs import job_panel, start_button, submit
from pages.ui.session import project
from pages.ui.switch import switch
from pages.ui.words import _

st.title(_("Explain"))
st.markdown(_("Why the model said so: how much each word spoke for or against a class (SHAP)."))
opened = project()
model = find_model(opened)
classes = model.report["classes"]
recall_question(opened, classes)

kinds = {TYPED: _("A typed text"), ROWS: _("Rows of the table"), CLASS: _("A class")}
kind = switch(_("What to explain"), kinds, key=f"explain-kind-{opened.id}")
settings: dict[str, object] = {"model": model.key}
if kind == TYPED:
    settings["text"] = st.text_area(
        _("Text"), key=f"explain-text-{opened.id}", persist_state="session"
    )
elif kind == ROWS:
    last = opened.row_count
    beside, right = st.columns([1, 3])
    row = beside.number_input(
        _("Row"), 1, last, key=f"explain-row-{opened.id}", persist_state="session"
    )
    settings["rows"] = [int(row) - 1]
    with right:
        show_row(opened, int(row) - 1)
else:
    settings["target"] = st.selectbox(
        _("Class"), classes, key=f"explain-class-{opened.id}", persist_state="session"
    )
    settings["sample"] = st.slider(
        _("Rows to look at"), 5, 50, key=f"explain-sample-{opened.id}", persist_state="session"
    )
if start_button(_("Explain"), opened, "explain", icon=":material/help_center:"):
    if kind == TYPED and not str(settings["text"]).strip():
        st.info(_("Type or paste a text first."))
    else:
        submit("explain", opened, **settings)
        st.rerun()
job_panel(opened, "explain")
if opened.has("explanation"):
    artifact = opened.current("explanation")
    if kind_of_explanation(artifact) == kind:
        draw_explanation(opened, artifact)
