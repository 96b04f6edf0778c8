"""The topics of a project as they stand: the tree cut to so many, and a person's edits upon it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.explore import Clusters, TopicDescription, colours_of_tree, describe_topics, name_topics
from core.palette import differences
from core.project import Event, Project, ProjectState
from core.steps.given_names import names_from_other_levels
from core.steps.opened_map import open_map
from core.steps.topic_edits import (
    EMPTY,
    EXCLUDED,
    FIRST_MADE,
    LEFT_OUT,
    EditedTopics,
    apply_edits,
)

# What tells edits apart: a project that was deleted and made again numbers them from 1 anew.
Marks = tuple[tuple[int, str], ...]

DEFAULT_LEFT_OUT = 0.01
# These change what a topic is called, and not what it holds.
SAID_ONLY = frozenset({"topic_renamed", "topic_noted", "topic_coloured"})


@dataclass(frozen=True)
class Topic:
    """One topic. `rows` counts rows of the table; `examples` are texts that stand for it.

    `colour` is a place in the palette, or "#rrggbb" where a person chose another; `divisible`
    whether the tree has subtopics of it. `holds` are the names of topics that a person named where
    there were more topics, and that lie within this one.
    """

    id: int
    name: str
    keywords: tuple[str, ...]
    rows: int
    colour: int | str
    examples: tuple[str, ...]
    named: bool
    note: str = ""
    divisible: bool = True
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class TopicView:
    """All topics of a project at one moment, the largest first.

    `topic_of_unit` (texts,) holds topic ids, LEFT_OUT for those left out and EXCLUDED for those
    taken out of sight; `confidence` (texts,) in 0..1; `unit_of_row` (rows,) leads from rows to
    texts, negative for empty cells. `deleted_rows` of those left out were in a topic that a person
    deleted. `hidden_names` were given to topics that so many topics do not have; with
    `count_of_hidden` topics most of them are seen.
    """

    topics: tuple[Topic, ...]
    topic_of_unit: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float32]
    unit_of_row: npt.NDArray[np.int32]
    count: int
    most: int
    left_out_share: float
    deleted_rows: int = 0
    hidden_names: tuple[str, ...] = ()
    count_of_hidden: int = 0

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

    @property
    def excluded_rows(self) -> int:
        return int((self.topic_of_row == EXCLUDED).sum())

    @cached_property
    def fingerprint(self) -> str:
        """A hash of which text is in which topic, whatever the topics are called."""
        return hashlib.blake2b(self.topic_of_unit.tobytes(), digest_size=8).hexdigest()

    def names_of_rows(self) -> list[str]:
        """The topic's name of each row; empty where it is left out or has no text."""
        names = {topic.id: topic.name for topic in self.topics}
        return [names.get(topic, "") for topic in self.topic_of_row.tolist()]


def load_topics(project: Project) -> TopicView:
    """Return the topics as they stand now. Raises NotReady when there is no map yet."""
    return topics_of(project, project.current("clusters").key, project.state)


def topics_of(project: Project, clusters_key: str, state: ProjectState) -> TopicView:
    """Return the topics of a map as a state of the project has them."""
    share = share_left_out(state)
    edits = _marks(e for e in state.topic_edits if e.values["clusters"] == clusters_key)
    return _view(project.folder, clusters_key, state.topic_count, share, edits)


def share_left_out(state: ProjectState) -> float:
    """Return which share of the texts is left out at most: as it was set, else 1%."""
    return DEFAULT_LEFT_OUT if state.left_out_share is None else state.left_out_share


def kin_of(project: Project, view: TopicView, topic: int) -> tuple[Topic, ...]:
    """Return the topics that a topic parts from last, the largest first: together they are the
    next node up the tree. None for the last topic of all, and for one that a person drew.
    """
    parent = open_map(project).clusters.parent
    if topic >= len(parent):
        return ()
    above = {one.id: _nodes_above(parent, one.id) for one in view.topics if one.id < len(parent)}
    for node in _nodes_above(parent, topic):
        if kin := tuple(
            one for one in view.topics if one.id != topic and node in above.get(one.id, ())
        ):
            return kin
    return ()


def _nodes_above(parent: npt.NDArray[np.int32], node: int) -> list[int]:
    """Return the nodes that hold a node, the smallest first."""
    above = []
    while (node := int(parent[node])) >= 0:
        above.append(node)
    return above


