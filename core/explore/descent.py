"""Neighbour descent (Dong, Moses, Li 2011) with the functions of pynndescent, compiled once.

`pynndescent.NNDescent` hands the distance on as an argument, which makes its code unfit for a cache
on disk: each process compiles for half a minute. It is also silent until it ends, and what it
finds depends on the number of cores. Here the distance is fixed, a round is one call, and the work
is cut into the same parts on every machine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from core.explore.compiled import use_cache_folder
from core.i18n import N_
from core.progress import SILENT, Progress
from core.settings import SEED

PARTS = 16
"""Pieces of the work, which as many cores may share."""

BLOCK = 16_384
"""Vectors compared in one go; the room for what was found grows with it, not with n."""

CONVERGED = 0.001
"""Descent ends when a round changes less than this share of the neighbours."""

LEAST_ROOM = 1_024


@dataclass(frozen=True)
class DescentKernels:
    """The compiled parts: a first graph from the leaves of random trees, and a round."""

    begin: Callable[..., Any]
    improve: Callable[..., int]


@cache
def descent_kernels() -> DescentKernels:
    """Import pynndescent and return its functions, read from the cache where it has them."""
    use_cache_folder()
    import numba
    from pynndescent import distances, kernels, pynndescent_, utils

    @numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
    def begin(vectors: Any, k: int, leaves: Any, random: Any) -> Any:
        graph = utils.make_heap(vectors.shape[0], k)
        pynndescent_.init_rp_tree(vectors, distances.alternative_dot, graph, leaves, PARTS)
        pynndescent_.init_random(k, vectors, graph, distances.alternative_dot, random)
        return graph

    @numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
    def improve(graph: Any, vectors: Any, random: Any, candidates: Any, updates: Any) -> Any:
        new, old = utils.build_candidates_owner(
            graph, candidates[0].shape[1], random, PARTS, *candidates
        )
        blocks = vectors.shape[0] // BLOCK
        return pynndescent_.process_candidates(
            vectors, distances.alternative_dot, graph, new, old, blocks, BLOCK, PARTS, *updates,
            kernels.KERNEL_ALT_DOT,
        )  # fmt: skip

    return DescentKernels(begin, improve)


def descend(
    unit: npt.NDArray[np.float32], k: int, progress: Progress = SILENT, seed: int = SEED
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Return k near others of each of n vectors of unit length, and their cosines, in no order.

    -1 stands where fewer were found; a cosine below 0 comes out as 0.
    """
    kernels = descent_kernels()
    rounds = max(5, round(np.log2(len(unit))))
    random = np.random.RandomState(seed)
    state = random.randint(-(2**31) + 1, 2**31 - 1, 3).astype(np.int64)
    progress(0, rounds + 1, N_("Finding neighbours"))
    graph = kernels.begin(unit, k, _leaves(unit, k, int(random.randint(2**31))), state)
    candidates, updates = _room_for_candidates(len(unit), k), _room_for_updates(k)
    for done in range(rounds):
        progress(done + 1, rounds + 1, N_("Finding neighbours"))
        changes = kernels.improve(graph, unit, state, candidates, updates)
        if changes <= CONVERGED * k * len(unit):
            break
    # The distance is -log2 of the cosine.
    return graph[0], np.exp2(-graph[1])


def _leaves(unit: npt.NDArray[np.float32], k: int, seed: int) -> npt.NDArray[np.int32]:
    """Return the leaves of random projection trees, by index; as many trees as NNDescent has."""
    from pynndescent.hybrid_forest import make_hybrid_leaf_array

    trees = int(np.clip(round(2 * np.log10(len(unit))), 3, 12))
    leaf_size = int(np.clip(5 * k, 60, 256))
    leaves: npt.NDArray[np.int32] = make_hybrid_leaf_array(
        unit, trees, leaf_size, seed, angular=True
    )
    return leaves


def _room_for_candidates(n: int, k: int) -> tuple[npt.NDArray[Any], ...]:
    """Return the arrays in which a round chooses the new and the old pairs to compare."""
    most = min(60, k)
    new, old = (
        (np.full((n, most), -1, np.int32), np.full((n, most), np.inf, np.float32)) for _ in range(2)
    )
    ends = np.empty(n * k, np.int32), np.empty(n * k, np.int32)
    return (*new, *old, np.ones(n, np.uint8), *ends, np.zeros((PARTS, PARTS + 1), np.int64))


def _room_for_updates(k: int) -> tuple[npt.NDArray[Any], ...]:
    """Return the arrays in which a block's pairs wait to be entered, by the part that made them."""
    most = min(60, k)
    pairs = int((most**2 + most * (most - 1) / 2) * BLOCK / PARTS) + LEAST_ROOM
    return (
        np.empty((PARTS, pairs, 3), np.float32),
        np.zeros(PARTS, np.int32),
        np.empty((PARTS, 2 * pairs, 3), np.float32),
        np.zeros((PARTS, PARTS + 1), np.int64),
    )
