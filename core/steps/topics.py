"""The topics of a project as they stand: the tree cut to so many, and a person's edits upon it."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.explore import Clusters, describe_topics, left_out
from core.project import Event, Project
from core.steps.mapping import open_map

LEFT_OUT = -1
EMPTY = -2
# Topics that a person made of a selection are numbered above all nodes of a tree.
FIRST_MADE = 1 << 30
DEFAULT_LEFT_OUT = 0.05


@dataclass(frozen=True)
class Topic:
    """One topic. `rows` counts rows of the table; `examples` are texts that stand for it."""

    id: int
    name: str
    keywords: tuple[str, ...]
    rows: int
    colour: int
    examples: tuple[str, ...]
    named: bool


@dataclass(frozen=True)
class TopicView:
    """All topics of a project at one moment.

    `topic_of_unit` (texts,) holds topic ids, LEFT_OUT for those left out; `confidence` (texts,)
    in 0..1; `unit_of_row` (rows,) leads from rows to texts, negative for empty cells.
    """

    topics: tuple[Topic, ...]
    topic_of_unit: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float32]
    unit_of_row: npt.NDArray[np.int32]
    count: int
    most: int
    left_out_share: float

    @cached_property
    def topic_of_row(self) -> npt.NDArray[np.int64]:
        """The topic id of each row of the table; EMPTY where the row has no text."""
        found = self.topic_of_unit[self.unit_of_row]
        return np.where(self.unit_of_row < 0, EMPTY, found)

    @cached_property
    def by_id(self) -> dict[int, Topic]:
        return {topic.id: topic for topic in self.topics}

    @property
    def row_count(self) -> int:
        return len(self.unit_of_row)

    @property
    def left_out_rows(self) -> int:
        return int((self.topic_of_row == LEFT_OUT).sum())

    def names_of_rows(self) -> list[str]:
        """The topic's name of each row; empty where it is left out or has no text."""
        names = {topic.id: topic.name for topic in self.topics}
        return [names.get(topic, "") for topic in self.topic_of_row.tolist()]


def load_topics(project: Project) -> TopicView:
    """Return the topics as they stand now. Raises NotReady when there is no map yet."""
    clusters = project.current("clusters")
    state = project.state
    share = DEFAULT_LEFT_OUT if state.left_out_share is None else state.left_out_share
    edits = tuple(edit.number for edit in state.topic_edits)
    return _view(project.folder, clusters.key, state.topic_count, share, edits)


@lru_cache(maxsize=32)
def _view(
    folder: Path, key: str, count: int | None, share: float, edit_numbers: tuple[int, ...]
) -> TopicView:
    """Build the view; the numbers of the edits stand for them, as the log never changes."""
    project = Project.open(folder)
    opened = open_map(project, key)
    clusters = opened.clusters
    edits = tuple(edit for edit in project.history if edit.number in set(edit_numbers))
    count = count or clusters.suggested_topics
    topic_of_unit, given = assign_topics(clusters, count, share, edits)
    described = describe_topics(topic_of_unit, opened.terms, opened.vectors, opened.texts)
    names = _names_of_cut(folder, key, count) | given
    sizes = _rows_by_topic(topic_of_unit, opened.unit_of_row)
    topics = tuple(
        Topic(
            id=one.node,
            name=names.get(one.node, one.name),
            keywords=one.keywords,
            rows=sizes.get(one.node, 0),
            colour=_colour(clusters, one.node),
            examples=tuple(opened.texts[unit] for unit in one.examples),
            named=one.node in given,
        )
        for one in described
    )
    return TopicView(
        topics=tuple(sorted(topics, key=lambda topic: -topic.rows)),
        topic_of_unit=topic_of_unit,
        confidence=clusters.strength,
        unit_of_row=opened.unit_of_row,
        count=count,
        most=clusters.leaf_count,
        left_out_share=share,
    )


@lru_cache(maxsize=64)
def _names_of_cut(folder: Path, key: str, count: int) -> dict[int, str]:
    """Return the names of the topics before any edit: keywords set a topic apart from the others,
    so an edit of one would change the names of all.
    """
    opened = open_map(Project.open(folder), key)
    topic_of_unit = opened.clusters.cut(count)
    described = describe_topics(topic_of_unit, opened.terms, opened.vectors, opened.texts)
    return {one.node: one.name for one in described}


def assign_topics(
    clusters: Clusters, count: int, share: float, edits: tuple[Event, ...]
) -> tuple[npt.NDArray[np.int64], dict[int, str]]:
    """Return the topic of each text and the names that a person gave.

    The tree is cut to `count` topics, the edits are applied in their order, and last the `share`
    of texts with the least confidence is left out, unless a person put them into a topic.
    """
    topic = clusters.cut(count).astype(np.int64)
    names: dict[int, str] = {}
    placed = np.zeros(len(topic), dtype=bool)
    for edit in edits:
        values = edit.values
        match edit.kind:
            case "topic_renamed":
                names[values["topic"]] = values["name"]
            case "topics_merged":
                topic[np.isin(topic, values["topics"])] = values["topics"][0]
            case "topic_split":
                _split(topic, clusters, values["topic"])
            case "topic_made":
                made = FIRST_MADE + edit.number
                topic[values["units"]] = made
                placed[values["units"]] = True
                names[made] = values["name"]
    topic[left_out(clusters.strength, share) & ~placed] = LEFT_OUT
    return topic, names


def _split(topic: npt.NDArray[np.int64], clusters: Clusters, node: int) -> None:
    """Open a topic into the two that the tree made it of."""
    children = clusters.children(node)
    if children is None:
        return
    members = np.flatnonzero(topic == node)
    below = clusters.ancestor_among(members, children)
    topic[members] = below


def _rows_by_topic(
    topic_of_unit: npt.NDArray[np.int64], unit_of_row: npt.NDArray[np.int32]
) -> dict[int, int]:
    ids, counts = np.unique(topic_of_unit[unit_of_row[unit_of_row >= 0]], return_counts=True)
    return dict(zip(ids.tolist(), counts.tolist(), strict=True))


def _colour(clusters: Clusters, topic: int) -> int:
    """Made topics take colours from the end of the palette, tree topics those of their node."""
    return clusters.colour_rank(topic) if topic < FIRST_MADE else topic - FIRST_MADE
