"""How good a topic is: are its texts alike, and would it come out again?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.explore.clusters import Clusters, ClusterSettings, cluster
from core.explore.neighbours import Vectors, unit_rows
from core.explore.umap_layout import Points
from core.i18n import N_
from core.progress import SILENT, Progress
from core.settings import SEED

TIMES = 10
SAMPLED = 0.8
MOST_SAMPLED = 8_000
FEWEST_TO_RESAMPLE = 30
ALL_ALIKE = 1 - 1e-6
AT_ONCE = 10_000


@dataclass(frozen=True)
class Resamples:
    """The same points clustered again, B times, each time on another sample of s of them.

    `samples` int32 (B, s) holds the units drawn, `leaves` int32 (B, s) the leaf that each fell
    into; `linkages` float64 (L, 4) are the B trees one behind the other, that of the b-th up to row
    `ends[b]`.
    """

    samples: npt.NDArray[np.int32]
    leaves: npt.NDArray[np.int32]
    linkages: npt.NDArray[np.float64]
    ends: npt.NDArray[np.int64]

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return what `from_arrays` reads, by name."""
        return {
            "resample_units": self.samples,
            "resample_leaves": self.leaves,
            "resample_linkages": self.linkages,
            "resample_ends": self.ends,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[np.generic]]) -> "Resamples":
        return cls(
            arrays["resample_units"].astype(np.int32, copy=False),
            arrays["resample_leaves"].astype(np.int32, copy=False),
            arrays["resample_linkages"].astype(np.float64, copy=False),
            arrays["resample_ends"].astype(np.int64, copy=False),
        )

    def tree(self, number: int) -> Clusters:
        """Return the tree over the units of one sample."""
        start = int(self.ends[number - 1]) if number else 0
        leaves = self.leaves[number]
        strength = np.ones(len(leaves), dtype=np.float32)
        return Clusters(leaves, strength, self.linkages[start : int(self.ends[number])])


def resample(
    space: Points,
    vectors: Vectors,
    settings: ClusterSettings,
    progress: Progress = SILENT,
    seed: int = SEED,
) -> Resamples:
    """Cluster ten random samples of 80% of the points (n, d), of 8,000 at most.

    Fewer than 30 points are not clustered again: then there are no samples.
    """
    n = len(space)
    size = min(int(SAMPLED * n), MOST_SAMPLED)
    times = TIMES if n >= FEWEST_TO_RESAMPLE else 0
    random = np.random.default_rng(seed)
    samples = np.zeros((times, size), dtype=np.int32)
    leaves = np.zeros((times, size), dtype=np.int32)
    linkages: list[npt.NDArray[np.float64]] = [np.zeros((0, 4))]
    for number in range(times):
        progress(number, times, N_("Clustering samples"))
        samples[number] = np.sort(random.choice(n, size, replace=False))
        chosen = samples[number]
        found = cluster(space[chosen], _for_sample(settings, size / n), SILENT, vectors[chosen])
        leaves[number] = found.leaf_of_unit
        linkages.append(found.linkage)
    ends = np.cumsum([len(linkage) for linkage in linkages[1:]], dtype=np.int64)
    return Resamples(samples, leaves, np.concatenate(linkages), ends)


def stability(
    topic_of_unit: npt.NDArray[np.integer], topics: Sequence[int], resamples: Resamples
) -> list[float | None]:
    """Return for each topic how much of it comes together again in other samples, 0..1.

    The Jaccard index of a topic with its best match among as many topics cut from the tree of a
    sample (Hennig 2007), set so that 0 is what everything in one topic would reach, and averaged
    over the samples. None for a topic that no sample holds two texts of.
    """
    place = {topic: number for number, topic in enumerate(topics)}
    group = np.array([place.get(topic, -1) for topic in topic_of_unit.tolist()], dtype=np.int64)
    found: list[list[float]] = [[] for _ in topics]
    for number, sample in enumerate(resamples.samples):
        mine = group[sample]
        held = mine >= 0
        if not held.any():
            continue
        _, again = np.unique(resamples.tree(number).cut(len(topics))[held], return_inverse=True)
        for topic, value in _best_matches(mine[held], again, len(topics)).items():
            found[topic].append(value)
    return [float(np.mean(values)) if values else None for values in found]


def coherence(
    topic_of_unit: npt.NDArray[np.integer], topics: Sequence[int], vectors: Vectors
) -> list[float | None]:
    """Return for each topic how much more alike its texts are than any two texts.

    The mean cosine of all pairs of a topic, set so that 0 is the mean over all pairs of the units
    (n, d), which random groups reach, and 1 is one text said over and over. None for a topic of
    fewer than two units, or where all units are alike.
    """
    groups = [np.flatnonzero(topic_of_unit == topic) for topic in topics]
    everything = _sum_of_directions(vectors, np.arange(len(topic_of_unit)))
    chance = _mean_cosine(everything, len(topic_of_unit))
    if chance is None or chance > ALL_ALIKE:
        return [None for _ in topics]
    found = (_mean_cosine(_sum_of_directions(vectors, one), len(one)) for one in groups)
    return [None if one is None else (one - chance) / (1 - chance) for one in found]


def _for_sample(settings: ClusterSettings, share: float) -> ClusterSettings:
    """A cluster that someone set the size of has that share of it in a sample."""
    if settings.min_cluster_size is None:
        return settings
    smallest = max(2, round(settings.min_cluster_size * share))
    return replace(settings, min_cluster_size=smallest)


def _best_matches(
    mine: npt.NDArray[np.int64], again: npt.NDArray[np.int64], topics: int
) -> dict[int, float]:
    shared = np.zeros((topics, int(again.max()) + 1))
    np.add.at(shared, (mine, again), 1)
    size, other = shared.sum(axis=1), shared.sum(axis=0)
    jaccard = (shared / np.maximum(size[:, None] + other - shared, 1)).max(axis=1)
    chance = size / len(mine)
    return {
        topic: float(max(0.0, (jaccard[topic] - chance[topic]) / max(1 - chance[topic], 1e-9)))
        for topic in np.flatnonzero(size >= 2).tolist()
    }


def _sum_of_directions(vectors: Vectors, units: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the sum of the vectors of some units, each at unit length."""
    total = np.zeros(vectors.shape[1])
    for start in range(0, len(units), AT_ONCE):
        values = unit_rows(vectors, units[start : start + AT_ONCE])
        total += values.sum(axis=0, dtype=np.float64)
    return total


def _mean_cosine(total: npt.NDArray[np.float64], n: int) -> float | None:
    """Return the mean cosine of all pairs of n directions by their sum."""
    return float((total @ total - n) / (n * (n - 1))) if n > 1 else None
