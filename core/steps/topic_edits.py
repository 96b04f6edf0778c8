"""What a person did to the topics, applied to the tree: names, merges, splits, what goes."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from core.explore import Clusters, left_out
from core.project import Event

LEFT_OUT = -1
EMPTY = -2
EXCLUDED = -3
# Topics that are no node of the tree are numbered above all nodes.
FIRST_MADE = 1 << 30


@dataclass
class EditedTopics:
    """The topic of each text, int64 (n,), and what a person said of topics, by topic id.

    `deleted` and `excluded` bool (n,) mark texts that were taken out of all topics, `placed` those
    that a person put into one; `shaped` are the topics whose rows a person chose, by making them,
    by a merge or a split.
    """

    topic_of_unit: npt.NDArray[np.int64]
    deleted: npt.NDArray[np.bool_]
    excluded: npt.NDArray[np.bool_]
    placed: npt.NDArray[np.bool_]
    names: dict[int, str] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    colours: dict[int, int | str] = field(default_factory=dict)
    shaped: set[int] = field(default_factory=set)

    @property
    def said(self) -> dict[str, dict[int, Any]]:
        """What a person said of topics, by the kind of it."""
        return {"name": self.names, "note": self.notes, "colour": self.colours}

    @classmethod
    def from_cut(cls, clusters: Clusters, count: int) -> "EditedTopics":
        topic = clusters.cut(count).astype(np.int64)
        nothing = np.zeros(len(topic), dtype=bool)
        return cls(topic, nothing, nothing.copy(), nothing.copy())


def apply_edits(
    clusters: Clusters, count: int, share: float, edits: tuple[Event, ...]
) -> EditedTopics:
    """Return the topics after all edits.

    The tree is cut to `count` topics, the edits are applied in their order, and last at most a
    `share` of the texts is left out, those with the least confidence, unless a person put them into
    a topic. An edit of a topic holds in finer cuts for all that is below it, and in coarser ones
    waits or, where texts were taken out, keeps them out.
    """
    edited = EditedTopics.from_cut(clusters, count)
    for edit in edits:
        _apply(edited, clusters, edit)
    topic = edited.topic_of_unit
    out = edited.deleted | (left_out(clusters.strength, share) & ~edited.placed)
    topic[out] = LEFT_OUT
    topic[edited.excluded] = EXCLUDED
    return edited


def made_id(number: int, part: int = 0) -> int:
    """Return the id of a topic that an edit made; an edit may make several."""
    return FIRST_MADE + number + (part << 32)


def common_node(clusters: Clusters, leaves: npt.NDArray[np.integer]) -> int:
    """Return the lowest node of the tree that holds all of some leaves."""
    nodes = {int(leaf) for leaf in np.unique(leaves)}
    while len(nodes) > 1:
        # A parent has a higher number than its children, so the lowest node is below the answer.
        lowest = min(nodes)
        nodes.remove(lowest)
        nodes.add(int(clusters.parent[lowest]))
    return nodes.pop()


def _apply(edited: EditedTopics, clusters: Clusters, edit: Event) -> None:
    values = edit.values
    match edit.kind:
        case "topic_renamed":
            edited.names[values["topic"]] = values["name"]
        case "topic_noted":
            edited.notes[values["topic"]] = values["note"]
        case "topic_coloured":
            edited.colours[values["topic"]] = values["colour"]
        case "topics_merged":
            _merge(edited, clusters, values["topics"])
        case "topic_split":
            _split(edited, clusters, edit)
        case "topic_made":
            _make(edited, made_id(edit.number), values)
        case "topic_deleted":
            edited.deleted |= _shown_texts_of(edited, clusters, values)
        case "topic_excluded":
            edited.excluded |= _shown_texts_of(edited, clusters, values)
        case "units_excluded":
            edited.excluded[values["units"]] = True
        case "units_returned":
            edited.excluded[values["units"]] = False
        case "topics_carried":
            _carry(edited, clusters, edit)


def _make(edited: EditedTopics, topic: int, values: dict[str, Any]) -> None:
    units = values["units"]
    edited.topic_of_unit[units] = topic
    edited.placed[units] = True
    edited.deleted[units] = False
    edited.shaped.add(topic)
    edited.names[topic] = values["name"]
    if "colour" in values:
        edited.colours[topic] = values["colour"]
    if values.get("note"):
        edited.notes[topic] = values["note"]


def _carry(edited: EditedTopics, clusters: Clusters, edit: Event) -> None:
    """Give topics what the matching ones of the map before had, and shape them as those were."""
    values = edit.values
    for one in values["topics"]:
        _say(edited, one["topic"], one)
    for one in values.get("merged", []):
        _merge(edited, clusters, one["topics"])
        _say(edited, one["topics"][0], one)
    edited.deleted[values.get("deleted", [])] = True
    edited.excluded[values["excluded"]] = True
    for part, made in enumerate(values["made"]):
        _make(edited, made_id(edit.number, part), made)


def _say(edited: EditedTopics, topic: int, inherited: dict[str, Any]) -> None:
    for kind, said in edited.said.items():
        if kind in inherited:
            said[topic] = inherited[kind]
    if inherited.get("shaped"):
        edited.shaped.add(topic)


def _merge(edited: EditedTopics, clusters: Clusters, topics: list[int]) -> None:
    held = [_is_within(edited, clusters, topic) for topic in topics]
    present = [mask for mask in held if mask.any()]
    if len(present) > 1:
        edited.topic_of_unit[np.logical_or.reduce(present)] = topics[0]
        edited.shaped.add(topics[0])


def _split(edited: EditedTopics, clusters: Clusters, edit: Event) -> None:
    """Open a topic into the two that the tree has next below what it holds."""
    topic = edit.values["topic"]
    members = np.flatnonzero(edited.topic_of_unit == topic)
    leaves = clusters.leaf_of_unit[members]
    parts = clusters.children(common_node(clusters, leaves)) if len(members) else None
    if parts is None:
        return
    below = clusters.ancestor_among(members, parts)
    sides = sorted((members[below == part] for part in parts), key=len, reverse=True)
    taken = set(np.unique(edited.topic_of_unit).tolist()) - {topic}
    for number, side in enumerate(sides):
        node = common_node(clusters, clusters.leaf_of_unit[side])
        free = topic < FIRST_MADE and node not in taken
        part = node if free else made_id(edit.number, number)
        edited.topic_of_unit[side] = part
        edited.shaped.add(part)
        # The larger part goes on in the colour that a person chose.
        if number == 0 and topic in edited.colours:
            edited.colours.setdefault(part, edited.colours[topic])
        elif number == 1 and "colour" in edit.values:
            edited.colours.setdefault(part, edit.values["colour"])


def _is_within(edited: EditedTopics, clusters: Clusters, topic: int) -> npt.NDArray[np.bool_]:
    """Return which texts are in a topic or, in a finer cut, in one below it."""
    ids = np.unique(edited.topic_of_unit)
    within = [one for one in ids.tolist() if topic in _path(clusters, one)]
    return np.isin(edited.topic_of_unit, within)


def _texts_of(edited: EditedTopics, clusters: Clusters, topic: int) -> npt.NDArray[np.bool_]:
    """Return the texts of a topic in any cut: in finer ones below it, in coarser ones within."""
    texts = _is_within(edited, clusters, topic)
    if topic < clusters.node_count:
        below = clusters.ancestor_among(np.arange(len(texts)), (topic,)) == topic
        texts |= below & np.isin(edited.topic_of_unit, _path(clusters, topic))
    return texts


def _shown_texts_of(
    edited: EditedTopics, clusters: Clusters, values: dict[str, Any]
) -> npt.NDArray[np.bool_]:
    """Return the texts of a topic that it showed: not those that were left out as unsure.

    Edits of before this was written down (`left_out`) took those along, and still do.
    """
    unsure = left_out(clusters.strength, values.get("left_out", 0.0)) & ~edited.placed
    return _texts_of(edited, clusters, values["topic"]) & ~unsure


def _path(clusters: Clusters, topic: int) -> list[int]:
    """Return a topic and all nodes above it."""
    path = [topic]
    while path[-1] < clusters.node_count and (above := int(clusters.parent[path[-1]])) >= 0:
        path.append(above)
    return path
