"""The panel beside the map: the topics, the selection, one row."""

from html import escape

import streamlit as st

from core.palette import category
from core.project import Project
from core.steps import OpenMap, Topic, TopicView
from pages.ui.colouring import colour_choices, legend_of
from pages.ui.map_chart import MapEvent
from pages.ui.row_panel import row_panel
from pages.ui.scene import Selection
from pages.ui.selection_panel import selection_panel
from pages.ui.switch import switch
from pages.ui.topic_editor import (
    carried_note,
    edit_chosen,
    hidden_names,
    listed_name,
    rows_outside,
)
from pages.ui.touched import choosable, chosen_before, chosen_in
from pages.ui.words import _, plain

TOPICS, SELECTION, ROW = "topics", "selection", "row"
TABLE = "topics"
ROW_HEIGHT, HEAD_HEIGHT, MOST_HEIGHT = 44, 38, 440


def topics_to_mark(opened: Project, topics: TopicView) -> list[Topic]:
    """Return the topics that are chosen in the list, while it is the list that the panel shows."""
    if st.session_state.get("panel", TOPICS) != TOPICS:
        return []
    return chosen_before(opened, topics, TABLE)


def draw_panels(
    opened: Project,
    opened_map: OpenMap,
    topics: TopicView,
    event: MapEvent,
    selection: Selection,
    *,
    colour_by: str,
) -> str:
    """Draw the panel that was chosen, or that the hand on the map called up; return which."""
    titles = {TOPICS: _("Topics"), SELECTION: _("Selection"), ROW: _("Row")}
    # Set before it is drawn: the map and a link choose the panel too.
    st.session_state.setdefault("panel", TOPICS)
    panel = switch(_("Panel"), titles, key="panel", label_visibility="collapsed", width="stretch")
    if panel == SELECTION:
        selection_panel(opened, opened_map, topics, selection)
    elif panel == ROW:
        row_panel(opened, opened_map, topics, event)
    else:
        _topics(opened, topics, colour_by)
    return str(panel)


def _topics(opened: Project, topics: TopicView, colour_by: str) -> None:
    carried_note(opened)
    hidden_names(opened, topics)
    legend = legend_of(colour_by, opened)
    if legend:
        _draw_legend(colour_choices(opened)[colour_by], legend)
    # The caption keeps the table's tools, which float above it, off the panel's titles.
    rows_outside(opened, topics)
    edit_chosen(opened, topics, _chosen(opened, topics, coloured=not legend))
    st.page_link("topics.py", label=_("All about the topics"), icon=":material/category:")


def _draw_legend(title: str, legend: list[tuple[str, str]]) -> None:
    """Say what the colours of the map mean, where they are not those of the topics."""
    st.caption(_("Colours: {column}", column=plain(title)))
    swatch = "display:inline-block; width:.8em; height:.8em; border-radius:2px; background:"
    lines = "".join(
        f'<div dir="auto"><span style="{swatch}{colour}"></span> {escape(word)}</div>'
        for colour, word in legend
    )
    st.html(f'<div style="font-size:.85rem; line-height:1.5; columns:2">{lines}</div>')


def _chosen(opened: Project, topics: TopicView, *, coloured: bool) -> list[Topic]:
    """Draw the list of topics and return those that are chosen in it.

    Its colours are those of the map, or it has none.
    """
    import pandas as pd

    frame = pd.DataFrame(
        {
            "colour": [category(topic.colour) for topic in topics.topics],
            "name": [listed_name(topic) for topic in topics.topics],
            "rows": [topic.rows for topic in topics.topics],
        }
    )
    shown = (
        frame.style.map(lambda c: f"background-color: {c}; color: {c}", subset=["colour"])
        if coloured
        else frame.drop(columns="colour")
    )
    picked = st.dataframe(
        shown,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=min(MOST_HEIGHT, HEAD_HEIGHT + ROW_HEIGHT * len(frame)),
        column_config={
            "colour": st.column_config.TextColumn("", width=16),
            "name": st.column_config.TextColumn(_("Topic"), width=185),
            "rows": st.column_config.NumberColumn(_("Rows"), format="localized", width=55),
        },
        **choosable(opened, topics, TABLE),
    )
    return chosen_in(opened, topics, picked)
