"""The map as a Streamlit component."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import streamlit as st
from numpy.typing import ArrayLike

from pages.ui.map_chart.appearance import MapName, Theme, appearance
from pages.ui.map_chart.assets import map_script, plotly_script, style
from pages.ui.map_chart.event import EventKind, MapEvent, Outline
from pages.ui.map_chart.published import ColoursHandle, PointsHandle, TextsHandle, publish_rows
from pages.ui.map_chart.routes import root_path

# The component's own code is sent with every run, so it only fetches the map's script, which a
# browser keeps. Streamlit calls it again with new data and takes what it returned last for the end.
LOADER = """
export default async ({ data, parentElement, setStateValue }) => {
  const { showMap } = await import(new URL(data.script, window.location.href).href);
  const { drawn, remove } = showMap(parentElement, data, (event) => setStateValue("event", event));
  await drawn;
  return remove;
};
"""
STATE = "event"


def map_chart(
    points: PointsHandle,
    colours: ColoursHandle,
    palette: Sequence[str],
    names: Iterable[MapName] = (),
    *,
    key: str,
    texts: TextsHandle | None = None,
    highlighted: ArrayLike | None = None,
    hidden: Collection[int] = (),
    marked: Iterable[int] = (),
    theme: Theme | None = None,
    height: int = 640,
    legend: str = "",
    file: str = "",
    translate: Callable[[str], str] = str,
    on_event: Callable[[MapEvent], None] | None = None,
) -> MapEvent:
    """Draw the map and return what was last done on it.

    `palette[code]` is a colour "#rrggbb". With `highlighted` rows the others are dimmed, and so is
    what lies outside a selection, unless a name is chosen; `hidden` codes are not drawn; `marked`
    rows carry a ring. The selection belongs to the hand; `select` changes it from Python. Without a
    theme the map follows Streamlit's. `legend` stands above the names that have no place, `file` is
    what pictures are called. `on_event` is called once for each event, before the script runs
    again.
    """
    if points.count != colours.count:
        raise ValueError(f"{points.count} points have {colours.count} colours")
    event = read_event(key)
    data = {
        "key": key,
        "script": f"{root_path()}/script/{map_script().name}",
        "plotly": f"{root_path()}/script/{plotly_script().name}",
        "points": asdict(points),
        "colours": asdict(colours),
        "texts": texts.url if texts else None,
        "lit": None if highlighted is None else asdict(publish_rows(highlighted, points.count)),
        **appearance(
            palette=palette,
            names=names,
            hidden=hidden,
            theme=theme,
            height=height,
            legend=legend,
            file=file,
            translate=translate,
        ),
        "marked": [int(row) for row in marked],
        "selection": {
            "kind": event.kind,
            "number": event.number,
            "outlines": [asdict(outline) for outline in event.outlines],
            "clicked": event.clicked,
        },
    }

    def changed() -> None:
        if on_event:
            on_event(read_event(key))

    _component()(key=key, data=data, **{f"on_{STATE}_change": changed})
    return read_event(key)


def read_event(key: str) -> MapEvent:
    """Return what was last done on the map of that key."""
    state = st.session_state.get(key)
    return MapEvent.from_state(state.get(STATE) if state else None)


def select(key: str, outlines: Iterable[Outline] = (), clicked: int | None = None) -> None:
    """Set the selection of the map of that key, or with nothing give it up; before it is drawn."""
    drawn = [
        {"corners": [[float(x), float(y)] for x, y in outline.corners], "takes": outline.takes}
        for outline in outlines
    ]
    last = read_event(key)
    state = {
        "kind": EventKind.CLEARED if not drawn and clicked is None else EventKind.SELECTED,
        "number": max(last.number + 1, time.time_ns() // 1_000_000),
        "outlines": drawn,
        "clicked": clicked,
    }
    MapEvent.from_state(state)
    st.session_state[key] = {STATE: state}


@cache
def _component() -> Callable[..., Any]:
    # Plotly puts its styles into the document's head, which a shadow root would not see.
    return st.components.v2.component("textlode_map", css=style(), js=LOADER, isolate_styles=False)
