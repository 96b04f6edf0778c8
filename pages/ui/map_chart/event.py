"""What a person did on the map."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Polygon = tuple[tuple[float, float], ...]
CORNERS_AT_MOST = 5_000
OUTLINES_AT_MOST = 100


class EventKind(StrEnum):
    """The last thing done."""

    NOTHING = "nothing"
    SELECTED = "selected"
    CLICKED = "clicked"
    NAMED = "named"
    CLEARED = "cleared"


@dataclass(frozen=True)
class Outline:
    """The corners of an outline in the coordinates of the points, read by the even-odd rule.

    What is inside is selected, or with `takes` no longer selected.
    """

    corners: Polygon
    takes: bool = False


@dataclass(frozen=True)
class MapEvent:
    """The selection as it stands, and what was done last.

    `outlines` are what was drawn, each to be applied after the one before; `clicked` the row whose
    point was clicked; `topic` the code whose name was clicked. `number` grows with every event of a
    session.
    """

    kind: EventKind = EventKind.NOTHING
    number: int = 0
    outlines: tuple[Outline, ...] = ()
    clicked: int | None = None
    topic: int | None = None

    @property
    def cleared(self) -> bool:
        """Whether the selection was given up last."""
        return self.kind is EventKind.CLEARED

    @classmethod
    def from_state(cls, state: Any) -> "MapEvent":
        """Read what the browser sent; None is no event. Raises ValueError for anything else."""
        if state is None:
            return cls()
        if not isinstance(state, dict):
            raise ValueError(f"a map event is an object, not {type(state).__name__}")
        return cls(
            kind=EventKind(state.get("kind", EventKind.NOTHING)),
            number=_whole(state.get("number")) or 0,
            outlines=_outlines(state.get("outlines")),
            clicked=_whole(state.get("clicked")),
            topic=_whole(state.get("topic")),
        )


def _outlines(outlines: Any) -> tuple[Outline, ...]:
    if outlines is None:
        return ()
    if not isinstance(outlines, list) or len(outlines) > OUTLINES_AT_MOST:
        raise ValueError(f"a selection is a list of up to {OUTLINES_AT_MOST} outlines")
    if not all(isinstance(outline, dict) for outline in outlines):
        raise ValueError("an outline is an object with corners")
    return tuple(
        Outline(_polygon(outline.get("corners")), bool(outline.get("takes")))
        for outline in outlines
    )


def _polygon(corners: Any) -> Polygon:
    if not isinstance(corners, list) or not 3 <= len(corners) <= CORNERS_AT_MOST:
        raise ValueError(f"an outline is a list of 3 to {CORNERS_AT_MOST} corners")
    return tuple(_corner(corner) for corner in corners)


def _corner(corner: Any) -> tuple[float, float]:
    if not isinstance(corner, list) or len(corner) != 2:
        raise ValueError("a corner is a pair of numbers")
    x, y = (float(value) for value in corner)
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("a corner is a pair of finite numbers")
    return x, y


def _whole(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError(f"a whole number was expected, not {value!r}")
    if value < 0:
        raise ValueError(f"a number of a row or a topic is not negative: {value!r}")
    return int(value)
