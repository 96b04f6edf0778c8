"""What the map page draws: places, texts, colours; published once and read by address."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.explore import search_words, units_in_polygon
from core.figures import number
from core.project import Project
from core.steps import OpenMap, Topic, TopicView, rows_of_units, search_all_columns
from core.steps.topic_edits import EXCLUDED
from pages.ui.colouring import HIDDEN, LANDMARKS, colour_map
from pages.ui.map_chart import (
    EventKind,
    MapEvent,
    Outline,
    map_chart,
    publish_colours,
    publish_points,
    publish_texts,
    read_event,
    select,
)
from pages.ui.touched import touch
from pages.ui.words import _, plain, rows_of

MAP_HEIGHT = 640
PANEL_OF = {EventKind.SELECTED: "selection", EventKind.CLICKED: "row", EventKind.NAMED: "topics"}


@dataclass(frozen=True)
class Search:
    """What was searched for and which texts match; None: nothing was searched for.

    `nearest_from` is the least nearness of texts that were found by their meaning; `found_in_all`
    counts them, where `units` may be only the nearest.
    """

    query: str = ""
    units: npt.NDArray[np.int64] | None = None
    nearest_from: float | None = None
    found_in_all: int = 0

    @property
    def by_meaning(self) -> bool:
        return self.nearest_from is not None


@dataclass(frozen=True)
class Selection:
    """The texts that the panel tells of: those found, those in the outlines, or those in both.

    `drawn` says whether there is an outline, `search` what was searched for.
    """

    units: npt.NDArray[np.int64]
    drawn: bool
    search: Search


def find_words(opened: Project, opened_map: OpenMap, query: str, everywhere: bool) -> Search:
    """Search the texts for words, or all columns of their rows; a phrase stands in quotes."""
    if not query.strip():
        return Search()
    if everywhere:
        return Search(query, search_all_columns(opened, opened_map, query))
    return Search(query, np.flatnonzero(search_words(opened_map.texts.column, query)))


def draw_map(
    opened: Project,
    opened_map: OpenMap,
    topics: TopicView,
    colour_by: str,
    search: Search,
    marked: Sequence[Topic] = (),
) -> MapEvent:
    """Draw the map and return what was last done on it.

    Texts of the `marked` topics are lit, or with none those found.
    """
    ids = [topic.id for topic in marked]
    colouring = colour_map(colour_by, opened, opened_map, topics, ids)
    lit = np.flatnonzero(np.isin(topics.topic_of_unit, ids)) if ids else search.units
    return map_chart(
        publish_points(opened_map.places),
        publish_colours(colouring.codes),
        colouring.palette,
        colouring.names,
        key=map_key(opened),
        texts=publish_texts(map_key(opened), opened_map.texts.__getitem__),
        highlighted=lit,
        hidden=[HIDDEN],
        legend=colouring.legend,
        file=f"{opened.name}-{_('map')}",
        translate=_,
        height=MAP_HEIGHT,
        on_event=partial(_follow_the_hand, opened.id, [topic.id for topic in topics.topics]),
    )


def map_hint(
    opened_map: OpenMap, topics: TopicView, selection: Selection, marked: Sequence[Topic] = ()
) -> str:
    """Return the line above the map: what is lit, found and selected, or what can be done."""
    if marked:
        return _marked_hint(marked)
    search, rows = selection.search, rows_of(len(rows_of_units(topics, selection.units)))
    if search.units is not None:
        return _found_hint(search, len(opened_map.texts), rows if selection.drawn else "")
    if selection.drawn:
        return _("{rows} are selected: see the panel. Escape clears the selection.", rows=rows)
    return _(
        "Drag around some points to see what they share. Click a point to read it, a name to see "
        "its topic."
    )


def _marked_hint(marked: Sequence[Topic]) -> str:
    rows = rows_of(sum(topic.rows for topic in marked))
    if len(marked) == 1:
        name = plain(marked[0].name)
        return _("{rows} of **{topic}** are lit. Escape lights all again.", rows=rows, topic=name)
    return _(
        "{rows} of the {n} chosen topics are lit. Escape lights all again.",
        rows=rows,
        n=len(marked),
    )


def _found_hint(search: Search, texts: int, selected: str) -> str:
    """Say how many texts were found, and of them which rows are `selected`; "" is no outline."""
    found = 0 if search.units is None else len(search.units)
    values = {"n": number(found), "all": number(texts), "rows": selected}
    if not found:
        return _("None of the {all} texts matches.", **values)
    if search.by_meaning:
        return _near_hint(search, values)
    if selected:
        return _("{n} of {all} texts match; {rows} of them are selected and lit.", **values)
    return _("{n} of {all} texts match: they are lit.", **values)


def _near_hint(search: Search, values: dict[str, str]) -> str:
    """Say how many texts stand out by their meaning, and whether only the nearest are lit."""
    values = {
        **values,
        "found": number(search.found_in_all),
        "limit": f"{search.nearest_from:.2f}",
    }
    cut = values["found"] != values["n"]
    if cut and values["rows"]:
        return _(
            "Of the {n} nearest of {found} texts near in meaning {rows} are selected and lit.",
            **values,
        )
    if values["rows"]:
        return _("Of the {n} texts near in meaning {rows} are selected and lit.", **values)
    if cut:
        return _(
            "{found} of {all} texts stand out by their meaning (cosine from {limit}): the nearest "
            "{n} are lit.",
            **values,
        )
    return _(
        "{n} of {all} texts stand out by their meaning (cosine from {limit}): they are lit.",
        **values,
    )


def map_key(opened: Project) -> str:
    """Return the key of the map's widget: a new map begins with no selection."""
    return f"map-{opened.id}-{opened.current('clusters').key}"


def select_texts(
    opened: Project, opened_map: OpenMap, topics: TopicView, search: Search
) -> Selection:
    """Return the texts inside the outlines on the map, those found, or both; no excluded ones."""
    outlines = read_event(map_key(opened)).outlines
    units = np.zeros(0, dtype=np.int64) if search.units is None else search.units
    if outlines:
        inside = _inside(opened_map, outlines)
        units = np.flatnonzero(inside) if search.units is None else units[inside[units]]
    shown = units[topics.topic_of_unit[units] != EXCLUDED]
    return Selection(shown, bool(outlines), search)


def _inside(opened_map: OpenMap, outlines: Sequence[Outline]) -> npt.NDArray[np.bool_]:
    """Return which texts are selected when each outline has added or taken its own."""
    inside = np.zeros(len(opened_map.places), dtype=bool)
    for outline in outlines:
        within = units_in_polygon(opened_map.places, outline.corners)
        inside = inside & ~within if outline.takes else inside | within
    return inside


def clear_outline(opened: Project) -> None:
    """Take the outline off the map, before it is drawn; the point that was clicked stays."""
    select(map_key(opened), clicked=read_event(map_key(opened)).clicked)


def _follow_the_hand(project_id: str, topic_ids: list[int], event: MapEvent) -> None:
    """Let the panel beside the map show what was just touched."""
    if panel := PANEL_OF.get(event.kind):
        st.session_state["panel"] = panel
    place = -1 if event.topic is None else event.topic % LANDMARKS
    if event.kind is EventKind.CLEARED and st.session_state.get("panel") == "topics":
        touch(project_id, None)
    if event.kind is EventKind.NAMED and 0 <= place < len(topic_ids):
        touch(project_id, topic_ids[place])
