"""The scripts of the map: Plotly's own, taken from the Python package, and ours."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
PARTS = (
    "columns",
    "levels",
    "names",
    "outlines",
    "picking",
    "figure",
    "pictures",
    "toolbar",
    "map",
)


@dataclass(frozen=True)
class Script:
    """One script with the name it is served under, which changes with its content."""

    name: str
    content: bytes

    @property
    def packed(self) -> bytes:
        """The script compressed once, where the server would compress it for every visitor."""
        return _packed(self.content)


@cache
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=6, mtime=0)


@cache
def plotly_script() -> Script:
    """Return the plotly.js that the installed Python package carries."""
    from plotly.offline import get_plotlyjs

    return _named("plotly", get_plotlyjs().encode())


@cache
def map_script() -> Script:
    """Return the map's modules joined into one, so that a page and a file load it alike.

    Their imports of each other serve the reader and fall away here; the order is that of `PARTS`.
    """
    return _named("map", "\n".join(_module(part) for part in PARTS).encode())


@cache
def style() -> str:
    """Return the map's style sheet."""
    return (FOLDER / "map.css").read_text("utf-8")


def _module(part: str) -> str:
    source = (FOLDER / "script" / f"{part}.js").read_text("utf-8")
    return re.sub(r'^import .*? from "\./\w+\.js";\n', "", source, flags=re.MULTILINE | re.DOTALL)


def _named(stem: str, content: bytes) -> Script:
    return Script(f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}.js", content)
