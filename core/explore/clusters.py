"""Points become micro-clusters, and micro-clusters a tree from fine to coarse.

HDBSCAN's leaves hold the dense places, every other point joins the nearest of them, and Ward's
method merges the leaves, weighted by size, into a binary tree. Leaves are compared by where they
lie and, with less weight, by their mean vectors: a layout keeps near things near, but is not to be
trusted about how far apart distant ones are. A cut through the tree gives any
number of topics at once; a node keeps its number, and with it its name and colour, in every cut
that has it.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.errors import SettingInvalid
from core.explore.neighbours import Vectors
from core.explore.umap_layout import Points
from core.explore.ward import ward_tree
from core.i18n import N_
from core.progress import SILENT, Progress

HELD = 0.5
"""From this strength on a dense cluster held the text itself; below, it joined the nearest."""

VECTOR_WEIGHT = 0.2
"""Spread of the leaves' mean vectors in the tree, where the spread of their places is 1."""

FEWEST_SUGGESTED, MOST_SUGGESTED = 8, 60
UNEXPLAINED = 0.03


class ClusterEngine(StrEnum):
    """Which library finds the dense places."""

    HDBSCAN = "hdbscan"
    FAST = "fast"


@dataclass(frozen=True)
class ClusterSettings:
    """How micro-clusters are found.

    `min_cluster_size`: larger gives fewer and broader ones; None chooses by the number of texts.
    `min_samples`: larger leaves more texts out as noise.
    """

    min_cluster_size: int | None = None
    min_samples: int = 5
    engine: str = ClusterEngine.HDBSCAN

    def __post_init__(self) -> None:
        if self.engine not in list(ClusterEngine):
            raise SettingInvalid(
                N_("There is no engine {engine}. The engines are {engines}."),
                engine=self.engine,
                engines=", ".join(ClusterEngine),
            )
        if self.min_cluster_size is not None and self.min_cluster_size < 2:
            raise SettingInvalid(
                N_("The smallest cluster is {size} texts. Choose at least 2, or none for auto."),
                size=self.min_cluster_size,
            )
        if self.min_samples < 1:
            raise SettingInvalid(
                N_("The smallest neighbourhood is {size} texts. Choose at least 1."),
                size=self.min_samples,
            )

    def smallest(self, n: int) -> int:
        """The smallest cluster for n texts: as set, else growing slowly with n."""
        return self.min_cluster_size or int(np.clip(round(n**0.5 / 10), 4, 100))


