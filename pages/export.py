"""Export: take it with you."""

import streamlit as st

from core.steps import list_models
from pages.ui.downloads import map_downloads, model_download, project_download
from pages.ui.exports import explain_columns, export_table_panel, report_panel
from pages.ui.jobs import job_panel
from pages.ui.session import project
from pages.ui.words import _

st.title(_("Export"))
st.markdown(_("Take it with you: every row of your file, in its order, with what was added."))
opened = project()
opened.current("table")

st.subheader(_("The table"))
export_table_panel(opened)
job_panel(opened, "export")
explain_columns(opened)
if opened.has("clusters"):
    st.subheader(_("The map"))
    map_downloads(opened)
    st.subheader(_("The report"))
    report_panel(opened)
    job_panel(opened, "report")
st.subheader(_("Models"))
models = list_models(opened)
for model in models:
    model_download(model)
if not models:
    st.caption(_("There is no model yet. Teach one on the page Train."))
st.subheader(_("The whole project"))
project_download(opened)
