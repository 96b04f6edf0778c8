"""What the colours of the map mean: topics, a column, or the confidence."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.data import ColumnType
from core.data.dates import parse_days
from core.data.groups import (
    NO_DATE,
    NO_NUMBER,
    NO_VALUE,
    OTHER,
    OTHERS,
    group_numbers,
    group_values,
    range_names,
)
from core.explore import places_of_names
from core.palette import SCALE, category
from core.project import Project
from core.steps import OpenMap, TopicView, column_kinds
from core.steps.topic_edits import EXCLUDED
from pages.ui.columns import column_titles
from pages.ui.map_chart import MapName
from pages.ui.words import _

TOPIC, CONFIDENCE = "topic", "confidence"
COLUMN = "column:"
MOST_VALUES = 19
GREY = 65535
REST = "#9a9a9a"  # what the legend shows for points without a colour
HIDDEN = 65534
# From here on codes belong to names alone, which no point has.
LANDMARKS = 10_000


@dataclass(frozen=True)
class Colouring:
    """A code for each text, a colour for each code, the names on the map, the legend's title."""

    codes: npt.NDArray[np.uint16]
    palette: list[str]
    names: list[MapName]
    legend: str = ""


def colour_choices(opened: Project) -> dict[str, str]:
    """Return what the map can be coloured by, with its title."""
    title_of = column_titles(opened)
    columns = {f"{COLUMN}{name}": title_of(name) for name in column_kinds(opened)}
    return {TOPIC: _("Topic"), CONFIDENCE: _("Confidence"), **columns}


def colour_map(
    choice: str,
    opened: Project,
    opened_map: OpenMap,
    topics: TopicView,
    chosen: Collection[int] = (),
) -> Colouring:
    """Return the colouring for a choice; topic names stand on the map in each.

    The names of the `chosen` topics stand out.
    """
    codes, palette = _topic_codes(topics)
    clusters = opened.current("clusters").key
    names = _topic_names(topics, codes, opened_map.places, chosen, clusters)
    legend = ""
    if choice == CONFIDENCE:
        legend = _("Confidence")
        codes = np.minimum(topics.confidence * len(SCALE), len(SCALE) - 1).astype(np.uint16)
        palette, names = list(SCALE), _bare(names, _confidence_names())
    elif kept := _chosen_column(choice, opened):
        codes, palette, names = kept.codes, kept.palette, _bare(names, _worded(kept))
        legend = column_titles(opened)(choice.removeprefix(COLUMN))
        if (codes == GREY).any():
            names.append(MapName(GREY, _(kept.rest)))
    hidden = topics.topic_of_unit == EXCLUDED
    return Colouring(np.where(hidden, HIDDEN, codes).astype(np.uint16), palette, names, legend)


def legend_of(choice: str, opened: Project) -> list[tuple[str, str]]:
    """Return each colour of the map with what it means, where it does not stand for a topic."""
    if choice == CONFIDENCE:
        return list(zip(SCALE, _confidence_names(), strict=True))
    kept = _chosen_column(choice, opened)
    if kept is None:
        return []
    rest = [(REST, _(kept.rest))] if (kept.codes == GREY).any() else []
    return [*zip(kept.palette, _worded(kept), strict=True), *rest]


def _confidence_names() -> list[str]:
    return range_names(np.linspace(0, 1, len(SCALE) + 1))


def _topic_codes(topics: TopicView) -> tuple[npt.NDArray[np.uint16], list[str]]:
    ids = np.array([topic.id for topic in topics.topics], dtype=np.int64)
    order = np.argsort(ids)
    place = np.searchsorted(ids[order], topics.topic_of_unit)
    found = order[np.minimum(place, len(ids) - 1)] if len(ids) else place
    known = ids[found] == topics.topic_of_unit if len(ids) else place < 0
    codes = np.where(known, found, GREY).astype(np.uint16)
    return codes, [category(topic.colour) for topic in topics.topics]


@dataclass(frozen=True)
class _Points:
    """Points with the codes of their topics, told apart by their map and its topics."""

    key: tuple[str | int, ...]
    codes: npt.NDArray[np.uint16] = field(compare=False)
    places: npt.NDArray[np.float32] = field(compare=False)


@lru_cache(maxsize=4)
def _places_of_names(points: _Points) -> list[tuple[tuple[float, float], ...]]:
    """Find places anew only for other topics: with a million points that takes a tenth of a second.

    The first two parts of the key are no topics.
    """
    return places_of_names(points.codes, len(points.key) - 2, points.places)


