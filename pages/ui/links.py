"""What is selected stands in the address: a link, a refresh or a way back shows it again."""

import streamlit as st

from core.project import Project
from core.steps import OpenMap, TopicView
from pages.ui.map_chart import EventKind, MapEvent, Outline, read_event, select
from pages.ui.scene import map_key
from pages.ui.touched import touch, touched_key

TOPIC, ROW, AREA = "topic", "row", "area"
PANELS = {TOPIC: "topics", ROW: "row", AREA: "selection"}
# An outline of more corners would make an address that mail programs cut.
MOST_CORNERS = 150
MOST_OUTLINES = 20
# Between outlines, and before one that takes away.
NEXT, TAKES = "~", "!"


def follow_link(opened: Project, topics: TopicView) -> None:
    """Select what the address names, once, before the map is drawn; nonsense in it is nothing."""
    key = map_key(opened)
    if key in st.session_state:
        return
    asked = {name: st.query_params.get(name, "") for name in (TOPIC, ROW, AREA)}
    if not any(asked.values()):
        asked = st.session_state.get(_kept(opened), asked)
    outlines = _outlines(asked[AREA])
    unit = _unit(asked[ROW], topics)
    if outlines or unit is not None:
        select(key, outlines, clicked=unit)
    topic = int(asked[TOPIC]) if asked[TOPIC].isdecimal() else None
    if topic in topics.by_id:
        touch(opened.id, topic)
    found = {TOPIC: topic in topics.by_id, ROW: unit is not None, AREA: bool(outlines)}
    if panel := next((PANELS[name] for name, there in found.items() if there), None):
        st.session_state["panel"] = panel


def keep_link(opened: Project, opened_map: OpenMap, panel: str) -> None:
    """Write what is selected into the address: the area, and the topic or the row beside it."""
    event = read_event(map_key(opened))
    topic = st.session_state.get(touched_key(opened.id))
    shown = {
        TOPIC: str(topic) if panel == PANELS[TOPIC] and topic is not None else "",
        ROW: _row(event, opened_map) if panel == PANELS[ROW] else "",
        AREA: _area(event) if panel != PANELS[ROW] else "",
    }
    st.session_state[_kept(opened)] = shown
    for name, value in shown.items():
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]


def _kept(opened: Project) -> str:
    return f"link-{opened.id}"


def _row(event: MapEvent, opened_map: OpenMap) -> str:
    if event.clicked is None or event.clicked >= len(opened_map.first_row):
        return ""
    return str(int(opened_map.first_row[event.clicked]) + 1)


def _unit(row: str, topics: TopicView) -> int | None:
    """Return the text of a row, numbered from 1 as people see it."""
    if not (row.isdecimal() and 1 <= int(row) <= topics.row_count):
        return None
    unit = int(topics.unit_of_row[int(row) - 1])
    return unit if unit >= 0 else None


def _area(event: MapEvent) -> str:
    if event.kind is EventKind.CLEARED:
        return ""
    corners = sum(len(outline.corners) for outline in event.outlines)
    step = max(1, -(-corners // MOST_CORNERS))
    # An outline has three corners at least, however many there are of them.
    return NEXT.join(
        (TAKES if one.takes else "")
        + "_".join(f"{x:.2f},{y:.2f}" for x, y in one.corners[:: min(step, len(one.corners) // 3)])
        for one in event.outlines
    )


def _outlines(area: str) -> list[Outline]:
    """Return the outlines that stand in an address; none where one of them is nonsense."""
    parts = area.split(NEXT)[:MOST_OUTLINES]
    corners = [_corners(part.removeprefix(TAKES)) for part in parts]
    if not all(corners):
        return []
    pairs = zip(parts, corners, strict=True)
    return [Outline(tuple(found), part.startswith(TAKES)) for part, found in pairs]


def _corners(area: str) -> list[tuple[float, float]]:
    try:
        pairs = [corner.split(",") for corner in area.split("_") if corner]
        corners = [(float(x), float(y)) for x, y in pairs]
    except ValueError:
        return []
    usable = 3 <= len(corners) <= MOST_CORNERS and all(abs(v) < 1e6 for c in corners for v in c)
    return corners if usable else []
