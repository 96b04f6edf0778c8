"""What a person said of the topics of one map goes to the topics that match in the next."""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.project import Project, ProjectState
from core.steps.given_names import MATCHES
from core.steps.opened_map import OpenMap, open_map
from core.steps.topic_edits import EditedTopics, apply_edits
from core.steps.topics import load_topics, share_left_out, topics_of

TAKEN = -9
"""Stands for the topic of texts that a carried one has taken."""


def carry_over(project: Project, before: ProjectState) -> dict[str, Any]:
    """Carry names, notes, colours, made topics, merges, splits and what was taken out over.

    Maps are compared by their texts, so rows may have come and gone and settings or the encoder
    changed. Returns how many topics matched and the names that found none.
    """
    key = before.last_clusters
    now = project.current("clusters").key
    nothing_said = not before.topic_edits and before.topic_count is None
    if key in ("", now) or key not in project.artifacts or nothing_said:
        return {}
    unit_before = _units_before(open_map(project, key), open_map(project, now))
    mostly_the_same = bool((unit_before >= 0).mean() > MATCHES)
    if mostly_the_same and before.topic_count and project.state.topic_count is None:
        project.record("topic_count_proposed", count=before.topic_count)
    found = _match(project, before, unit_before)
    if not any(found.values()):
        return {}
    project.record("topics_carried", clusters=now, before=key, **found)
    carried = sum(len(found[kind]) for kind in ("topics", "merged", "made"))
    return {"carried": carried, "lost": found["lost"]}


def _units_before(old: OpenMap, new: OpenMap) -> npt.NDArray[np.int64]:
    """Return for each text of a map its number in an older one, -1 where it is new."""
    place = {text: unit for unit, text in enumerate(old.texts)}
    return np.array([place.get(text, -1) for text in new.texts], dtype=np.int64)


def _match(
    project: Project, before: ProjectState, unit_before: npt.NDArray[np.int64]
) -> dict[str, Any]:
    """Return what the topics of the present map inherit, by the rows that both maps have."""
    opened, present = open_map(project), load_topics(project)
    old_view = topics_of(project, before.last_clusters, before)
    said = apply_edits(
        open_map(project, before.last_clusters).clusters,
        old_view.count,
        share_left_out(before),
        before.topic_edits,
    )
    shared = np.flatnonzero(unit_before >= 0)
    rows = np.bincount(opened.unit_of_row[opened.unit_of_row >= 0], minlength=len(unit_before))
    weights, old = rows[shared], old_view.topic_of_unit[unit_before[shared]]
    new = present.topic_of_unit[shared]
    found: dict[str, Any] = {"topics": [], "merged": [], "made": [], "lost": []}
    # The smallest first: what is made again of one part of a split leaves the rest to the other.
    for topic in reversed(old_view.topics):
        inherited, members = _said_of(said, topic.id), old == topic.id
        if not inherited:
            continue
        # Who knows a topic by name knows it by its colour too.
        inherited.setdefault("colour", topic.colour)
        match, overlap = _best_match(members, new, weights)
        parts = _parts_of(members, new, weights) if topic.id in said.shaped else []
        if len(parts) > 1:
            found["merged"].append({"topics": parts, **inherited})
            new = np.where(np.isin(new, parts), parts[0], new)
        elif overlap > MATCHES:
            found["topics"].append({"topic": match, "overlap": round(overlap, 3), **inherited})
        elif topic.id not in said.shaped or not members.any():
            found["lost"].append(topic.name)
        else:
            units = shared[members].tolist()
            found["made"].append({"units": units, "name": topic.name, **inherited})
            new = np.where(members, TAKEN, new)
    for kind, gone in (("excluded", said.excluded), ("deleted", said.deleted)):
        found[kind] = shared[gone[unit_before[shared]]].tolist()
    return found


def _said_of(said: EditedTopics, topic: int) -> dict[str, Any]:
    """Return what a person said of a topic: some of name, note, colour, and whether of its rows."""
    words = {kind: values[topic] for kind, values in said.said.items() if topic in values}
    return words | ({"shaped": True} if topic in said.shaped else {})


def _best_match(
    members: npt.NDArray[np.bool_], new: npt.NDArray[np.int64], weights: npt.NDArray[np.int64]
) -> tuple[int, float]:
    """Return the topic whose rows overlap most with those of the members, and their Jaccard."""
    topics, sizes, both = _rows_in_common(members, new, weights)
    jaccard = both / np.maximum(sizes + weights[members].sum() - both, 1)
    jaccard[topics < 0] = 0
    best = int(jaccard.argmax())
    return int(topics[best]), float(jaccard[best])


def _parts_of(
    members: npt.NDArray[np.bool_], new: npt.NDArray[np.int64], weights: npt.NDArray[np.int64]
) -> list[int]:
    """Return the topics that lie for the most part among the members, the largest first.

    None where together they are not most of what the members are.
    """
    topics, sizes, both = _rows_in_common(members, new, weights)
    inside = np.flatnonzero((both > MATCHES * sizes) & (topics >= 0))
    together = both[inside].sum()
    if together <= MATCHES * (sizes[inside].sum() + weights[members].sum() - together):
        return []
    largest_first = inside[np.argsort(-sizes[inside], kind="stable")]
    return [int(topic) for topic in topics[largest_first]]


def _rows_in_common(
    members: npt.NDArray[np.bool_], new: npt.NDArray[np.int64], weights: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.number], npt.NDArray[np.number]]:
    """Return all topics, how many rows each has, and how many of these are the members'."""
    topics, group = np.unique(new, return_inverse=True)
    sizes = np.bincount(group, weights=weights)
    return topics, sizes, np.bincount(group, weights=weights * members, minlength=len(topics))
