"""Start: open a sample, open a project, or drop a file."""

import streamlit as st

from core.samples import SAMPLES
from pages.ui.projects import open_sample, project_list, receive_files
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

dropped = st.file_uploader(
    _("Drop a file with texts: CSV, TSV, XLSX, Parquet, JSON Lines, or a Textlode project"),
    accept_multiple_files=True,
    key="dropped",
)
if dropped:
    receive_files(dropped)

project_list()
