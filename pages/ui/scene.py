"""What the map page draws: places, texts, colours; published once and read by address."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.explore import search_words, units_in_polygon
from core.figures import number
from core.project import Project
from core.steps import OpenMap, TopicView
from core.steps.topic_edits import EXCLUDED
from pages.ui.colouring import HIDDEN, LANDMARKS, colour_map
from pages.ui.map_chart import (
    EventKind,
    MapEvent,
    map_chart,
    publish_colours,
    publish_points,
    publish_texts,
    read_event,
)
from pages.ui.words import _

MAP_HEIGHT = 640
PANEL_OF = {EventKind.SELECTED: "selection", EventKind.CLICKED: "row", EventKind.NAMED: "topics"}


@dataclass(frozen=True)
class Search:
    """What was searched for and which texts match; None: nothing was searched for."""

    query: str = ""
    units: npt.NDArray[np.int64] | None = None


def find_words(opened_map: OpenMap, query: str) -> Search:
    """Search the texts for words; a phrase stands in quotes."""
    if not query.strip():
        return Search()
    return Search(query, np.flatnonzero(search_words(opened_map.texts.column, query)))


def draw_map(
    opened: Project, opened_map: OpenMap, topics: TopicView, colour_by: str, search: Search
) -> MapEvent:
    """Draw the map and return what was last done on it."""
    colouring = colour_map(colour_by, opened, opened_map, topics)
    return map_chart(
        publish_points(opened_map.places),
        publish_colours(colouring.codes),
        colouring.palette,
        colouring.names,
        key=map_key(opened),
        texts=publish_texts(map_key(opened), opened_map.texts.__getitem__),
        highlighted=search.units,
        hidden=[HIDDEN],
        translate=_,
        height=MAP_HEIGHT,
        on_event=partial(_follow_the_hand, opened.id, [topic.id for topic in topics.topics]),
    )


def map_hint(opened_map: OpenMap, search: Search) -> str:
    """Return the line above the map: what was found, or what can be done."""
    if search.units is None:
        return _("Drag around some points to see what they share. Click a point to read it.")
    found, every = number(len(search.units)), number(len(opened_map.texts))
    return _("{n} of {all} texts match: they are lit.", n=found, all=every)


def map_key(opened: Project) -> str:
    """Return the key of the map's widget: a new map begins with no selection."""
    return f"map-{opened.id}-{opened.current('clusters').key}"


def selected_units(
    opened: Project, opened_map: OpenMap, topics: TopicView
) -> npt.NDArray[np.int64]:
    """Return the texts inside the outline that was drawn on the map; no excluded ones."""
    polygon = read_event(map_key(opened)).polygon
    if polygon is None:
        return np.zeros(0, dtype=np.int64)
    inside = units_in_polygon(opened_map.places, polygon)
    return np.flatnonzero(inside & (topics.topic_of_unit != EXCLUDED))


def touched_key(project_id: str) -> str:
    """Return where the id of the topic stands whose name was clicked last."""
    return f"touched-topic-{project_id}"


def _follow_the_hand(project_id: str, topic_ids: list[int], event: MapEvent) -> None:
    """Let the panel beside the map show what was just touched."""
    if panel := PANEL_OF.get(event.kind):
        st.session_state["panel"] = panel
    place = -1 if event.topic is None else event.topic % LANDMARKS
    named = event.kind is EventKind.NAMED and 0 <= place < len(topic_ids)
    st.session_state[touched_key(project_id)] = topic_ids[place] if named else None
