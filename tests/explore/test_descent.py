"""Neighbour descent finds the same on any number of cores, reports, and can be ended."""

import numba
import numpy as np
import pytest

from core.errors import Cancelled
from core.explore.descent import descend
from core.progress import Progress


def unit_vectors(n: int) -> np.ndarray:
    vectors = np.random.default_rng(0).normal(size=(n, 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_one_core_finds_what_all_find() -> None:
    unit = unit_vectors(1_500)
    found, cosines = descend(unit, 10)
    cores = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        alone, _ = descend(unit, 10)
    finally:
        numba.set_num_threads(cores)

    assert (found == alone).all()
    assert (found != np.arange(1_500)[:, None]).all()
    assert all(len(set(row)) == 10 for row in found.tolist())
    assert np.allclose(cosines, np.einsum("nd,nkd->nk", unit, unit[found]).clip(0), atol=1e-5)


def test_another_seed_searches_otherwise() -> None:
    unit = unit_vectors(1_500)
    assert (descend(unit, 10, seed=1)[0] != descend(unit, 10, seed=2)[0]).any()


def test_it_reports_each_round_and_ends_when_told() -> None:
    seen = []

    class Impatient(Progress):
        def __call__(self, done: float, total: float, message: str = "") -> None:
            seen.append(done)
            if done == 2:
                raise Cancelled("Cancelled")

    with pytest.raises(Cancelled):
        descend(unit_vectors(1_500), 10, Impatient())
    assert seen == [0, 1, 2]
