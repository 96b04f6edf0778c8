"""Ward's tree over points that weigh differently, which scipy's `linkage` cannot build."""

import numpy as np
import numpy.typing as npt


def ward_tree(
    centres: npt.NDArray[np.float64], weights: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the linkage, float64 (m - 1, 4) in scipy's form, of m weighted centres (m, d).

    Each merge is the one that adds least to the weighted squared error within clusters (Ward
    1963), found by nearest-neighbour chains (Murtagh 1983); heights are roots of twice what a
    merge adds, as scipy's. Memory grows with m squared.
    """
    m = len(centres)
    if m < 2:
        return np.zeros((0, 4))
    return _numbered(_chain_merges(_added_error(centres, weights), weights), weights)


def _added_error(
    centres: npt.NDArray[np.float64], weights: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return twice what merging each pair would add to the squared error; infinity to itself."""
    from scipy.spatial.distance import pdist, squareform

    w = weights.astype(np.float64)
    added: npt.NDArray[np.float64] = squareform(pdist(centres, "sqeuclidean"))
    added *= 2 * (w[:, None] * w) / (w[:, None] + w)
    np.fill_diagonal(added, np.inf)
    return added


def _chain_merges(
    cost: npt.NDArray[np.float64], weights: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return merges (slot, slot, cost) in the order of the chain; a merge stays in its second slot.

    `cost` is used up: it is updated in place by the recurrence of Lance and Williams.
    """
    m = len(cost)
    w = weights.astype(np.float64)
    merges = np.empty((m - 1, 3))
    chain: list[int] = []
    alive = np.ones(m, dtype=bool)
    for step in range(m - 1):
        if not chain:
            chain.append(int(alive.argmax()))
        while True:
            tip = chain[-1]
            nearest = int(cost[tip].argmin())
            # On a tie the chain turns back, or it would never end.
            if len(chain) > 1 and cost[tip, chain[-2]] <= cost[tip, nearest]:
                nearest = chain[-2]
                break
            chain.append(nearest)
        del chain[-2:]
        between = cost[tip, nearest]
        merges[step] = tip, nearest, between
        row = ((w[tip] + w) * cost[tip] + (w[nearest] + w) * cost[nearest] - w * between) / (
            w[tip] + w[nearest] + w
        )
        alive[tip] = False
        row[~alive] = row[nearest] = np.inf
        cost[tip], cost[:, tip] = np.inf, np.inf
        cost[nearest], cost[:, nearest] = row, row
        w[nearest] += w[tip]
    return merges


def _numbered(
    merges: npt.NDArray[np.float64], weights: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Sort merges by height and number their nodes as scipy does."""
    m = len(weights)
    node_of_slot = np.arange(m)
    sizes = np.concatenate([weights, np.zeros(m - 1, dtype=np.int64)])
    above = np.arange(2 * m - 1)
    linkage = np.empty((m - 1, 4))
    for step, place in enumerate(np.argsort(merges[:, 2], kind="stable")):
        first, second = (_top(above, int(node_of_slot[int(x)])) for x in merges[place, :2])
        new = m + step
        above[first] = above[second] = new
        sizes[new] = sizes[first] + sizes[second]
        height = float(np.sqrt(max(merges[place, 2], 0.0)))
        linkage[step] = min(first, second), max(first, second), height, sizes[new]
    return linkage


def _top(above: npt.NDArray[np.int64], node: int) -> int:
    """Return the present root over a node, halving the path to it."""
    while above[node] != node:
        above[node] = above[above[node]]
        node = int(above[node])
    return node
