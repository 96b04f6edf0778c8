"""A map of made-up topics, with what the map page does at each event and nothing else."""

import numpy as np
import streamlit as st

from core.explore import units_in_polygon
from core.palette import category
from pages.ui.map_chart import (
    MapName,
    map_chart,
    publish_colours,
    publish_points,
    publish_texts,
)

TOPICS = 60


@st.cache_resource
def topics(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Clouds of unequal width and size, an eighth of the rows left out."""
    numbers = np.random.default_rng(0)
    centres = numbers.normal(scale=10, size=(TOPICS, 2))
    shares = numbers.dirichlet(np.full(TOPICS, 2.0))
    codes = numbers.choice(TOPICS, size=rows, p=shares).astype(np.uint16)
    widths = numbers.uniform(0.3, 1.5, TOPICS)[codes][:, None]
    xy = (centres[codes] + widths * numbers.normal(size=(rows, 2))).astype(np.float32)
    codes[numbers.random(rows) < 0.125] = 65535
    return xy, codes, centres


st.set_page_config(layout="wide")
xy, codes, centres = topics(int(st.query_params.get("rows", "1000")))
recoloured = st.toggle("Recolour")
searching = st.toggle("Search")
colours = (codes % 7).astype(np.uint16) if recoloured else codes
sizes = np.bincount(codes[codes < TOPICS], minlength=TOPICS)
names = [
    MapName(
        code,
        f"topic {code}, with three words",
        (tuple(map(float, centres[code])),),
        float(sizes[code]),
    )
    for code in range(TOPICS)
]
left, right = st.columns([2, 1])
with left:
    event = map_chart(
        publish_points(xy),
        publish_colours(colours),
        [category(code) for code in range(TOPICS)],
        names,
        key="map",
        texts=publish_texts("made up", lambda row: f"the text of row {row}"),
        highlighted=np.arange(0, len(xy), 50) if searching else None,
    )
with right:
    inside = units_in_polygon(xy, event.outlines[0].corners).sum() if event.outlines else 0
    st.text(f"event {event.number}: {inside} rows")
