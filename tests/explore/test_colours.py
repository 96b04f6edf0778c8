"""Topics have colours unlike those of their neighbours, and keep them in every cut."""

import numpy as np
import pytest

from core.explore import ClusterSettings, cluster, colours_of_tree, free_colour
from core.explore.clusters import Clusters

K = 20
# Twenty colours on a line, each as unlike another as it is far from it.
DIFFERENCES = np.abs(np.subtract.outer(np.arange(K), np.arange(K))).astype(float)


def groups() -> np.ndarray:
    """Thirty points around each of forty places, (1200, 5)."""
    random = np.random.default_rng(0)
    centres = np.repeat(random.normal(size=(40, 5)) * 10, 30, axis=0)
    return (centres + random.normal(size=centres.shape)).astype(np.float32)


def test_a_topic_has_its_colour_in_every_cut_and_unlike_its_neighbours() -> None:
    points = groups()
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