@dataclass(frozen=True)
class Clusters:
    """A tree over m micro-clusters (leaves) of n units.

    `leaf_of_unit` int32 (n,); `strength` float32 (n,) in 0..1, how surely a unit belongs to its
    leaf, below HELD where it was noise to HDBSCAN; `linkage` float64 (m - 1, 4) as scipy's: two
    nodes, height, size. Node i < m is leaf i, node m + j is merge j.
    """

    leaf_of_unit: npt.NDArray[np.int32]
    strength: npt.NDArray[np.float32]
    linkage: npt.NDArray[np.float64]

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return what `from_arrays` reads, by name."""
        return {
            "leaf_of_unit": self.leaf_of_unit,
            "strength": self.strength,
            "linkage": self.linkage,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[np.generic]]) -> "Clusters":
        return cls(
            arrays["leaf_of_unit"].astype(np.int32, copy=False),
            arrays["strength"].astype(np.float32, copy=False),
            arrays["linkage"].astype(np.float64, copy=False),
        )

    @property
    def leaf_count(self) -> int:
        return len(self.linkage) + 1 if len(self.leaf_of_unit) else 0

    @property
    def node_count(self) -> int:
        return max(2 * self.leaf_count - 1, 0)

    @cached_property
    def parent(self) -> npt.NDArray[np.int32]:
        """The parent of each node, int32 (2m - 1,); -1 for the root."""
        parent = np.full(self.node_count, -1, dtype=np.int32)
        merged = np.arange(len(self.linkage), dtype=np.int32) + self.leaf_count
        parent[self.linkage[:, 0].astype(int)] = merged
        parent[self.linkage[:, 1].astype(int)] = merged
        return parent

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """How many units each node holds, int64 (2m - 1,)."""
        leaves = np.bincount(self.leaf_of_unit, minlength=self.leaf_count)
        return np.concatenate([leaves, self.linkage[:, 3].astype(np.int64)])

    def children(self, node: int) -> tuple[int, int] | None:
        """The two nodes that a node was merged of, the larger first; None for a leaf."""
        if node < self.leaf_count:
            return None
        first, second = (int(child) for child in self.linkage[node - self.leaf_count, :2])
        return (first, second) if self.sizes[first] >= self.sizes[second] else (second, first)

    def cut(self, topics: int) -> npt.NDArray[np.int32]:
        """Return the node of each unit when the tree is cut to so many topics, int32 (n,).

        Asks for fewer than 1 give 1, for more than there are leaves give the leaves.
        """
        return self._tops(topics)[self.leaf_of_unit]

    def ancestor_among(
        self, units: npt.NDArray[np.integer], nodes: tuple[int, ...]
    ) -> npt.NDArray[np.int32]:
        """Return which of some nodes holds each unit, int32, -1 for none of them.

        Where one node lies below another, the lower one is meant.
        """
        top = np.full(self.node_count, -1, dtype=np.int32)
        wanted = set(nodes)
        for node in range(self.node_count - 1, -1, -1):
            above = self.parent[node]
            top[node] = node if node in wanted else (top[above] if above >= 0 else -1)
        found: npt.NDArray[np.int32] = top[self.leaf_of_unit[units]]
        return found

    @cached_property
    def suggested_topics(self) -> int:
        """A number of topics to start with.

        As few as explain 97% of the spread of the leaves, or up to a quarter more where the tree
        has a wider step there; 8 to 60, and no more than one for 25 units.
        """
        most = max(1, min(MOST_SUGGESTED, self.leaf_count - 1, len(self.leaf_of_unit) // 25))
        if most <= FEWEST_SUGGESTED:
            return min(most, self.leaf_count)
        heights = np.maximum(self.linkage[::-1, 2], 1e-12)
        unexplained = 1 - np.cumsum(heights**2) / (heights**2).sum()
        enough = max(FEWEST_SUGGESTED, int((unexplained > UNEXPLAINED).sum()) + 2)
        # Cut to k, the last merge refused has heights[k - 2], the first one made heights[k - 1].
        counts = np.arange(min(enough, most), min(math.ceil(1.25 * enough), most) + 1)
        return int(counts[(heights[counts - 2] / heights[counts - 1]).argmax()])

    def _tops(self, topics: int) -> npt.NDArray[np.int32]:
        """Return the node of the cut that holds each node, or the node itself above the cut."""
        topics = min(max(topics, 1), max(self.leaf_count, 1))
        top = np.arange(self.node_count, dtype=np.int32)
        first_above = self.node_count - (topics - 1)
        for node in range(first_above - 1, -1, -1):
            if 0 <= self.parent[node] < first_above:
                top[node] = top[self.parent[node]]
        return top


def cluster(
    space: Points,
    settings: ClusterSettings | None = None,
    progress: Progress = SILENT,
    vectors: Vectors | None = None,
) -> Clusters:
    """Find the micro-clusters of points (n, d) with HDBSCAN (Campello et al. 2013) and their tree.

    `vectors` are those that were laid out; with them the tree is truer at its top. Points that are
    too few or too much alike for a cluster are one leaf together.
    """
    settings = settings or ClusterSettings()
    progress(0, 0, N_("Finding clusters"))
    labels, probabilities = _dense_places(space, settings)
    leaf_of_unit, distances = _join_nearest(space, labels)
    strength = _strength(labels, probabilities, leaf_of_unit, distances)
    sizes = np.bincount(leaf_of_unit)
    progress(0, 0, N_("Building the tree of topics"))
    places = _spread_to(1.0, _centres(space, leaf_of_unit, sizes), sizes)
    if vectors is not None:
        means = _spread_to(VECTOR_WEIGHT, _centres(vectors, leaf_of_unit, sizes), sizes)
        places = np.concatenate([places, means], axis=1)
    return Clusters(leaf_of_unit, strength, ward_tree(places, sizes))


def left_out(strength: npt.NDArray[np.float32], share: float) -> npt.NDArray[np.bool_]:
    """Return which units to leave out: the least sure that no cluster held, at most a `share`.

    `share` is a part of all units, 0..1. The more units it allows, the more stay outside.
    """
    if not 0 <= share <= 1:
        raise SettingInvalid(
            N_("The share to leave out is {share}. Choose 0 to 1: 0.05 leaves out at most 5%."),
            share=share,
        )
    mask = np.zeros(len(strength), dtype=bool)
    least_sure = np.argsort(strength, kind="stable")[: int(share * len(strength))]
    mask[least_sure] = strength[least_sure] < HELD
    return mask


def _dense_places(
    space: Points, settings: ClusterSettings
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return HDBSCAN's leaf of each point, -1 for noise, and its membership probability."""
    n = len(space)
    smallest = settings.smallest(n)
    if n < 2 * smallest or not np.ptp(space, axis=0).any():
        return np.zeros(n, dtype=np.int64), np.ones(n)
    points = space.astype(np.float64)
    samples = min(settings.min_samples, n - 1)
    labels, probabilities = _ENGINES[ClusterEngine(settings.engine)](points, smallest, samples)
    if (labels < 0).all():
        return np.zeros(n, dtype=np.int64), np.ones(n)
    return labels.astype(np.int64), probabilities


