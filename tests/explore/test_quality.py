"""Coherence and stability on topics whose truth is known."""

import numpy as np
import pytest

from core.explore import (
    ClusterSettings,
    coherence,
    resample,
    stability,
)


def blobs(groups: int, each: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    centres = random.normal(size=(groups, 5)) * 10
    truth = np.repeat(np.arange(groups), each)
    points = centres[truth] + random.normal(size=(len(truth), 5)) * spread
    return points.astype(np.float32), truth


def test_texts_that_are_alike_are_coherent_and_random_groups_are_as_any_texts() -> None:
    points, truth = blobs(6, 80, 0.5)
    assert min(found for found in coherence(truth, range(6), points) if found is not None) > 0.9
    drawn = np.random.default_rng(1).permutation(truth)
    assert all(abs(found or 1) < 0.05 for found in coherence(drawn, range(6), points))


def test_a_mixture_of_two_groups_is_less_coherent_than_either() -> None:
    points, truth = blobs(6, 80, 0.5)
    mixed, *pure = coherence(np.maximum(truth, 1), range(1, 6), points)
    assert mixed is not None
    assert mixed < 0.8 * min(found for found in pure if found is not None)


def test_coherence_does_not_depend_on_how_long_the_vectors_are() -> None:
    points, truth = blobs(3, 20, 0.5)
    lengths = np.linspace(1, 9, len(points), dtype=np.float32)[:, None]
    assert np.allclose(
        np.array(coherence(truth, range(3), points), dtype=float),
        np.array(coherence(truth, range(3), points * lengths), dtype=float),
        atol=1e-4,
    )


@pytest.mark.parametrize(
    "vectors",
    [np.zeros((0, 3)), np.ones((1, 3)), np.ones((2, 3)), np.ones((50, 3))],
    ids=["none", "one", "two alike", "all alike"],
)
def test_coherence_is_not_known_of_one_text_or_of_all_alike(vectors: np.ndarray) -> None:
    topics = np.zeros(len(vectors), dtype=np.int64)
    assert coherence(topics, [0, 1], vectors.astype(np.float32)) == [None, None]


def test_a_real_group_is_stable_and_a_random_one_is_not() -> None:
    points, truth = blobs(6, 80, 0.5)
    drawn = np.random.default_rng(1).permutation(truth)
    resamples = resample(points, points, ClusterSettings())
    assert min(stability(truth, range(6), resamples)) > 0.9
    assert max(stability(drawn, range(6), resamples)) < 0.2


def test_the_same_seed_draws_the_same_samples() -> None:
    points, _ = blobs(3, 40, 0.5)
    first, second = (resample(points, points, ClusterSettings()) for _ in range(2))
    assert all(
        np.array_equal(first.arrays()[name], second.arrays()[name]) for name in first.arrays()
    )
    assert len(first.samples) == 10


@pytest.mark.parametrize("n", [0, 1, 2, 29])
def test_few_points_are_not_clustered_again(n: int) -> None:
    points = np.zeros((n, 5), dtype=np.float32)
    resamples = resample(points, points, ClusterSettings())
    assert len(resamples.samples) == 0
    assert stability(np.zeros(n, dtype=np.int64), [0], resamples) == [None]


def test_one_topic_of_all_is_no_more_stable_than_chance() -> None:
    points = np.ones((50, 5), dtype=np.float32)
    resamples = resample(points, points, ClusterSettings())
    # All in one topic is what chance gives, so nothing is to be said for it.
    assert stability(np.zeros(50, dtype=np.int64), [0], resamples) == [0.0]
