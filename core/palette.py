"""The colours of topics and of scales, one place for the map, the tables and the report.

The forty are as far apart as an exchange search could set them: any two differ by at least 12.9 in
CAM02-UCS, by 8.0 to somebody who lacks the green or the red cones altogether, and by 10 from the
grey of what is left out; the first twenty by 14.7 and 8.9. Each has a contrast of 1.7 with a white
ground and with a dark one.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

COLOURS = (
    "#167ac8", "#f48500", "#7a2137", "#9bc8a6", "#b1a6d3", "#5916a6", "#a66f64", "#593759",
    "#9b4e00", "#c8c864", "#ff59a6", "#009b85", "#0000f4", "#b12c59", "#37bc6f", "#59d3c8",
    "#4e6485", "#37d3ff", "#6f7aff", "#9b000b", "#649bb1", "#0b4e43", "#7a8500", "#6fb1ff",
    "#b14ea6", "#004e7a", "#f42159", "#4e4eff", "#a6d300", "#9b85de", "#7a43a6", "#d36f85",
    "#90596f", "#90b143", "#ff370b", "#7a432c", "#7a6437", "#ff9085", "#214e0b", "#ffa6c8",
)  # fmt: skip
# What charts and columns of a table have: of fewer colours, any two differ more.
CATEGORIES = COLOURS[:20]
# Viridis from dark to light, in ten steps: its order is seen without colour too. Its ends are left
# out (0.2 to 0.95 of it), as the darkest is lost on a dark ground and the lightest on a light one.
SCALE = (
    "#404286", "#375a8c", "#2e708e", "#26838e", "#20988a", "#2bac80", "#46be6f", "#72cf56",
    "#a7db34", "#dde328",
)  # fmt: skip

# Without one kind of cones all colours lie nearer to each other; people who lack them are used to
# it, so a difference counts for more with them. The search for the forty had the same measure.
USED_TO_IT = 1.6


def category(colour: int | str) -> str:
    """Return the colour of a category: after forty they begin anew; one that was chosen stays."""
    return colour if isinstance(colour, str) else COLOURS[colour % len(COLOURS)]


@cache
def differences() -> npt.NDArray[np.float64]:
    """Return how much any two of the forty differ to whoever sees it least, float64 (40, 40).

    Distances in CAM02-UCS, for all cones and without the green or the red ones (Machado 2009), the
    latter times 1.6.
    """
    usual, *others = distances_as_seen(COLOURS)
    least: npt.NDArray[np.float64] = np.minimum.reduce([usual, *(USED_TO_IT * o for o in others)])
    return least


def distances_as_seen(colours: tuple[str, ...]) -> list[npt.NDArray[np.float64]]:
    """Return the distances between colours "#rrggbb" in CAM02-UCS, each float64 (k, k).

    To those who have all cones, then to those without the green and those without the red ones.
    """
    from colorspacious import cspace_convert

    channels = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours])
    seen = [channels]
    for lack in ("deuteranomaly", "protanomaly"):
        space = {"name": "sRGB1+CVD", "cvd_type": lack, "severity": 100}
        seen.append(np.clip(cspace_convert(channels, space, "sRGB1"), 0, 1))
    places = [cspace_convert(one, "sRGB1", "CAM02-UCS") for one in seen]
    return [np.linalg.norm(place[:, None] - place, axis=2) for place in places]
