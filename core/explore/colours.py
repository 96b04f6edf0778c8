"""Which colour of a palette a topic has, so that it differs from those around it on the map."""

import numpy as np
import numpy.typing as npt

from core.explore.clusters import Clusters
from core.explore.umap_layout import Points

# What two neighbours of like colours cost falls with this power of their difference, so that the
# likest pair counts and not the mean.
POWER = 6
# Topics anywhere on the map are so near at least, as all of them stand side by side in the list.
EVERYWHERE = 0.3
SWAPS = 1_000

Distances = npt.NDArray[np.floating]


def colours_of_tree(
    clusters: Clusters, places: Points, differences: Distances
) -> npt.NDArray[np.int32]:
    """Return a place in the palette for each node of a tree, int32 (2m - 1,).

    `places` (n, 2) are the texts on the map; `differences` (k, k) says how much any two of the k
    colours differ. Where a topic opens into two, the larger part keeps its colour, so a node has
    the same colour in every cut that has it. The first k topics have a colour each, shared out so
    that neighbours on the map differ as much as can be, over all cuts; each topic after them takes
    the colour that differs most from those around it.
    """
    centres = centres_of_nodes(clusters, places)
    colours, shown = np.zeros((2, clusters.leaf_count), dtype=np.int32)
    # A line is a topic with the larger parts that it opens into: these have one colour.
    line = np.zeros(clusters.node_count, dtype=np.int32)
    shown[:1] = clusters.node_count - 1
    near = np.zeros_like(differences, dtype=np.float64)
    first = min(len(differences), clusters.leaf_count)
    for count, node in enumerate(range(clusters.node_count - 1, clusters.leaf_count - 1, -1), 2):
        larger, smaller = clusters.children(node) or (node, node)
        line[larger], line[smaller] = line[node], count - 1
        shown[line[node]], shown[count - 1] = larger, smaller
        places_shown = centres[shown[:count]]
        if count <= first:
            near[:count, :count] += [_nearness(places_shown, one) for one in places_shown]
        if count == first:
            colours[:first] = _share_out(near, differences)[:first]
        if count > first:
            colours[count - 1] = free_colour(
                colours[: count - 1], places_shown[:-1], places_shown[-1], differences
            )
    return colours[line]


def free_colour(
    taken: npt.NDArray[np.integer],
    centres: npt.NDArray[np.floating],
    centre: npt.NDArray[np.floating],
    differences: Distances,
) -> int:
    """Return a colour for a topic at `centre` (2,) beside topics with colours (n,) at `centres`.

    One that nobody has while there is one; of these the one that differs most, by `differences`
    (k, k), from the colours of the topics near.
    """
    k = len(differences)
    taken = np.asarray(taken, dtype=np.int64) % k
    near = _nearness(np.asarray(centres, dtype=np.float64).reshape(-1, 2), centre)
    costs = np.bincount(taken, near, minlength=k) @ _likeness(differences)
    unused = np.bincount(taken, minlength=k) == 0
    return int(np.argmin(np.where(unused | ~unused.any(), costs, np.inf)))


def _likeness(differences: Distances) -> npt.NDArray[np.float64]:
    """Return what it costs when two colours are neighbours, (k, k): 1 for a colour and itself."""
    return (1.0 + differences.astype(np.float64)) ** -POWER


def _nearness(
    centres: npt.NDArray[np.floating], centre: npt.NDArray[np.floating]
) -> npt.NDArray[np.float64]:
    """Return how near topics at `centres` (n, 2) are to one at `centre`, (n,) in 0.3..1.

    Measured by the distance that so many topics would have if they were spread evenly.
    """
    if not len(centres):
        return np.zeros(0)
    spacing = np.sqrt(6 * centres.var(axis=0).sum() / len(centres)) or 1.0
    squares = ((centres - centre) ** 2).sum(axis=1)
    nearness = np.exp(-squares / (2 * spacing**2))
    return np.asarray(EVERYWHERE + (1 - EVERYWHERE) * nearness, dtype=np.float64)


def _share_out(near: npt.NDArray[np.float64], differences: Distances) -> npt.NDArray[np.int32]:
    """Give k topics a colour each, int32 (k,): neighbours by `near` (k, k) are to differ.

    A quadratic assignment: beginning with the order of the palette, the two topics that gain most
    swap their colours, until no swap gains anything (or a thousand were made).
    """
    near = near.copy()
    np.fill_diagonal(near, 0.0)
    likeness = _likeness(differences)
    colours = np.arange(len(near), dtype=np.int32)
    for _ in range(SWAPS):
        # What topic i would cost with the colour that topic j has now.
        costs = near @ likeness[colours][:, colours]
        own = np.diag(costs)
        # Two that swap are as like as before; each cost above counts the other as it was.
        between = near * (2.0 - 2.0 * likeness[colours][:, colours])
        gains = own[:, None] + own - costs - costs.T + between
        one, other = np.unravel_index(np.argmax(gains), gains.shape)
        if gains[one, other] <= 1e-9 * own.sum():
            break
        colours[[one, other]] = colours[[other, one]]
    return colours


def centres_of_nodes(clusters: Clusters, places: Points) -> npt.NDArray[np.float64]:
    """Return the mean place of each node's units, float64 (2m - 1, 2)."""
    sums = np.zeros((clusters.node_count, 2))
    for axis in (0, 1):
        sums[: clusters.leaf_count, axis] = np.bincount(
            clusters.leaf_of_unit, weights=places[:, axis], minlength=clusters.leaf_count
        )
    for node in range(clusters.leaf_count, clusters.node_count):
        sums[node] = sums[list(clusters.children(node) or ())].sum(axis=0)
    centres: npt.NDArray[np.float64] = sums / np.maximum(clusters.sizes, 1)[:, None]
    return centres
