"""Map: this is what is in it."""

import streamlit as st

from core.steps import load_topics, open_map
from pages.ui.jobs import job_panel
from pages.ui.links import follow_link, keep_link
from pages.ui.map_controls import draw_controls
from pages.ui.map_panels import draw_panels, topics_to_mark
from pages.ui.map_settings import map_settings
from pages.ui.scene import draw_map, map_hint, select_texts
from pages.ui.session import project
from pages.ui.undo import undo_redo
from pages.ui.words import _

HINT_HEIGHT = 48  # pixels: two lines

opened = project()
job_panel(opened, "map")
topics = load_topics(opened)
opened_map = open_map(opened)
follow_link(opened, topics)

colour_by, search = draw_controls(opened, opened_map, topics)
selection = select_texts(opened, opened_map, topics, search)
marked = topics_to_mark(opened, topics)
# Widths in pixels: where the map would be narrow beside the panel (map.css), that goes below it.
beside = st.container(horizontal=True, gap="medium")
left = beside.container(width="stretch", key="map-side")
right = beside.container(width=330)
with left:
    # Columns of one height, as a longer line would push the buttons and the map below it down.
    line, buttons = st.columns([3, 1], vertical_alignment="center")
    line = line.container(height=HINT_HEIGHT, border=False, vertical_alignment="center")
    line.caption(map_hint(opened_map, topics, selection, marked))
    with buttons.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        undo_redo(opened)
    event = draw_map(opened, opened_map, topics, colour_by, search, marked)
    map_settings(opened, opened_map.recall)
    st.page_link(
        "export.py", label=_("The map as a web page, to send on"), icon=":material/ios_share:"
    )
with right:
    panel = draw_panels(opened, opened_map, topics, event, selection, colour_by=colour_by)
keep_link(opened, opened_map, panel)
