"""Batches hold every row once, and no more than their budget."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.embed.batches import batches_in_order
from core.token_batches import batches_of_like_length

lengths_strategy = st.lists(st.integers(0, 50), max_size=60).map(
    lambda found: np.array(found, dtype=np.int64)
)


@given(lengths=lengths_strategy, budget=st.integers(1, 100))
def test_batches_of_like_length_hold_each_row_once(lengths: np.ndarray, budget: int) -> None:
    batches = list(batches_of_like_length(lengths, budget))
    rows = np.concatenate(batches) if batches else np.array([], dtype=np.int64)
    assert sorted(rows.tolist()) == list(range(len(lengths)))
    assert (np.diff(lengths[rows]) <= 0).all()
    for batch in batches:
        assert len(batch) == 1 or len(batch) * lengths[batch].max() <= budget


@given(lengths=lengths_strategy, budget=st.integers(1, 100))
def test_batches_in_order_follow_each_other(lengths: np.ndarray, budget: int) -> None:
    batches = list(batches_in_order(lengths, budget))
    rows = [row for part in batches for row in range(part.start, part.stop)]
    assert rows == list(range(len(lengths)))
    for part in batches:
        assert part.stop - part.start == 1 or lengths[part].sum() <= budget


def test_no_more_batches_than_needed() -> None:
    batches = list(batches_of_like_length(np.array([2, 9, 2, 2, 9]), 18))
    assert [batch.tolist() for batch in batches] == [[1, 4], [0, 2, 3]]


@pytest.mark.parametrize("batches", [batches_in_order, batches_of_like_length])
def test_a_row_longer_than_the_budget_stands_alone(batches: object) -> None:
    assert len(list(batches(np.array([500, 1]), 10))) == 2  # type: ignore[operator]
