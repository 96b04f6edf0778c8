"""What the colours of the map mean: topics, a column, a date, or the confidence."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.data import parse_dates
from core.project import Project
from core.steps import OpenMap, TopicView
from pages.ui.map_chart import MapName
from pages.ui.palette import SCALE, category
from pages.ui.words import _

TOPIC, CONFIDENCE = "topic", "confidence"
MOST_VALUES = 19
GREY = 65535
# From here on codes belong to names alone, which no point has.
LANDMARKS = 10_000


@dataclass(frozen=True)
class Colouring:
    """A code for each text, a colour for each code, and the names that stand on the map."""

    codes: npt.NDArray[np.uint16]
    palette: list[str]
    names: list[MapName]


def colour_choices(opened: Project) -> dict[str, str]:
    """Return what the map can be coloured by, with its title."""
    choices = {TOPIC: _("Topic"), CONFIDENCE: _("Confidence")}
    for role in ("label", "date"):
        if column := opened.state.roles.get(role):
            choices[f"{role}:{column}"] = column
    return choices


def colour_map(choice: str, opened: Project, opened_map: OpenMap, topics: TopicView) -> Colouring:
    """Return the colouring for a choice; topic names stand on the map in each."""
    codes, palette = _topic_codes(topics)
    names = _topic_names(topics, codes, opened_map.places)
    if choice == CONFIDENCE:
        codes = np.minimum(topics.confidence * len(SCALE), len(SCALE) - 1).astype(np.uint16)
        palette, names = list(SCALE), _bare(names, _bins(0.0, 1.0, "{:.1f}"))
    elif ":" in choice:
        role, column = choice.split(":", 1)
        cells = opened.table([column]).column(0).take(pa.array(opened_map.first_row))
        codes, palette, words = _dates(cells) if role == "date" else _values(cells)
        names = _bare(names, words)
    return Colouring(codes, palette, names)


def _topic_codes(topics: TopicView) -> tuple[npt.NDArray[np.uint16], list[str]]:
    ids = np.array([topic.id for topic in topics.topics], dtype=np.int64)
    order = np.argsort(ids)
    place = np.searchsorted(ids[order], topics.topic_of_unit)
    found = order[np.minimum(place, len(ids) - 1)] if len(ids) else place
    known = ids[found] == topics.topic_of_unit if len(ids) else place < 0
    codes = np.where(known, found, GREY).astype(np.uint16)
    return codes, [category(topic.colour) for topic in topics.topics]


def _topic_names(
    topics: TopicView, codes: npt.NDArray[np.uint16], places: npt.NDArray[np.float32]
) -> list[MapName]:
    names = []
    for code, topic in enumerate(topics.topics):
        members = places[codes == code]
        if len(members):
            x, y = np.median(members, axis=0)
            names.append(MapName(code, topic.name, float(x), float(y), float(topic.rows)))
    return names


def _bare(names: list[MapName], words: list[str]) -> list[MapName]:
    """Keep the topic names as landmarks, under codes that no point has, and name the real codes."""
    landmarks = [
        MapName(LANDMARKS + name.code, name.name, name.x, name.y, name.size) for name in names
    ]
    return landmarks + [MapName(code, word) for code, word in enumerate(words)]


def _values(cells: pa.ChunkedArray) -> tuple[npt.NDArray[np.uint16], list[str], list[str]]:
    """The most frequent values have a colour each; the rest is grey."""
    values = np.array([cell or "" for cell in cells.to_pylist()], dtype=object)
    found, counts = np.unique(values[values != ""].astype(str), return_counts=True)
    top = found[np.argsort(-counts, kind="stable")][:MOST_VALUES].tolist()
    place = {value: code for code, value in enumerate(top)}
    codes = np.array([place.get(value, GREY) for value in values], dtype=np.uint16)
    return codes, [category(code) for code in range(len(top))], top


def _dates(cells: pa.ChunkedArray) -> tuple[npt.NDArray[np.uint16], list[str], list[str]]:
    """Ten equal spans of time from the first date to the last; no date is grey."""
    times = np.asarray(parse_dates(cells).to_numpy(zero_copy_only=False), dtype="datetime64[D]")
    known = ~np.isnat(times)
    if not known.any():
        return np.full(len(times), GREY, dtype=np.uint16), [], []
    days = times.astype(np.int64)
    low, high = int(days[known].min()), int(days[known].max())
    step = max(1, high - low + 1) / len(SCALE)
    spans = np.minimum((days - low) / step, len(SCALE) - 1)
    codes = np.where(known, spans, GREY).astype(np.uint16)
    starts = [np.datetime64(int(low + i * step), "D") for i in range(len(SCALE))]
    return codes, list(SCALE), [_("from {date}", date=str(start)) for start in starts]


def _bins(low: float, high: float, form: str) -> list[str]:
    width = (high - low) / len(SCALE)
    return [
        f"{form.format(low + i * width)} - {form.format(low + (i + 1) * width)}"
        for i in range(len(SCALE))
    ]
