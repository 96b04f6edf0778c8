"""Points that belong together come together, by the forces of UMAP."""

from collections.abc import Callable
from threading import Event
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from core.explore.compiled import umap_kernels
from core.explore.umap_layout import BITS, FIRST, Layout, force_tables, layout_kernel

CURVE = (1.58, 0.9)
ROUNDS = 200


def refined(graph: csr_matrix, seed: int = 1) -> np.ndarray:
    start = np.random.default_rng(0).uniform(0, 10, (graph.shape[0], 2)).astype(np.float32)
    layout = Layout(start, graph, CURVE, ROUNDS, seed)
    layout.refine(Event())
    assert layout.done == ROUNDS
    return layout.points


def ring(n: int) -> csr_matrix:
    """A graph that joins each of n points with the next two, both ways."""
    joined = np.zeros((n, n), dtype=np.float32)
    for step, weight in ((1, 1.0), (2, 0.5)):
        places = np.arange(n)
        joined[places, (places + step) % n] = joined[(places + step) % n, places] = weight
    return csr_matrix(joined)


def test_neighbours_in_the_graph_become_neighbours_in_the_plane() -> None:
    points = refined(ring(300))
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argsort(axis=1)[:, :4]
    between = np.abs(nearest - np.arange(300)[:, None])
    assert (np.minimum(between, 300 - between) <= 4).mean() > 0.9


def test_points_without_an_edge_keep_apart() -> None:
    points = refined(ring(300))
    opposite = np.linalg.norm(points - np.roll(points, 150, axis=0), axis=1)
    beside = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1)
    assert np.median(opposite) > 10 * np.median(beside)


def test_the_seed_decides() -> None:
    graph = ring(100)
    assert (refined(graph) == refined(graph)).all()
    assert (refined(graph) != refined(graph, seed=2)).any()


def test_an_edge_too_weak_for_a_single_round_pulls_nothing() -> None:
    weak = csr_matrix(np.array([[0, 1, 0.001], [1, 0, 0], [0.001, 0, 0]], dtype=np.float32))
    none = csr_matrix(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=np.float32))
    assert (refined(weak) == refined(none)).all()


def test_refining_stops_when_it_is_told_to() -> None:
    stop = Event()
    stop.set()
    layout = Layout(np.zeros((100, 2), np.float32), ring(100), CURVE, ROUNDS, 1)
    layout.refine(stop)
    assert layout.done == 0


def test_the_tables_hold_the_forces_of_umap() -> None:
    a, b = umap_kernels().find_curve(1.0, 0.1)
    pull, push = force_tables(a, b)
    for square in (1e-6, 0.003, 0.7, 1.0, 42.0, 9_000.0):
        place = (int(np.float32(square).view(np.int32)) >> BITS) - FIRST
        # As umap.layouts has them.
        pulling = -2.0 * a * b * square ** (b - 1.0) / (a * square**b + 1.0)
        pushing = 2.0 * b / ((0.001 + square) * (a * square**b + 1.0))
        assert np.isclose(pull[place], pulling, rtol=0.01)
        assert np.isclose(push[place], pushing, rtol=0.01)


@pytest.mark.parametrize("dimensions", [2, 5])
def test_the_compiled_round_moves_points_as_plain_python_does(dimensions: int) -> None:
    start = np.random.default_rng(3).uniform(0, 10, (60, dimensions)).astype(np.float32)
    compiled, plain = (Layout(start, ring(60), CURVE, ROUNDS, seed=1) for _ in range(2))
    plain._run_round = in_python(layout_kernel(dimensions))
    for layout in (compiled, plain):
        layout.rounds = 4
        layout.refine(Event())
    assert np.abs(plain.points - start).max() > 1
    assert np.allclose(compiled.points, plain.points, atol=1e-3)


def in_python(kernel: Any) -> Callable[..., None]:
    """The function behind a compiled one, with what numba adds to the language put in."""

    def with_item(values: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
        return (*values[:place], value, *values[place + 1 :])

    plain = kernel.py_func
    names = {**plain.__globals__, "tuple_setitem": with_item}
    written = FunctionType(plain.__code__, names, closure=plain.__closure__)

    def run(*arguments: Any) -> None:
        with np.errstate(over="ignore"):
            written(*arguments)

    return run
