"""Coherence, stability and colours on topics whose truth is known."""

import numpy as np
import pytest

from core.explore import (
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


K = 20
# Twenty colours on a line, each as unlike another as it is far from it.
DIFFERENCES = np.abs(np.subtract.outer(np.arange(K), np.arange(K))).astype(float)


def test_a_topic_has_its_colour_in_every_cut_and_unlike_its_neighbours() -> None:
    points, _ = blobs(40, 30, 1.0)
    clusters = cluster(points, ClusterSettings(5))
    colours = colours_of_tree(clusters, points[:, :2], DIFFERENCES)
    assert clusters.leaf_count > K
    assert set(colours.tolist()) == set(range(K))
    for node in range(clusters.leaf_count, clusters.node_count):
        larger, _smaller = clusters.children(node) or (node, node)
        assert colours[larger] == colours[node]
    few = np.unique(clusters.cut(K))
    assert len(set(colours[few].tolist())) == K
    in_turn = colours_in_turn(clusters)
    for measure in (nearest_of_equal_colour, likest_of_neighbours):
        assert measure(clusters, points, colours) > measure(clusters, points, in_turn % K)


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_few_topics_have_colours(n: int) -> None:
    clusters = cluster(np.zeros((n, 5), dtype=np.float32), ClusterSettings())
    colours = colours_of_tree(clusters, np.zeros((n, 2), dtype=np.float32), DIFFERENCES)
    assert colours.shape == (clusters.node_count,)
    assert len(colours) == 0 or 0 <= colours.min() <= colours.max() < K


def colours_in_turn(clusters: Clusters) -> np.ndarray:
    """The next colour for each topic that opens, wherever it lies on the map."""
    colours = np.zeros(clusters.node_count, dtype=np.int32)
    for free, node in enumerate(range(clusters.node_count - 1, clusters.leaf_count - 1, -1), 1):
        larger, smaller = clusters.children(node) or (node, node)
        colours[larger], colours[smaller] = colours[node], free
    return colours


def pairs_of_topics(
    clusters: Clusters, points: np.ndarray, colours: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """The distances (t, t) between the topics of a cut, and their colours (t,)."""
    node = clusters.cut(count)
    ids = np.unique(node)
    centres = np.array([points[node == one, :2].mean(axis=0) for one in ids])
    distances = np.linalg.norm(centres[:, None] - centres, axis=2)
    np.fill_diagonal(distances, np.inf)
    return distances, colours[ids]


def nearest_of_equal_colour(clusters: Clusters, points: np.ndarray, colours: np.ndarray) -> float:
    """How near two topics of one colour come, over the cuts that need more than the palette."""
    found = []
    for count in range(K + 1, min(40, clusters.leaf_count)):
        distances, here = pairs_of_topics(clusters, points, colours, count)
        found.append(distances[here[:, None] == here].min())
    return float(np.mean(found))


def likest_of_neighbours(clusters: Clusters, points: np.ndarray, colours: np.ndarray) -> float:
    """How like the colours of a topic and its nearest are, at the worst, over the coarser cuts."""
    found = []
    for count in range(4, K + 1):
        distances, here = pairs_of_topics(clusters, points, colours, count)
        found.append(DIFFERENCES[here, here[distances.argmin(axis=1)]].min())
    return float(np.mean(found))


def test_a_free_colour_is_unlike_those_near_and_nobodys_while_there_is_one() -> None:
    centres = np.stack([np.arange(20.0), np.zeros(20)], axis=1)
    assert free_colour(np.arange(5), centres[:5], np.zeros(2), DIFFERENCES) == 19
    assert free_colour(np.arange(15, 20), centres[:5], np.zeros(2), DIFFERENCES) == 0
    assert free_colour(np.arange(1, 20), centres[:19], np.zeros(2), DIFFERENCES) == 0
    assert free_colour(np.arange(20), centres, np.zeros(2), DIFFERENCES) == 19, "the farthest"
    assert free_colour(np.zeros(0), np.zeros((0, 2)), np.zeros(2), DIFFERENCES) == 0
