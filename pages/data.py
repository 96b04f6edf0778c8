"""Data: this is how your file was read."""

import streamlit as st

from pages.ui.encoders import choose_encoder
from pages.ui.findings import draw_findings
from pages.ui.jobs import job_panel, start_button, submit
from pages.ui.profile import draw_profile
from pages.ui.reading import draw_reading, first_rows, read_differently, reading_panel
from pages.ui.roles import draw_roles
from pages.ui.session import project
from pages.ui.words import _

st.title(_("Data"))
opened = project()
reading_job = reading_panel(opened)
is_read = reading_job is None or reading_job.is_over
if opened.has("table") or reading_job is None:
    draw_reading(opened)
elif not is_read:
    first_rows(opened, reading_job)
if is_read:
    read_differently(opened, reading_job)
    if not opened.has("table"):
        st.page_link("start.py", label=_("Choose another file"), icon=":material/arrow_back:")
if is_read and opened.has("table"):
    draw_profile(opened)
    draw_roles(opened)
    if not opened.state.roles.get("text"):
        st.info(_("Choose the column that holds the texts."), icon=":material/arrow_upward:")
        st.stop()
    draw_findings(opened)
    encoder = choose_encoder(opened)
    if start_button(_("Make the map"), opened, "map", icon=":material/bubble_chart:"):
        st.session_state["awaited"] = submit("map", opened, encoder=encoder).id
        st.rerun()
map_job = job_panel(opened, "map")
if opened.has("clusters") and (map_job is None or map_job.is_over):
    if map_job and map_job.id == st.session_state.pop("awaited", None):
        st.switch_page("map.py", query_params={"project": opened.id})
    st.page_link("map.py", label=_("See the map"), icon=":material/arrow_forward:")
