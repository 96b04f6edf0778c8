"""Explain: why it said so."""

import streamlit as st

from core.steps import find_model
from pages.ui.explanations import draw_explanations, draw_words
from pages.ui.jobs import job_panel, start_button, submit
from pages.ui.session import project
from pages.ui.words import _

TYPED, ROWS, CLASS = "typed", "rows", "class"

st.title(_("Explain"))
st.markdown(_("Why the model said so: how much each word spoke for or against a class (SHAP)."))
opened = project()
model = find_model(opened)
classes = model.report["classes"]

kinds = {TYPED: _("A typed text"), ROWS: _("Rows of the table"), CLASS: _("A class")}
kind = st.segmented_control(
    _("What to explain"),
    list(kinds),
    default=TYPED,
    required=True,
    format_func=kinds.get,
    key=f"explain-kind-{opened.id}",
    persist_state="session",
)
settings: dict[str, object] = {"model": model.key}
if kind == TYPED:
    settings["text"] = st.text_area(
        _("Text"), key=f"explain-text-{opened.id}", persist_state="session"
    )
elif kind == ROWS:
    last = opened.row_count
    row = st.number_input(
        _("Row"), 1, last, key=f"explain-row-{opened.id}", persist_state="session"
    )
    settings["rows"] = [int(row) - 1]
else:
    settings["target"] = st.selectbox(
        _("Class"), classes, key=f"explain-class-{opened.id}", persist_state="session"
    )
    settings["sample"] = st.slider(
        _("Rows to look at"), 5, 50, 15, key=f"explain-sample-{opened.id}", persist_state="session"
    )
nothing = kind == TYPED and not str(settings.get("text", "")).strip()
if start_button(_("Explain"), opened, "explain", icon=":material/help_center:", disabled=nothing):
    submit("explain", opened, **settings)
    st.rerun()
job_panel(opened, "explain")
if opened.has("explanation"):
    artifact = opened.current("explanation")
    explanations = artifact.json("explanations")
    draw_explanations(explanations)
    if len(explanations) > 1:
        draw_words(artifact.json("words"))
