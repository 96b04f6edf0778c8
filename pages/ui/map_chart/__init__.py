"""The map: WebGL points with names on them, a lasso, a search that dims, and pictures to take away.

A page publishes columns to the browser and draws the map from their handles::

    points = publish_points(xy)                    # float32 (n, 2), NaN for rows without a place
    colours = publish_colours(codes)               # uint8 or uint16 (n,); 255 or 65535 is grey
    texts = publish_texts(name, read)              # read(row) -> text, for the hover
    event = map_chart(points, colours, palette, names, key="map", texts=texts,
                      highlighted=rows, hidden=codes, on_event=callback)
    event.outlines, event.clicked, event.topic, event.kind      # what the hand did; read_event(key)
    select("map", [Outline(corners)])              # the selection set from Python, or given up
    page = map_html(xy, codes, palette, names, title=..., texts=...)   # one file, no server

and the application mounts what serves them: `st.App("pages/shell.py", routes=routes())`. Publishing
the same content again gives the same address; an address cannot be guessed, and lives as long as
the process or until half a gigabyte of newer columns has pushed it out.

In the browser (`script/`, joined by `assets`): `columns` fetches and shuffles, `levels` chooses
what is drawn, `names` places the names, `outlines` says what is inside, `picking` finds the point
under the pointer, `figure` says it to Plotly, `pictures` exports, `toolbar` holds the buttons, and
`map` ties them to the hand.
"""

from pages.ui.map_chart.appearance import MapName
from pages.ui.map_chart.chart import map_chart, read_event, select
from pages.ui.map_chart.event import EventKind, MapEvent, Outline
from pages.ui.map_chart.file import map_html
from pages.ui.map_chart.published import (
    ColoursHandle,
    PointsHandle,
    TextsHandle,
    publish_colours,
    publish_points,
    publish_texts,
)
from pages.ui.map_chart.routes import routes

__all__ = [
    "ColoursHandle",
    "EventKind",
    "MapEvent",
    "MapName",
    "Outline",
    "PointsHandle",
    "TextsHandle",
    "map_chart",
    "map_html",
    "publish_colours",
    "publish_points",
    "publish_texts",
    "read_event",
    "routes",
    "select",
]
