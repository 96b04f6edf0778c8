"""Names that a person gave at one level of the tree, and what becomes of them at another."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.explore import Clusters
from core.project import Event
from core.steps.topic_edits import EditedTopics, apply_edits

MATCHES = 0.5
"""Two topics match that share more than this of the rows of both: no topic has two such matches."""


@dataclass(frozen=True)
class GivenNames:
    """Names that were given to topics which the present cut of the tree does not have.

    `kept` are those that a present topic goes by, as its rows are mostly the same; `held` the names
    of those that lie within a present topic; `hidden` all that no topic goes by now, and `level`
    the number of topics at which most of them are seen, 0 where none is hidden.
    """

    kept: dict[int, str] = field(default_factory=dict)
    held: dict[int, tuple[str, ...]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    level: int = 0


def names_from_other_levels(
    clusters: Clusters,
    edited: EditedTopics,
    count: int,
    edits: tuple[Event, ...],
    rows_of_unit: npt.NDArray[np.integer],
) -> GivenNames:
    """Return what becomes of the names of topics that a cut to `count` topics does not have.

    What a merge, a split or a deletion took away at the topic's own level is not told of.
    """
    nodes = _nodes_elsewhere(clusters, edited, count)
    if not nodes:
        return GivenNames()
    level = _best_level(clusters, nodes, count)
    there = apply_edits(clusters, level, 0.0, edits).topic_of_unit
    shown = set(np.unique(there).tolist())
    nodes = [node for node in nodes if node in shown or not _is_cut(clusters, node, level)]
    topics, group = np.unique(edited.topic_of_unit, return_inverse=True)
    sizes = np.bincount(group, weights=rows_of_unit)
    kept: dict[int, tuple[float, int]] = {}
    held: dict[int, list[int]] = {}
    for node in nodes:
        members = there == node if node in shown else _below(clusters, node)
        both = np.bincount(group, weights=rows_of_unit * members, minlength=len(topics))
        rows = max(float(rows_of_unit[members].sum()), 1.0)
        jaccard = np.where(topics >= 0, both / np.maximum(sizes + rows - both, 1), 0)
        best, within = int(jaccard.argmax()), int((both * (topics >= 0)).argmax())
        if jaccard[best] > MATCHES:
            topic = int(topics[best])
            kept[topic] = max(kept.get(topic, (0.0, 0)), (float(jaccard[best]), node))
        if both[within] > MATCHES * rows:
            held.setdefault(int(topics[within]), []).append(node)
    by_name = {
        topic: node
        for topic, (_, node) in kept.items()
        if topic not in edited.names and len(held.get(topic, ())) <= 1
    }
    seen = set(by_name.values())
    hidden = tuple(edited.names[node] for node in nodes if node not in seen)
    return GivenNames(
        {topic: edited.names[node] for topic, node in by_name.items()},
        {
            topic: tuple(edited.names[node] for node in inside if node not in seen)
            for topic, inside in held.items()
            if topic not in by_name
        },
        hidden,
        level if hidden else 0,
    )


def _nodes_elsewhere(clusters: Clusters, edited: EditedTopics, count: int) -> list[int]:
    present = set(np.unique(edited.topic_of_unit).tolist())
    return [
        node
        for node in edited.names
        if node < clusters.node_count and node not in present and not _is_cut(clusters, node, count)
    ]


def _below(clusters: Clusters, node: int) -> npt.NDArray[np.bool_]:
    units = np.arange(len(clusters.leaf_of_unit))
    below: npt.NDArray[np.bool_] = clusters.ancestor_among(units, (node,)) == node
    return below


def _levels(clusters: Clusters, node: int) -> tuple[int, int]:
    """Return the fewest and the most topics that the tree is cut to where a node is one of them."""
    parent = int(clusters.parent[node])
    return (clusters.node_count + 1 - parent if parent >= 0 else 1), clusters.node_count - node


def _is_cut(clusters: Clusters, node: int, count: int) -> bool:
    fewest, most = _levels(clusters, node)
    return fewest <= count <= most


def _best_level(clusters: Clusters, nodes: list[int], count: int) -> int:
    """Return the number of topics that shows most of some nodes, the nearest to the present one."""
    ends = [_levels(clusters, node) for node in nodes]
    tried = sorted({min(max(count, fewest), most) for fewest, most in ends})
    shown = {level: sum(low <= level <= high for low, high in ends) for level in tried}
    return max(tried, key=lambda level: (shown[level], -abs(level - count)))
