"""Predict: label a new file."""

import streamlit as st

from core.steps import find_model
from pages.ui.jobs import job_panel, start_button, submit
from pages.ui.predictions import choose_text_column, draw_predictions, predict_typed
from pages.ui.projects import INCOMING, keep_files
from pages.ui.session import project
from pages.ui.upload import clear_zone, upload_zone
from pages.ui.words import _, plain

st.title(_("Predict"))
opened = project()
model = find_model(opened)
st.markdown(_("Label a new file with the model **{name}**.", name=plain(model.name)))

arrived = upload_zone(
    _("Drop a file with texts: CSV, TSV, XLSX, Parquet or JSON Lines"), key="predict"
)
with st.container(horizontal=True):
    if start_button(
        _("Predict this file"), opened, "predict", icon=":material/label:", disabled=not arrived
    ):
        [path] = keep_files(opened, INCOMING, arrived)
        clear_zone("predict")
        submit("predict", opened, file=str(path), model=model.key)
        st.rerun()
    if start_button(_("Predict the rows of this project"), opened, "predict", kind="secondary"):
        submit("predict", opened, model=model.key)
        st.rerun()
predict_typed(opened, model)
job = job_panel(opened, "predict")
choose_text_column(opened, job)
draw_predictions(opened, job)
