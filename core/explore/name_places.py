"""Where the names of topics may stand on the map: where their own points are many."""

import numpy as np
import numpy.typing as npt

Places = tuple[tuple[float, float], ...]

CELLS = 64
MOST_PLACES = 12
# Cells that lie nearer to a place than this say the same place again.
APART = 2
# Where a smaller share lies of what the best place has is an outpost: a name there would mislead.
LEAST = 0.2
# As in the first view: what is far from all else does not make the grid coarse.
MIDDLE = (0.3, 99.7)


def places_of_names(
    codes: npt.NDArray[np.integer], count: int, places: npt.NDArray[np.floating]
) -> list[Places]:
    """Return for each of `count` codes up to twelve places (x, y) of points of it, best first.

    `codes` (n,) are those of the points at `places` (n, 2). A place is the better the more points
    of the code are around it and the fewer others.
    """
    known = np.flatnonzero((codes < count) & np.isfinite(places).all(axis=1))
    if not len(known):
        return [()] * count
    spots = np.asarray(places)[known]
    low, high = np.percentile(spots, MIDDLE, axis=0)
    cell = np.clip((spots - low) / np.maximum(high - low, 1e-9) * CELLS, 0, CELLS - 1).astype(int)
    key = (codes[known].astype(np.int64) * CELLS + cell[:, 1]) * CELLS + cell[:, 0]
    counts = np.bincount(key, minlength=count * CELLS**2).reshape(count, CELLS, CELLS)
    around = _around(counts)
    score = np.where(counts, around**2 / np.maximum(around.sum(axis=0), 1), 0)
    chosen = [_best_cells(of_code) for of_code in score]
    wanted = np.zeros(counts.size, dtype=bool)
    for code, cells in enumerate(chosen):
        wanted[[code * CELLS**2 + one for one in cells]] = True
    inside = wanted[key]
    middle = _middles(key[inside], spots[inside])
    return [
        tuple(middle[code * CELLS**2 + one] for one in cells) for code, cells in enumerate(chosen)
    ]


def _around(counts: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """Return what is in each cell and the eight around it."""
    padded = np.pad(counts.astype(np.float64), ((0, 0), (1, 1), (1, 1)))
    rows = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    around: npt.NDArray[np.float64] = rows[:, :, :-2] + rows[:, :, 1:-1] + rows[:, :, 2:]
    return around


def _best_cells(score: npt.NDArray[np.float64]) -> list[int]:
    """Return the numbers of the best cells, none near a better one."""
    left, least = score.copy(), LEAST * score.max()
    found: list[int] = []
    while len(found) < MOST_PLACES and left.max() > least:
        line, column = divmod(int(left.argmax()), CELLS)
        found.append(line * CELLS + column)
        near = tuple(slice(max(0, at - APART), at + APART + 1) for at in (line, column))
        left[near] = 0
    return found


def _middles(
    key: npt.NDArray[np.int64], spots: npt.NDArray[np.floating]
) -> dict[int, tuple[float, float]]:
    """Return for each cell the point that lies nearest to the mean of those in it."""
    order = np.argsort(key, kind="stable")
    keys, starts = np.unique(key[order], return_index=True)
    middles = {}
    for one, members in zip(keys.tolist(), np.split(spots[order], starts[1:]), strict=True):
        nearest = ((members - members.mean(axis=0)) ** 2).sum(axis=1).argmin()
        middles[one] = (float(members[nearest][0]), float(members[nearest][1]))
    return middles
