"""How a map looks and speaks: colours, names, theme and words."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.i18n import N_

Theme = Literal["light", "dark"]

WORDS = {
    "map": N_("Map of the texts. Drag to select, scroll to zoom; Escape clears the selection."),
    "toolbar": N_("Map tools"),
    "lasso": N_("Draw around points"),
    "box": N_("Draw a box"),
    "pan": N_("Move the map"),
    "add": N_("Add to the selection (or hold Shift)"),
    "take": N_("Take from the selection (or hold Alt)"),
    "closer": N_("Closer"),
    "wider": N_("Wider"),
    "reset": N_("Show the whole map"),
    "png": N_("Save as PNG picture"),
    "svg": N_("Save as SVG picture"),
    "file": N_("map"),
    "waiting": N_("Loading the map …"),
    "empty": N_("No points to show."),
    "left_out": N_("Left out"),
    "fold": N_("Fold the legend"),
    "unfold": N_("Unfold the legend"),
    "beyond": N_("More texts lie further out: {n}. Show them"),
    "no_webgl": N_(
        "This browser does not draw WebGL, which the map needs. Turn on hardware acceleration "
        "or WebGL in its settings, or open the page in another browser."
    ),
    "not_loaded": N_("The map's data could not be loaded. Reload the page."),
}


@dataclass(frozen=True)
class MapName:
    """The name of a colour code and where it may stand; without a place it is in the legend.

    `places` (x, y) are where points of the code lie, the best first: the name stands on one of them
    or right beside it, or it is not shown. Where names are in each other's way, those `chosen` go
    first, then those `named` by a person, then those of size.
    """

    code: int
    name: str
    places: tuple[tuple[float, float], ...] = ()
    size: float = 1.0
    named: bool = False
    chosen: bool = False


def appearance(
    *,
    palette: Sequence[str],
    names: Iterable[MapName],
    hidden: Collection[int],
    theme: Theme | None,
    height: int,
    legend: str,
    file: str,
    translate: Callable[[str], str],
) -> dict[str, Any]:
    """Return what the browser is told about the looks of a map, in the reader's language."""
    return {
        "palette": list(palette),
        "names": [asdict(name) for name in names],
        "hidden": sorted(int(code) for code in hidden),
        "theme": theme,
        "height": height,
        "legend": legend,
        "file": file,
        "words": {name: translate(message) for name, message in WORDS.items()},
    }
