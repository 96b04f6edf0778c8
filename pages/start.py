"""Start: open a sample, open a project, or drop a file."""

import streamlit as st

from core.samples import SAMPLES
from pages.ui.projects import choose_from_folders, open_sample, project_list, receive_files
from pages.ui.upload import upload_zone
from pages.ui.words import _

st.title("Textlode")
st.markdown(_("See what is in a table of texts. Open a sample, open a project, or drop a file."))

for column, sample in zip(st.columns(len(SAMPLES)), SAMPLES, strict=True):
    with column.container(border=True, height="stretch"):
        st.image(str(sample.picture), width="stretch", alt=_(sample.description))
        st.markdown(f"**{_(sample.title)}**")
        st.caption(_(sample.description))
        if st.button(_("Open"), key=f"sample-{sample.name}", width="stretch"):
            open_sample(sample, _(sample.title))

arrived = upload_zone(
    _("Drop a file with texts: CSV, TSV, XLSX, Parquet, JSON Lines, or a Textlode project"),
    key="start",
    several=True,
)
if arrived:
    receive_files(arrived)
choose_from_folders()

project_list()
