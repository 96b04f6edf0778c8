"""Coherence, stability and colours on topics whose truth is known."""

import numpy as np
import pytest

from core.explore import (
    PALETTE_SIZE,
    ClusterSettings,
    cluster,
    coherence,
    colours_of_tree,
    count_terms,
    free_colour,
    resample,
    stability,
)
from core.explore.clusters import Clusters

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


def test_a_topic_has_its_colour_in_every_cut_and_unlike_its_neighbours() -> None:
    points, _ = blobs(40, 30, 1.0)
    clusters = cluster(points, ClusterSettings(5))
    colours = colours_of_tree(clusters, points[:, :2])
    assert clusters.leaf_count > PALETTE_SIZE
    few = np.unique(clusters.cut(PALETTE_SIZE))
    in_turn = colours_in_turn(clusters)
    assert len(set(colours[few].tolist())) == len(few)
    assert in_turn[few].tolist() == colours[few].tolist()
    assert colours.max() < PALETTE_SIZE
    assert nearest_of_equal_colour(clusters, points, colours) > nearest_of_equal_colour(
        clusters, points, in_turn % PALETTE_SIZE
    )


def colours_in_turn(clusters: Clusters) -> np.ndarray:
    """The next colour for each topic that opens, wherever it lies on the map."""
    colours = np.zeros(clusters.node_count, dtype=np.int32)
    for free, node in enumerate(range(clusters.node_count - 1, clusters.leaf_count - 1, -1), 1):
        larger, smaller = clusters.children(node) or (node, node)
        colours[larger], colours[smaller] = colours[node], free
    return colours


def nearest_of_equal_colour(clusters: Clusters, points: np.ndarray, colours: np.ndarray) -> float:
    """How near two topics of one colour come, over the cuts that need more than the palette."""
    found = []
    for count in range(PALETTE_SIZE + 1, min(40, clusters.leaf_count)):
        node = clusters.cut(count)
        ids = np.unique(node)
        centres = np.array([points[node == one, :2].mean(axis=0) for one in ids])
        distances = np.linalg.norm(centres[:, None] - centres, axis=2)
        same = colours[ids][:, None] == colours[ids]
        np.fill_diagonal(same, False)
        found.append(distances[same].min())
    return float(np.mean(found))


def test_a_free_colour_is_one_that_nobody_has_else_the_farthest() -> None:
    centres = np.stack([np.arange(20.0), np.zeros(20)], axis=1)
    assert free_colour(np.arange(5), centres[:5], np.zeros(2)) == 5
    assert free_colour(np.arange(5), centres[:5], np.zeros(2), from_the_end=True) == 19
    assert free_colour(np.arange(20), centres, np.zeros(2)) == 19
    assert free_colour(np.zeros(0), np.zeros((0, 2)), np.zeros(2)) == 0
