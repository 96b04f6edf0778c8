"""Which colour of a palette a topic has, so that it differs from those around it on the map."""

import numpy as np
import numpy.typing as npt

from core.explore.clusters import Clusters
from core.explore.umap_layout import Points

PALETTE_SIZE = 20
"""How many colours people tell apart; more topics than these share them."""


def colours_of_tree(clusters: Clusters, places: Points) -> npt.NDArray[np.int32]:
    """Return a place in the palette for each node of a tree, int32 (2m - 1,).

    Where a topic opens into two, the larger part keeps its colour. The other takes the next colour
    while some are free, then the one whose topics lie farthest from it on the map (n, 2). So a node
    has the same colour in every cut that has it.
    """
    centres = centres_of_nodes(clusters, places)
    colours = np.zeros(clusters.node_count, dtype=np.int32)
    shown = [clusters.node_count - 1]
    for node in range(clusters.node_count - 1, clusters.leaf_count - 1, -1):
        larger, smaller = clusters.children(node) or (node, node)
        shown[shown.index(node)] = larger
        colours[larger] = colours[node]
        colours[smaller] = free_colour(colours[shown], centres[shown], centres[smaller])
        shown.append(smaller)
    return colours


def free_colour(
    taken: npt.NDArray[np.integer],
    centres: npt.NDArray[np.floating],
    centre: npt.NDArray[np.floating],
    from_the_end: bool = False,
) -> int:
    """Return a colour for a topic at `centre` (2,) beside topics with colours (k,) at `centres`.

    The first colour (or the last) that nobody has, else the one whose nearest topic is farthest.
    """
    order = range(PALETTE_SIZE - 1, -1, -1) if from_the_end else range(PALETTE_SIZE)
    distances = np.linalg.norm(np.asarray(centres).reshape(-1, 2) - centre, axis=1)
    nearest = np.full(PALETTE_SIZE, np.inf)
    np.minimum.at(nearest, np.asarray(taken, dtype=np.int64) % PALETTE_SIZE, distances)
    return max(order, key=lambda colour: nearest[colour])


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
