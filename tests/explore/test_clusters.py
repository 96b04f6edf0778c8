"""A tree of clusters: any number of topics, nodes that stay, noise that is told."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import SettingInvalid
from core.explore import ClusterEngine, Clusters, ClusterSettings, cluster, left_out
from core.explore.clusters import HELD
from core.explore.ward import ward_tree


def blobs(n: int, of: int, spread: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    centres = random.uniform(-10, 10, size=(of, 5))
    group = np.arange(n) % of
    return (centres[group] + spread * random.normal(size=(n, 5))).astype(np.float32), group


def tree_of(leaves: int, units: int = 200) -> Clusters:
    random = np.random.default_rng(leaves)
    leaf = np.concatenate([np.arange(leaves), random.integers(0, leaves, units)]).astype(np.int32)
    sizes = np.bincount(leaf)
    linkage = ward_tree(random.normal(size=(leaves, 5)), sizes)
    return Clusters(leaf, np.ones(len(leaf), dtype=np.float32), linkage)


@pytest.mark.parametrize("engine", list(ClusterEngine))
def test_groups_are_found_at_their_number(engine: ClusterEngine) -> None:
    space, group = blobs(600, 6)
    found = cluster(space, ClusterSettings(engine=engine))

    nodes = found.cut(6)
    pairs = set(zip(nodes.tolist(), group.tolist(), strict=True))
    assert len(pairs) == 6


@pytest.mark.parametrize("engine", list(ClusterEngine))
def test_the_same_points_give_the_same_tree(engine: ClusterEngine) -> None:
    space, _ = blobs(500, 9, spread=2)
    first, second = (cluster(space, ClusterSettings(engine=engine)) for _ in range(2))

    assert (first.leaf_of_unit == second.leaf_of_unit).all()
    assert (first.strength == second.strength).all()
    assert (first.linkage == second.linkage).all()


@pytest.mark.parametrize("engine", list(ClusterEngine))
def test_noise_joins_its_nearest_cluster_and_is_less_sure(engine: ClusterEngine) -> None:
    space, _ = blobs(400, 5)
    background = np.random.default_rng(5).uniform(-10, 10, size=(100, 5)).astype(np.float32)
    points = np.concatenate([space, background])
    found = cluster(points, ClusterSettings(engine=engine))

    noise = found.strength < HELD
    assert noise[400:].sum() > 20 and noise[:400].mean() < 0.7
    distances = np.linalg.norm(points[noise][:, None] - points[~noise], axis=2)
    nearest = np.flatnonzero(~noise)[distances.argmin(axis=1)]
    assert (found.leaf_of_unit[noise] == found.leaf_of_unit[nearest]).all()
    assert found.strength.min() >= 0 and found.strength.max() <= 1
    farther = distances.min(axis=1).argsort()
    assert (np.diff(found.strength[noise][farther]) <= 0).all()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
def test_few_points_are_one_cluster(n: int) -> None:
    found = cluster(blobs(n, 2)[0])

    assert found.leaf_count == min(n, 1)
    assert found.suggested_topics == min(n, 1)
    assert found.cut(5).tolist() == [0] * n
    assert (found.strength >= HELD).all()


def test_equal_points_are_one_cluster() -> None:
    found = cluster(np.ones((50, 5), dtype=np.float32))
    assert found.leaf_count == 1
    assert found.children(0) is None


@pytest.mark.parametrize("leaves", [1, 2, 7, 60])
def test_a_cut_has_so_many_topics(leaves: int) -> None:
    clusters = tree_of(leaves)

    for topics in range(1, leaves + 1):
        assert len(set(clusters.cut(topics).tolist())) == topics
    assert (clusters.cut(0) == clusters.cut(1)).all()
    assert (clusters.cut(leaves + 9) == clusters.leaf_of_unit).all()


def test_one_more_topic_opens_one_topic_and_keeps_the_others() -> None:
    clusters = tree_of(40)
    for topics in range(1, 40):
        fewer, more = (set(clusters.cut(k).tolist()) for k in (topics, topics + 1))
        (opened,) = fewer - more
        children = clusters.children(opened)
        assert children is not None and set(children) == more - fewer
        assert clusters.sizes[children[0]] >= clusters.sizes[children[1]]
        assert all(clusters.parent[child] == opened for child in children)
    assert clusters.parent[-1] == -1


def test_sizes_count_the_units_of_a_node() -> None:
    clusters = tree_of(25)
    for topics in (1, 4, 25):
        nodes, counts = np.unique(clusters.cut(topics), return_counts=True)
        assert clusters.sizes[nodes].tolist() == counts.tolist()


def test_units_know_which_of_some_nodes_holds_them() -> None:
    clusters = tree_of(10)
    root = clusters.node_count - 1
    children = clusters.children(root)
    assert children is not None
    units = np.arange(len(clusters.leaf_of_unit))

    assert (clusters.ancestor_among(units, children) == clusters.cut(2)).all()
    assert (clusters.ancestor_among(units, (root, *children)) == clusters.cut(2)).all()
    assert set(clusters.ancestor_among(units, (children[0],)).tolist()) == {children[0], -1}


def test_a_clear_number_of_groups_is_suggested() -> None:
    space, _ = blobs(1200, 12)
    assert cluster(space).suggested_topics == 12


@given(st.lists(st.floats(0, 1, width=32), max_size=60), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_never_more_is_left_out_than_allowed(strengths: list[float], share: float) -> None:
    strength = np.array(strengths, dtype=np.float32)
    mask = left_out(strength, share)

    assert mask.sum() <= share * len(strength)
    assert (strength[mask] < HELD).all()
    if mask.any() and not mask.all():
        assert strength[mask].max() <= strength[~mask].min()


def test_the_least_sure_are_left_out_first() -> None:
    strength = np.array([0.4, 0.9, 0.1, 0.3], dtype=np.float32)

    assert left_out(strength, 0.5).tolist() == [False, False, True, True]
    assert left_out(strength, 1.0).tolist() == [True, False, True, True]
    assert not left_out(strength, 0.0).any()
    with pytest.raises(SettingInvalid, match=r"The share to leave out is 5\."):
        left_out(strength, 5)


@pytest.mark.parametrize("wrong", [{"min_cluster_size": 1}, {"min_samples": 0}])
def test_settings_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(SettingInvalid, match="Choose at least"):
        ClusterSettings(**wrong)  # type: ignore[arg-type]


def test_arrays_round_trip() -> None:
    clusters = tree_of(8)
    again = Clusters.from_arrays(clusters.arrays())
    assert (again.cut(4) == clusters.cut(4)).all()
    assert again.suggested_topics == clusters.suggested_topics
