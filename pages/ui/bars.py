"""Bars with their names beside them in full: those of Streamlit's own charts are cut early."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd

LABEL_PIXELS = 320  # about 50 letters
BAR_PIXELS = 24


def draw_bars(
    frame: "pd.DataFrame", name: str, value: str, *, titles: tuple[str, str], colour: str = ""
) -> None:
    """Draw a horizontal bar for each line of a frame, in its order.

    `titles` are those of the names and of the values, `colour` a column of CSS colours.
    """
    colours = {"color": {"field": colour, "type": "nominal", "scale": None}} if colour else {}
    counted = {"tickMinStep": 1} if frame[value].dtype.kind in "iu" else {}
    names = {"labelLimit": LABEL_PIXELS, "labelOverlap": False}
    st.vega_lite_chart(
        frame,
        {
            "mark": {"type": "bar", "tooltip": True},
            "height": {"step": BAR_PIXELS},
            "encoding": {
                "y": {"field": name, "type": "nominal", "sort": None, "title": titles[0]}
                | {"axis": names},
                "x": {"field": value, "type": "quantitative", "title": titles[1]}
                | {"axis": counted},
                **colours,
            },
        },
    )