def _with_hdbscan(
    points: npt.NDArray[np.float64], smallest: int, samples: int
) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.float64]]:
    import hdbscan

    model = hdbscan.HDBSCAN(
        min_cluster_size=smallest,
        min_samples=samples,
        cluster_selection_method="leaf",
        core_dist_n_jobs=1,
    ).fit(points)
    return model.labels_, model.probabilities_


def _with_fast_hdbscan(
    points: npt.NDArray[np.float64], smallest: int, samples: int
) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.float64]]:
    from core.explore.compiled import use_cache_folder

    use_cache_folder()
    from fast_hdbscan import fast_hdbscan

    labels, probabilities = fast_hdbscan(
        points,
        min_samples=samples,
        min_cluster_size=smallest,
        cluster_selection_method="leaf",
        reproducible=True,
    )
    return labels, probabilities.astype(np.float64)


_ENGINES = {ClusterEngine.HDBSCAN: _with_hdbscan, ClusterEngine.FAST: _with_fast_hdbscan}


def _join_nearest(
    space: Points, labels: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """Give each left-out point the leaf of its nearest clustered point; return leaf and distance.

    The distance is 0 for points that were clustered themselves.
    """
    from scipy.spatial import cKDTree

    leaf, distances = labels.astype(np.int32), np.zeros(len(labels))
    noise = np.flatnonzero(labels < 0)
    if len(noise):
        held = np.flatnonzero(labels >= 0)
        distances[noise], nearest = cKDTree(space[held]).query(space[noise])
        leaf[noise] = labels[held[nearest]]
    return leaf, distances


def _strength(
    labels: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.float64],
    leaf_of_unit: npt.NDArray[np.int32],
    distances: npt.NDArray[np.float64],
) -> npt.NDArray[np.float32]:
    """Return HELD..1 for what HDBSCAN clustered, below it the less the farther from its leaf."""
    noise = labels < 0
    typical = np.median(distances[noise]) if noise.any() else 1.0
    near = 1 / (1 + distances / max(float(typical), 1e-12))
    strength = np.where(noise, HELD * 0.999 * near, HELD + (1 - HELD) * probabilities)
    return strength.astype(np.float32)


def _centres(
    points: Vectors, leaf_of_unit: npt.NDArray[np.int32], sizes: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the mean point of each leaf, float64 (m, d)."""
    from scipy.sparse import csr_matrix

    n = len(points)
    chooser = csr_matrix(
        (np.ones(n, dtype=np.float32), (leaf_of_unit, np.arange(n))), shape=(len(sizes), n)
    )
    sums = np.asarray(chooser @ points, dtype=np.float64)
    centres: npt.NDArray[np.float64] = sums / np.maximum(sizes, 1)[:, None]
    return centres


def _spread_to(
    spread: float, centres: npt.NDArray[np.float64], sizes: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Scale centres to a weighted root mean square distance from their middle of `spread`."""
    if not len(centres):
        return centres
    from_middle = centres - np.average(centres, axis=0, weights=sizes)
    present = np.sqrt((sizes[:, None] * from_middle**2).sum() / sizes.sum())
    scaled: npt.NDArray[np.float64] = centres * (spread / max(float(present), 1e-12))
    return scaled
