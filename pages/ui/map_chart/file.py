"""The map as one HTML page."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from html import escape

from numpy.typing import ArrayLike

from pages.ui.map_chart.appearance import MapName, Theme, appearance
from pages.ui.map_chart.assets import map_script, plotly_script, style
from pages.ui.map_chart.published import as_codes, as_pairs
from pages.ui.map_chart.routes import TEXT_LENGTH, shorten

FILE = """<!doctype html>
<html lang="%%LANGUAGE%%">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%%TITLE%%</title>
<style>
html, body { margin: 0; height: 100%; background: %%BACKGROUND%%; }
body { font-family: system-ui, sans-serif; }
#map > .textlode-map { height: 100vh !important; border-radius: 0; }
%%STYLE%%
</style>
</head>
<body>
<div id="map"></div>
<script>%%PLOTLY%%</script>
<script type="module">%%MAP%%
showMap(document.getElementById("map"), %%DATA%%, null);
</script>
</body>
</html>
"""


def map_html(
    xy: ArrayLike,
    codes: ArrayLike,
    palette: Sequence[str],
    names: Iterable[MapName] = (),
    *,
    title: str,
    texts: Sequence[str] | None = None,
    text_length: int = TEXT_LENGTH,
    theme: Theme = "light",
    language: str = "en",
    translate: Callable[[str], str] = str,
) -> str:
    """Return the map as one HTML page that opens without a server or a network.

    It holds plotly.js (5 MB), 12 bytes a row, and the texts cut to `text_length` characters.
    """
    pairs, column = as_pairs(xy), as_codes(codes)
    data = {
        "key": "file",
        "plotly": None,
        "points": {"url": _inline(pairs.tobytes()), "count": len(pairs)},
        "colours": {"url": _inline(column.tobytes()), "bytes": column.itemsize},
        "texts": None if texts is None else [shorten(text, text_length) for text in texts],
        "lit": None,
        **appearance(
            palette=palette,
            names=names,
            hidden=(),
            theme=theme,
            height=0,
            legend="",
            file=title,
            translate=translate,
        ),
        "marked": [],
        "selection": {"kind": "nothing", "number": 0, "outlines": [], "clicked": None},
    }
    values = {
        "TITLE": escape(title),
        "LANGUAGE": language.replace("_", "-"),
        "STYLE": style(),
        "BACKGROUND": "#ffffff" if theme == "light" else "#0e1117",
        "PLOTLY": _in_script(plotly_script().content.decode()),
        "MAP": _in_script(map_script().content.decode()),
        "DATA": json.dumps(data, ensure_ascii=True).replace("<", "\\u003c"),
    }
    parts = FILE.split("%%")
    # Every odd part is the name of a value; a value is never searched for names.
    return "".join(values[part] if i % 2 else part for i, part in enumerate(parts))


def _inline(content: bytes) -> str:
    return f"data:application/octet-stream;base64,{base64.b64encode(content).decode()}"


def _in_script(source: str) -> str:
    """Keep a script from ending its element; within strings and regexes the two mean the same."""
    return source.replace("</script", "<\\/script").replace("<!--", "<\\!--")
