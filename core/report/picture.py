"""The map as a picture that any program shows and any printer prints: SVG, names and all."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

from core.explore.name_places import Places, places_of_names
from core.settings import SEED

WIDTH, HEIGHT, MARGIN = 1000, 620, 26
# More dots than these add bytes and no shape.
MOST_DOTS = 8_000
GREY = "#c3c9d0"
LARGEST_FONT, SMALLEST_FONT = 19, 12
WIDEST_LINE = 24
LINE = 1.18
# Percentiles of the places that are to be in the picture: those near each other, where the far ones
# would make them so much smaller.
ALL, NEAR = (0, 100), (0.3, 99.7)
SMALLER = 1.25
# Mean widths of characters as parts of the font size: Chinese ones are square.
NARROW, SQUARE = 0.66, 1.06


@dataclass(frozen=True)
class PicturedTopic:
    """A topic on the picture: `id` is its number in `topic_of_unit`, `rank` 1 is the largest."""

    id: int
    rank: int
    name: str
    colour: str
    rows: int


@dataclass(frozen=True)
class MapPicture:
    """An SVG element, and how many of all texts have a dot in it.

    `numbered` says whether some topics have their ranks there for want of room for their names.
    """

    svg: str
    dots: int
    texts: int
    numbered: bool = False


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: "_Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    @property
    def is_inside(self) -> bool:
        return (
            self.left >= 4
            and self.top >= 4
            and self.right <= WIDTH - 4
            and (self.bottom <= HEIGHT - 4)
        )


def draw_map(
    places: npt.NDArray[np.floating],
    topic_of_unit: npt.NDArray[np.integer],
    topics: Sequence[PicturedTopic],
    title: str = "",
    seed: int = SEED,
    ranks: bool = True,
) -> MapPicture:
    """Draw places (n, 2) as dots in the colours of their topics, grey where there is none.

    Beyond 8,000 texts the dots are a sample of them. A name without room gives way to its rank, or
    with no `ranks` to nothing.
    """
    known = np.flatnonzero(np.isfinite(places).all(axis=1))
    sample = known
    if len(known) > MOST_DOTS:
        chosen = np.random.default_rng(seed).choice(known, MOST_DOTS, replace=False)
        sample = np.sort(chosen)
    spots = _fit(places, known)
    colours = {topic.id: topic.colour for topic in topics}
    outside = sample[~np.isin(topic_of_unit[sample], list(colours))]
    layers = [_dots(spots[outside], GREY)] + [
        _dots(spots[sample[topic_of_unit[sample] == topic.id]], topic.colour) for topic in topics
    ]
    names, numbers = _names(spots, topic_of_unit, topics, ranks)
    svg = _element(layers, names + numbers, title, _dot_size(len(sample)))
    return MapPicture(svg, len(sample), len(places), bool(numbers))


def _element(layers: list[str], names: list[str], title: str, dot: float) -> str:
    label = f'<title id="map-title">{escape(title)}</title>' if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f"{' aria-labelledby=' + chr(34) + 'map-title' + chr(34) if title else ''}>{label}"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
        f'<g fill="none" stroke-width="{dot:g}" stroke-linecap="round" stroke-opacity="0.72">'
        f"{''.join(layers)}</g>"
        "<g font-family=\"system-ui, -apple-system, 'Segoe UI', 'Source Sans 3', 'Noto Sans', "
        "'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', "
        "'WenQuanYi Zen Hei', sans-serif\" "
        'font-weight="600" text-anchor="middle" fill="#12181f" stroke="#ffffff" '
        'stroke-width="4" stroke-linejoin="round" paint-order="stroke">'
        f"{''.join(names)}</g></svg>"
    )


def _fit(places: npt.NDArray[np.floating], known: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Scale places into the picture, both axes alike, up being up.

    As on the page, the few that lie far from all others do not make those small: they stand at the
    edge.
    """
    spots = np.full(places.shape, np.nan)
    if not len(known):
        return spots
    room = np.array([WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN])
    ends = [np.percentile(places[known], sides, axis=0) for sides in (ALL, NEAR)]
    scales = [(room / np.maximum(high - low, 1e-9)).min() for low, high in ends]
    which = int(scales[1] > SMALLER * scales[0])
    (low, high), scale = ends[which], scales[which]
    middle = np.array([WIDTH / 2, HEIGHT / 2])
    spots[known] = (places[known] - (low + high) / 2) * scale * [1, -1] + middle
    spots[known] = np.clip(spots[known], MARGIN / 2, 2 * middle - MARGIN / 2)
    return spots