def _topic_names(
    topics: TopicView,
    codes: npt.NDArray[np.uint16],
    places: npt.NDArray[np.float32],
    chosen: Collection[int],
    clusters: str,
) -> list[MapName]:
    key = (clusters, topics.fingerprint, *(topic.id for topic in topics.topics))
    found = _places_of_names(_Points(key, codes, places))
    return [
        MapName(code, topic.name, found[code], float(topic.rows), topic.named, topic.id in chosen)
        for code, topic in enumerate(topics.topics)
        if found[code]
    ]


def _bare(names: list[MapName], words: list[str]) -> list[MapName]:
    """Keep the topic names as landmarks, under codes that no point has, and name the real codes."""
    landmarks = [replace(name, code=LANDMARKS + name.code) for name in names]
    return landmarks + [MapName(code, word) for code, word in enumerate(words)]


# -- columns: read once for a map, as a recolouring should not wait for a file


@dataclass(frozen=True)
class ColumnColours:
    """The codes of a column, their colours, and what the codes stand for, in no language yet.

    `rest` is the message that says what has no colour.
    """

    codes: npt.NDArray[np.uint16]
    palette: list[str]
    values: tuple[str, ...]
    kind: ColumnType
    rest: str


def _chosen_column(choice: str, opened: Project) -> ColumnColours | None:
    """Return the column that a choice names; None where it names none that is there."""
    column = choice.removeprefix(COLUMN)
    if choice == column or column not in (kinds := column_kinds(opened)):
        return None
    return _of_column(opened.folder, opened.current("vectors").key, column, kinds[column])


@lru_cache(maxsize=16)
def _of_column(folder: Path, vectors_key: str, column: str, kind: ColumnType) -> ColumnColours:
    project = Project.open(folder)
    vectors = project.artifacts.open(vectors_key)
    table = project.artifacts.open(vectors.inputs["table"]).table("table", [column])
    cells = table.column(0).take(pa.array(vectors.array("first_row")))
    colours = {ColumnType.NUMBER: _numbers, ColumnType.DATE: _dates}.get(kind, _values)
    return colours(cells)


def _worded(colours: ColumnColours) -> list[str]:
    if colours.kind == ColumnType.DATE:
        return [_("from {date}", date=start) for start in colours.values]
    return list(colours.values)


def _values(cells: pa.ChunkedArray) -> ColumnColours:
    """The most frequent values have a colour each; the rest is grey."""
    groups = group_values(cells, MOST_VALUES)
    palette = [category(code) for code in range(len(groups.names))]
    rest = OTHERS if OTHER in groups.codes else NO_VALUE
    return ColumnColours(_grey_rest(groups.codes), palette, groups.names, groups.kind, rest)


def _numbers(cells: pa.ChunkedArray) -> ColumnColours:
    """Up to ten groups with as many texts each, from low to high; what is no number is grey."""
    groups = group_numbers(cells, len(SCALE))
    steps = np.linspace(0, len(SCALE) - 1, len(groups.names)).round().astype(int)
    palette = [SCALE[step] for step in steps]
    return ColumnColours(_grey_rest(groups.codes), palette, groups.names, groups.kind, NO_NUMBER)


def _dates(cells: pa.ChunkedArray) -> ColumnColours:
    """Ten equal spans of time from the first date to the last; no date is grey."""
    times = parse_days(cells)
    known = ~np.isnat(times)
    if not known.any():
        return ColumnColours(np.full(len(times), GREY, np.uint16), [], (), ColumnType.DATE, NO_DATE)
    days = times.astype(np.int64)
    low, high = int(days[known].min()), int(days[known].max())
    step = max(1, high - low + 1) / len(SCALE)
    spans = np.minimum((days - low) / step, len(SCALE) - 1)
    codes = np.where(known, spans, GREY).astype(np.uint16)
    starts = [np.datetime64(int(low + i * step), "D") for i in range(len(SCALE))]
    return ColumnColours(codes, list(SCALE), tuple(map(str, starts)), ColumnType.DATE, NO_DATE)


def _grey_rest(codes: npt.NDArray[np.int16]) -> npt.NDArray[np.uint16]:
    return np.where(codes < 0, GREY, codes).astype(np.uint16)
