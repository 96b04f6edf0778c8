import numpy as np
import pytest

from core.learn.batches import shuffled_steps


@pytest.mark.parametrize("rows", [0, 1, 16, 1100])
def test_an_epoch_has_every_row_once_in_a_seeded_order(rows: int) -> None:
    lengths = np.random.default_rng(0).integers(1, 60, rows)
    steps = shuffled_steps(lengths, np.arange(rows), 16, seed=1, epoch=2)
    assert sorted(row for step in steps for row in step) == list(range(rows))
    assert len(steps) == -(-rows // 16)
    again = shuffled_steps(lengths, np.arange(rows), 16, seed=1, epoch=2)
    assert all(map(np.array_equal, steps, again))


def test_epochs_differ_and_steps_have_rows_of_like_length() -> None:
    lengths = np.random.default_rng(0).integers(1, 60, 512)
    first, second = (shuffled_steps(lengths, np.arange(512), 16, 1, epoch) for epoch in (0, 1))
    assert not all(map(np.array_equal, first, second))
    assert np.mean([np.ptp(lengths[step]) for step in first]) < 6
    means = [lengths[step].mean() for step in first]
    assert abs(np.corrcoef(means, range(len(means)))[0, 1]) < 0.5
