"""Coherence and stability on topics whose truth is known."""

import numpy as np
import pytest

from core.explore import (
    ClusterSettings,
    coherence,
    count_terms,
    resample,
    stability,
)

FRUIT = ["apple pear plum ripe orchard", "pear apple orchard juice", "ripe plum apple pear"] * 20
ENGINES = ["engine piston valve oil torque", "valve piston engine oil", "torque engine valve"] * 20


def blobs(groups: int, each: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    centres = random.normal(size=(groups, 5)) * 10
    truth = np.repeat(np.arange(groups), each)
    points = centres[truth] + random.normal(size=(len(truth), 5)) * spread
    return points.astype(np.float32), truth


def test_words_that_stand_together_are_coherent_and_others_not() -> None:
    terms = count_terms(FRUIT + ENGINES, "en")
    together, apart = coherence([("apple", "pear", "plum"), ("apple", "engine", "valve")], terms)
    assert together is not None
    assert apart is not None
    assert 0.5 < together <= 1
    assert apart < 0


@pytest.mark.parametrize("keywords", [(), ("apple",), ("no such word", "nor this")])
def test_coherence_of_fewer_than_two_words_is_not_known(keywords: tuple[str, ...]) -> None:
    assert coherence([keywords], count_terms(FRUIT, "en")) == [None]


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
