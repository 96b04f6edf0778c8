"""The topic in hand: touched on the map, chosen in a table or left by an edit; tables mark it."""

from typing import Any

import streamlit as st

from core.project import Project
from core.steps import Topic, TopicView

# A click anywhere in a line opens its topic; ticks are for several.
CHOOSING = ("multi-row", "single-cell")


def touched_key(project_id: str) -> str:
    """Return where the id of the topic in hand stands in the session."""
    return f"touched-topic-{project_id}"


def touch(project_id: str, topic: int | None) -> None:
    """Take a topic in hand, so that the tables mark it and no other."""
    st.session_state[touched_key(project_id)] = topic
    stamp = _stamp_key(project_id)
    st.session_state[stamp] = st.session_state.get(stamp, 0) + 1


def choosable(opened: Project, topics: TopicView, name: str) -> dict[str, Any]:
    """Return how topics are chosen in a table of them, largest first, for `st.dataframe`."""
    touched = st.session_state.get(touched_key(opened.id))
    cells = [(row, "name") for row, topic in enumerate(topics.topics) if topic.id == touched]
    return {
        "on_select": "rerun",
        "selection_mode": CHOOSING,
        "selection_default": {"selection": {"cells": cells}},
        "key": _table_key(opened, name),
    }


def chosen_before(opened: Project, topics: TopicView, name: str) -> list[Topic]:
    """Return the topics chosen in a table that is yet to be drawn: in it, else the one in hand."""
    picked = st.session_state.get(_table_key(opened, name))
    if picked is not None:
        return _chosen(topics, picked)
    touched = topics.by_id.get(st.session_state.get(touched_key(opened.id), -1))
    return [touched] if touched else []


def chosen_in(opened: Project, topics: TopicView, picked: Any) -> list[Topic]:
    """Return the topics that are ticked in a table, else the one clicked, and take it in hand."""
    chosen = _chosen(topics, picked)
    st.session_state[touched_key(opened.id)] = chosen[0].id if chosen else None
    return chosen


def _chosen(topics: TopicView, picked: Any) -> list[Topic]:
    rows = picked.selection.rows or [row for row, _column in picked.selection.cells]
    return [topics.topics[row] for row in rows]


def _table_key(opened: Project, name: str) -> str:
    """With another name a table forgets what was chosen in it for the topic in hand."""
    stamp = st.session_state.get(_stamp_key(opened.id), 0)
    return f"{name}-{opened.id}-{opened.revision}-{stamp}"


def _stamp_key(project_id: str) -> str:
    return f"touches-{project_id}"
