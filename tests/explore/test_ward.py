"""The weighted tree is scipy's where weights are equal, and repeats points where they are not."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, is_valid_linkage, linkage

from core.explore.ward import ward_tree


@pytest.mark.parametrize("m", [2, 3, 10, 120])
def test_equal_weights_give_scipys_tree(m: int) -> None:
    centres = np.random.default_rng(m).normal(size=(m, 4))

    assert np.allclose(ward_tree(centres, np.ones(m, dtype=int)), linkage(centres, "ward"))


def test_a_weight_counts_as_so_many_points() -> None:
    random = np.random.default_rng(3)
    centres, weights = random.normal(size=(12, 3)), random.integers(1, 6, 12)
    repeated = linkage(np.repeat(centres, weights, axis=0), "ward")

    tree = ward_tree(centres, weights)

    assert np.allclose(tree[:, 2], repeated[-11:, 2])
    assert tree[-1, 3] == weights.sum()


@pytest.mark.parametrize("m", [0, 1])
def test_nothing_to_merge(m: int) -> None:
    assert ward_tree(np.zeros((m, 5)), np.ones(m, dtype=int)).shape == (0, 4)


def test_equal_centres_merge_at_height_zero() -> None:
    tree = ward_tree(np.zeros((9, 2)), np.ones(9, dtype=int))

    assert is_valid_linkage(tree)
    assert not tree[:, 2].any()
    assert set(fcluster(tree, 1, "maxclust")) == {1}