def _dot_size(count: int) -> float:
    return round(float(np.clip(11 - 1.8 * np.log10(max(count, 1)), 4.0, 9.0)), 1)


def _dots(spots: npt.NDArray[np.float64], colour: str) -> str:
    if not len(spots):
        return ""
    path = "".join(f"M{x} {y}h0" for x, y in spots.round().astype(int).tolist())
    return f'<path stroke="{colour}" d="{path}"/>'


def _names(
    spots: npt.NDArray[np.float64],
    topic_of_unit: npt.NDArray[np.integer],
    topics: Sequence[PicturedTopic],
    ranks: bool,
) -> tuple[list[str], list[str]]:
    """Place the names, the largest topic first, none touching another; ranks where none fits."""
    largest = max((topic.rows for topic in topics), default=1) or 1
    anchors = _anchors(spots, topic_of_unit, topics)
    taken: list[_Box] = []
    names: list[str] = []
    numbers: list[str] = []
    for topic in sorted(topics, key=lambda topic: topic.rank):
        size = SMALLEST_FONT + (LARGEST_FONT - SMALLEST_FONT) * (topic.rows / largest) ** 0.5
        ways = [(_lines(topic.name), size, names), ([str(topic.rank)], SMALLEST_FONT, numbers)]
        for lines, font, drawn in ways[: 2 if ranks else 1]:
            boxes = (_free_box(lines, font, x, y, taken) for x, y in anchors[topic.id])
            box = next(filter(None, boxes), None)
            if box is not None:
                taken.append(box)
                drawn.append(_text(lines, font, box))
                break
    return names, numbers


def _anchors(
    spots: npt.NDArray[np.float64],
    topic_of_unit: npt.NDArray[np.integer],
    topics: Sequence[PicturedTopic],
) -> dict[int, Places]:
    """Return the places of each topic's name, as on the page: among its own dots, best first."""
    codes = np.full(len(topic_of_unit), len(topics))
    for code, topic in enumerate(topics):
        codes[topic_of_unit == topic.id] = code
    found = places_of_names(codes, len(topics), spots)
    return {topic.id: places for topic, places in zip(topics, found, strict=True)}


def _free_box(lines: list[str], font: float, x: float, y: float, taken: list[_Box]) -> _Box | None:
    """Return the box nearest to a place where a name touches no other."""
    width = max(map(_width, lines)) * font + 6
    height = len(lines) * font * LINE + 4
    steps = (0, -0.6, 0.6, -1.1, 1.1)
    offsets = sorted(
        ((a * width / 2, b * height) for a in steps for b in steps),
        key=lambda offset: offset[0] ** 2 + offset[1] ** 2,
    )
    # What would leave the picture is moved back into it.
    for dx, dy in offsets:
        left = min(max(x + dx - width / 2, 4), WIDTH - 4 - width)
        top = min(max(y + dy - height / 2, 4), HEIGHT - 4 - height)
        box = _Box(left, top, left + width, top + height)
        if box.is_inside and not any(box.touches(other) for other in taken):
            return box
    return None


def _text(lines: list[str], font: float, box: _Box) -> str:
    middle = round((box.left + box.right) / 2, 1)
    spans = "".join(
        f'<tspan x="{middle:g}" y="{box.top + 2 + (place + 0.86) * font * LINE:.1f}">'
        f"{escape(line)}</tspan>"
        for place, line in enumerate(lines)
    )
    return f'<text font-size="{font:.1f}">{spans}</text>'


def _width(line: str) -> float:
    return sum(SQUARE if char > "\u2e7f" else NARROW for char in line)


def _lines(name: str) -> list[str]:
    """Break a long name in two at the blank nearest to its middle; cut what is longer still."""
    widest = WIDEST_LINE * NARROW
    if _width(name) <= widest:
        return [name]
    blanks = [place for place, char in enumerate(name) if char in " 、，"]
    if not blanks:
        return [_cut(name, widest)]
    middle = min(blanks, key=lambda place: abs(place - len(name) / 2))
    return [_cut(name[: middle + 1].rstrip(), widest), _cut(name[middle + 1 :], widest)]


def _cut(line: str, widest: float) -> str:
    if _width(line) <= 1.4 * widest:
        return line
    while _width(line) > 1.4 * widest - SQUARE:
        line = line[:-1]
    return line.rstrip() + "…"
