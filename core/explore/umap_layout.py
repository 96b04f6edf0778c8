"""UMAP's layout by stochastic gradient descent (McInnes, Healy, Melville 2018), five times as fast.

umap-learn raises to a power for each pair of points that it compares, and waits for each push
before it weighs the next. Here the strength of a force is read from a table by the squared
distance, and the pushes that go with one pull are weighed together; all else is as there. A layout
stays on one core: points that move side by side, each against where the others were a round
before, lose the large shape (Banking77: 52% of the texts in their class instead of 70%).
"""

from collections.abc import Callable
from functools import cache
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.explore.compiled import statements_side_by_side, use_cache_folder

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Points = npt.NDArray[np.float32]

REPELLED = 5
"""Points drawn at random that push a point away, for each edge that pulls it: as UMAP's."""

FARTHEST = 4.0
"""The most that one force may move a point in one dimension: as UMAP's."""

NEAREST_SQUARE, FARTHEST_SQUARE = 1e-8, 1e5
"""The table holds squared distances between these; what is nearer or farther takes its ends."""

BITS = 16
"""Bits of a float32 that its place in the table leaves out: 128 places for each doubling."""


class Layout:
    """n points under refinement: `points` is float32 (n, d), `done` of `rounds` rounds are over.

    `graph` holds the weights of UMAP's fuzzy graph, each edge in both directions; `curve` the a
    and b of its similarity 1 / (1 + a * distance ** (2 b)).
    """

    def __init__(
        self,
        start: Points,
        graph: "csr_matrix",
        curve: tuple[float, float],
        rounds: int,
        seed: int,
    ) -> None:
        self.points, self.rounds, self.done = start.copy(), rounds, 0
        self._forces, self._seed = force_tables(*curve), seed
        self._run_round = layout_kernel(start.shape[1])
        # An edge too weak to be drawn once in all rounds is left out, as umap-learn does.
        strong = graph.data >= graph.data.max() / rounds
        self._first_edge = np.concatenate([[0], np.cumsum(strong)])[graph.indptr]
        self._ends = graph.indices[strong].astype(np.int32, copy=False)
        # An edge of the greatest weight pulls in every round, one of half of it in every second.
        self._interval = (graph.data.max() / graph.data[strong]).astype(np.float32)
        self._due = self._interval.copy()

    def refine(self, stop: Event) -> None:
        """Run all rounds, or until `stop` is set."""
        while self.done < self.rounds and not stop.is_set():
            self._run_round(
                self.points, self._first_edge, self._ends, self._interval, self._due,
                np.float32(self.done), np.float32(1 - self.done / self.rounds),
                *self._forces, np.uint32(self._seed % 2**32),
            )  # fmt: skip
            self.done += 1


def force_tables(a: float, b: float) -> tuple[Points, Points]:
    """Return how strongly an edge pulls and a point drawn at random pushes, by squared distance."""
    middles = (np.arange(FIRST, LAST + 1, dtype=np.int32) << BITS) + (1 << (BITS - 1))
    square = middles.view(np.float32).astype(np.float64)
    power = square**b
    pull = -2 * a * b * (power / square) / (a * power + 1)
    push = 2 * b / ((0.001 + square) * (a * power + 1))
    return pull.astype(np.float32), push.astype(np.float32)


def _place(square: float) -> int:
    """Return the place of a squared distance in a table that begins at zero: its first bits."""
    return int(np.float32(square).view(np.int32)) >> BITS


FIRST, LAST = _place(NEAREST_SQUARE), _place(FARTHEST_SQUARE)


@cache
def layout_kernel(dimensions: int) -> Callable[..., None]:
    """Return a round over points of so many dimensions, compiled, or read from the cache.

    One function: what calls others that are compiled beside it is compiled anew in each process.
    A point under way is a tuple, which the processor keeps in its registers; an array it would
    write to memory at each force, as another point might lie there.
    """
    use_cache_folder()
    import numba

    # A global, as all that the function closes over is a part of its name in the cache, and this
    # has another in each process.
    global tuple_setitem  # noqa: PLW0603
    from numba.cpython.unsafe.tuple import tuple_setitem

    most = np.float32(FARTHEST)
    last = LAST - FIRST
    nowhere = (np.float32(0),) * dimensions
    floats, whole = numba.float32[::1], numba.int64[::1]
    signature = numba.void(
        numba.float32[:, ::1], whole, numba.int32[::1], floats, floats,
        numba.float32, numba.float32, floats, floats, numba.uint32,
    )  # fmt: skip

    def run_round(
        points: Any, first_edge: Any, ends: Any, interval: Any, due: Any,
        now: Any, step: Any, pull: Any, push: Any, seed: Any,
    ) -> None:  # fmt: skip
        n = len(points)
        for point in range(n):
            # Spread by two odd multipliers, so that neighbours and rounds draw unlike numbers.
            random = np.uint32(np.uint32(point) * np.uint32(2_654_435_761)) ^ seed
            random = np.uint32((random ^ (random >> np.uint32(15))) + np.uint32(now))
            random = np.uint32(random * np.uint32(2_246_822_507)) | np.uint32(1)
            place = nowhere
            for d in range(dimensions):
                place = tuple_setitem(place, d, points[point, d])
            for edge in range(first_edge[point], first_edge[point + 1]):
                if due[edge] > now:
                    continue
                due[edge] += interval[edge]
                end = ends[edge]
                square = np.float32(0)
                for d in range(dimensions):
                    square += (place[d] - points[end, d]) ** 2
                entry = (np.float32(square).view(np.int32) >> BITS) - FIRST
                strength = pull[min(max(entry, 0), last)]
                for d in range(dimensions):
                    way = strength * (place[d] - points[end, d])
                    way = min(max(way, -most), most) * step
                    place = tuple_setitem(place, d, place[d] + way)
                    points[end, d] -= way
                pushed = nowhere
                for _ in range(REPELLED):
                    # Marsaglia's xorshift (2003) of 32 bits, scaled to a point (Lemire 2019).
                    random ^= np.uint32(random << np.uint32(13))
                    random ^= random >> np.uint32(17)
                    random ^= np.uint32(random << np.uint32(5))
                    other = np.int64((np.uint64(random) * np.uint64(n)) >> np.uint64(32))
                    if other == point:
                        continue
                    square = np.float32(0)
                    for d in range(dimensions):
                        square += (place[d] - points[other, d]) ** 2
                    entry = (np.float32(square).view(np.int32) >> BITS) - FIRST
                    strength = push[min(max(entry, 0), last)]
                    for d in range(dimensions):
                        way = min(max(strength * (place[d] - points[other, d]), -most), most)
                        pushed = tuple_setitem(pushed, d, pushed[d] + way)
                for d in range(dimensions):
                    place = tuple_setitem(place, d, place[d] + pushed[d] * step)
            for d in range(dimensions):
                points[point, d] = place[d]

    with statements_side_by_side():
        return numba.njit(signature, cache=True, nogil=True, fastmath=True)(run_round)  # type: ignore[no-any-return]