@lru_cache(maxsize=32)
def _view(folder: Path, key: str, count: int | None, share: float, edit_marks: Marks) -> TopicView:
    """Build the view; the marks of the edits stand for them."""
    project = Project.open(folder)
    opened = open_map(project, key)
    clusters = opened.clusters
    edits = _edits(project, edit_marks)
    count = count or clusters.suggested_topics
    edited = apply_edits(clusters, count, share, edits)
    moving = _marks(edit for edit in edits if edit.kind not in SAID_ONLY)
    described = _described(folder, key, count, share, moving)
    rows = np.bincount(opened.unit_of_row[opened.unit_of_row >= 0], minlength=len(opened.texts))
    given = names_from_other_levels(clusters, edited, count, edits, rows)
    own = edited.names | given.kept
    names = _names_of_cut(folder, key, count) | own
    sizes = _rows_by_topic(edited.topic_of_unit, opened.unit_of_row)
    divisible = _divisible(edited.topic_of_unit, clusters)
    colours = _colours(folder, key, edited, [one.node for one in described])
    topics = tuple(
        Topic(
            id=one.node,
            name=names.get(one.node, one.name),
            keywords=one.keywords,
            rows=sizes.get(one.node, 0),
            colour=colours[one.node],
            examples=tuple(opened.texts[unit] for unit in one.examples),
            named=one.node in own,
            note=edited.notes.get(one.node, ""),
            divisible=one.node in divisible,
            holds=given.held.get(one.node, ()),
        )
        for one in described
    )
    return TopicView(
        topics=tuple(sorted(topics, key=lambda topic: -topic.rows)),
        topic_of_unit=edited.topic_of_unit,
        confidence=clusters.strength,
        unit_of_row=opened.unit_of_row,
        count=count,
        most=clusters.leaf_count,
        left_out_share=share,
        deleted_rows=_rows_among(edited.deleted & ~edited.excluded, opened.unit_of_row),
        hidden_names=given.hidden,
        count_of_hidden=given.level,
    )


def _marks(edits: Iterable[Event]) -> Marks:
    return tuple((edit.number, edit.at) for edit in edits)


def _edits(project: Project, marks: Marks) -> tuple[Event, ...]:
    wanted = set(marks)
    return tuple(edit for edit in project.history if (edit.number, edit.at) in wanted)


@lru_cache(maxsize=32)
def _described(
    folder: Path, key: str, count: int, share: float, edit_marks: Marks
) -> list[TopicDescription]:
    """Describe the topics that some edits lead to; a new name or colour describes nothing anew."""
    project = Project.open(folder)
    opened = open_map(project, key)
    edits = _edits(project, edit_marks)
    topic_of_unit = apply_edits(opened.clusters, count, share, edits).topic_of_unit
    names = _names_of_cut(folder, key, count)
    return describe_topics(topic_of_unit, opened.terms, opened.vectors, opened.texts, names=names)


@lru_cache(maxsize=64)
def _names_of_cut(folder: Path, key: str, count: int) -> dict[int, str]:
    """Return the names of the topics before any edit: a name sets a topic apart from the others,
    so an edit of one would change the names of all.
    """
    opened = open_map(Project.open(folder), key)
    topic_of_unit = opened.clusters.cut(count)
    return name_topics(topic_of_unit, opened.terms, opened.vectors, opened.texts)


@lru_cache(maxsize=16)
def _tree_colours(folder: Path, key: str) -> npt.NDArray[np.int32]:
    opened = open_map(Project.open(folder), key)
    return colours_of_tree(opened.clusters, opened.places, differences())


def _colours(
    folder: Path, key: str, edited: EditedTopics, topics: list[int]
) -> dict[int, int | str]:
    """The colours that were chosen or came from the map before, else those of the tree's nodes."""
    tree = _tree_colours(folder, key)
    own = {one: one - FIRST_MADE if one >= FIRST_MADE else int(tree[one]) for one in topics}
    return give_way(own, {one: edited.colours[one] for one in topics if one in edited.colours})


def give_way(own: dict[int, int], chosen: dict[int, int | str]) -> dict[int, int | str]:
    """Return a colour for each topic: the chosen one, else its own.

    One whose own colour was chosen for another takes one that those with a chosen colour left.
    """
    taken = set(chosen.values())
    left = [own[one] for one in chosen if one < FIRST_MADE and own[one] not in taken]
    colours: dict[int, int | str] = dict(chosen)
    for topic, colour in own.items():
        if topic not in chosen:
            colours[topic] = left.pop(0) if colour in taken and left else colour
    return colours


def _divisible(topic_of_unit: npt.NDArray[np.int64], clusters: Clusters) -> set[int]:
    """Return the topics that hold texts of more than one leaf of the tree."""
    # One number for a pair: sorting those is quick, sorting pairs is not.
    pairs = np.unique(topic_of_unit * clusters.leaf_count + clusters.leaf_of_unit)
    topics, leaves = np.unique(pairs // clusters.leaf_count, return_counts=True)
    return set(topics[leaves > 1].tolist())


def _rows_among(units: npt.NDArray[np.bool_], unit_of_row: npt.NDArray[np.int32]) -> int:
    """Return how many rows of the table have one of some texts."""
    return int(units[unit_of_row[unit_of_row >= 0]].sum())


def _rows_by_topic(
    topic_of_unit: npt.NDArray[np.int64], unit_of_row: npt.NDArray[np.int32]
) -> dict[int, int]:
    ids, counts = np.unique(topic_of_unit[unit_of_row[unit_of_row >= 0]], return_counts=True)
    return dict(zip(ids.tolist(), counts.tolist(), strict=True))
