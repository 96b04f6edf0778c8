"""A page with a map of made-up points, and with what the map said in plain words."""

from dataclasses import replace

import numpy as np
import streamlit as st

from pages.ui.map_chart import (
    MapEvent,
    MapName,
    Outline,
    map_chart,
    publish_colours,
    publish_points,
    publish_texts,
    select,
)

PALETTE = ["#3366cc", "#dd8822", "#22aa66", "#aa3377"]
CORNERS = np.array([[0, 0], [100, 0], [100, 60], [0, 60]])

st.set_page_config(layout="wide")
rows = int(st.query_params.get("rows", "400"))
numbers = np.random.default_rng(0)
codes = (np.arange(rows) % 4).astype(np.uint8)
xy = (CORNERS[codes] + numbers.normal(scale=4, size=(rows, 2))).astype(np.float32)
if "far" in st.query_params:
    xy[0] = (2_000, 0)
names = [
    MapName(code, f"topic {code} <b>退款</b>", (tuple(map(float, CORNERS[code])),), size=rows / 4)
    for code in sorted({int(code) for code in codes})
]
if "legend" in st.query_params:
    places = [MapName(100 + name.code, name.name, name.places) for name in names]
    names = [*places, *(MapName(code, f"value {code} <i>") for code in range(4))]
stands_out = st.checkbox("Name")
if stands_out:
    names = [replace(name, chosen=name.code == 2) for name in names]
if st.button("Recolour"):
    st.session_state["turned"] = not st.session_state.get("turned", False)
if st.button("Forget"):
    select("map")
if st.button("Choose") or ("chosen" in st.query_params and "map" not in st.session_state):
    select("map", [Outline(((85, 45), (115, 45), (115, 75), (85, 75)))], clicked=2)
away = st.checkbox("Away")
palette = PALETTE[::-1] if st.session_state.get("turned") else PALETTE
searching = st.checkbox("Search")
found = np.arange(0, rows, 3) if searching else None
log = st.session_state.setdefault("log", [])


def remember(event: MapEvent) -> None:
    log.append(event.kind.value)


if away:
    st.text("The map is elsewhere.")
    st.stop()
event = map_chart(
    publish_points(xy),
    publish_colours(codes),
    palette,
    names,
    key="map",
    texts=publish_texts("trial", lambda row: f"text of row {row} <script>alert(1)</script>"),
    highlighted=np.flatnonzero(codes == 2) if stands_out else found,
    hidden=[3] if "hidden" in st.query_params else [],
    legend="values" if "legend" in st.query_params else "",
    theme="dark" if "dark" in st.query_params else None,
    on_event=remember,
)
near = 0
polygon = event.outlines[0].corners if event.outlines else ()
if polygon:
    low, high = np.min(polygon, axis=0), np.max(polygon, axis=0)
    near = int(((xy >= low) & (xy <= high)).all(axis=1).sum())
st.text(f"events: {' '.join(log)}.")
st.text(f"corners: {len(polygon)}. near: {near}.")
signs = ["-" if outline.takes else "+" for outline in event.outlines]
st.text(f"outlines: {''.join(signs)}.")
st.text(f"clicked: {event.clicked}. topic: {event.topic}.")
