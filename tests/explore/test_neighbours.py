"""Neighbours are exact, in order, and never the text itself."""

import numpy as np
import pytest

from core.errors import SettingInvalid
from core.explore import Neighbours, find_neighbours
from core.explore import neighbours as module


def vectors_of(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 12)).astype(np.float32)


def test_neighbours_are_those_of_a_full_search() -> None:
    vectors = vectors_of(300)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    everything = unit @ unit.T
    np.fill_diagonal(everything, -np.inf)
    expected = np.argsort(-everything, axis=1)[:, :7]

    found = find_neighbours(vectors, 7)

    assert (found.indices == expected).all()
    assert found.indices.dtype == np.int32
    assert np.allclose(found.similarities, np.take_along_axis(everything, expected, 1), atol=1e-6)
    assert found.exact


def test_blocks_find_what_one_block_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = vectors_of(101)
    whole = find_neighbours(vectors, 5)
    monkeypatch.setattr(module, "BLOCK_CELLS", 101 * 7)

    assert (find_neighbours(vectors, 5).indices == whole.indices).all()


@pytest.mark.parametrize(("n", "k"), [(0, 0), (1, 0), (2, 1), (4, 3)])
def test_few_texts_have_few_neighbours(n: int, k: int) -> None:
    found = find_neighbours(vectors_of(n), 15)

    assert found.indices.shape == found.similarities.shape == (n, k)
    assert all(row not in found.indices[row] for row in range(n))


def test_equal_vectors_and_zeros_are_no_error() -> None:
    found = find_neighbours(np.ones((30, 4), dtype=np.float32), 5)
    assert np.allclose(found.similarities, 1, atol=1e-6)
    assert all(row not in found.indices[row] for row in range(30))

    assert np.isfinite(find_neighbours(np.zeros((30, 4), dtype=np.float32), 5).similarities).all()


def test_half_precision_vectors_are_read() -> None:
    vectors = vectors_of(50)
    found = find_neighbours(vectors.astype(np.float16), 1).indices
    assert (found == find_neighbours(vectors, 1).indices).mean() > 0.9


def test_no_neighbours_asked_for_is_an_error() -> None:
    with pytest.raises(SettingInvalid, match="0 neighbours were asked for"):
        find_neighbours(vectors_of(5), 0)


def test_arrays_round_trip() -> None:
    found = find_neighbours(vectors_of(20), 3)
    again = Neighbours.from_arrays(found.arrays())
    assert (again.indices == found.indices).all()
    assert (again.similarities == found.similarities).all()
    assert again.recall == found.recall


def test_many_are_searched_approximately_and_say_how_well(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = vectors_of(2_000)
    vectors[1_000:1_040] = vectors[1_000]  # more equal ones than neighbours are asked for
    exact = find_neighbours(vectors, 10)
    monkeypatch.setattr(module, "EXACT_UP_TO", 1_000)

    found = find_neighbours(vectors, 10)

    assert found.indices.shape == (2_000, 10)
    assert not (found.indices == np.arange(2_000)[:, None]).any()
    assert (found.indices >= 0).all()
    assert (np.diff(found.similarities, axis=1) <= 0).all()
    near_enough = found.similarities >= exact.similarities[:, -1:] - 1e-5
    assert 0.9 < found.recall < 1 or near_enough.all()
    assert abs(found.recall - near_enough.mean()) < 0.02
    again = find_neighbours(vectors, 10)
    assert (again.indices == found.indices).all()
    assert again.recall == found.recall


def test_recall_falls_when_neighbours_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(unit: np.ndarray, k: int, *_: object) -> tuple[np.ndarray, np.ndarray]:
        places = ((np.arange(len(unit))[:, None] + np.arange(1, k + 1)) % len(unit)).astype(
            np.int32
        )
        return places, np.einsum("nd,nkd->nk", unit, unit[places])

    monkeypatch.setattr(module, "descend", careless)
    monkeypatch.setattr(module, "EXACT_UP_TO", 100)

    assert find_neighbours(vectors_of(500), 5).recall < 0.1


def test_neighbours_the_descent_did_not_find_are_searched_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fruitless(unit: np.ndarray, k: int, *_: object) -> tuple[np.ndarray, np.ndarray]:
        return np.full((len(unit), k), -1, np.int32), np.zeros((len(unit), k), np.float32)

    vectors = vectors_of(300)
    exact = find_neighbours(vectors, 5)
    monkeypatch.setattr(module, "descend", fruitless)
    monkeypatch.setattr(module, "EXACT_UP_TO", 100)

    found = find_neighbours(vectors, 5)
    assert (found.indices == exact.indices).all()
    assert found.recall == 1
