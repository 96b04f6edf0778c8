"""Rows cut into the steps of a training."""

from collections.abc import Iterator

import numpy as np

from core.token_batches import Rows

POOL = 32
"""Steps whose rows are sorted by length together: padding falls, the order stays random."""


def shuffled_steps(lengths: Rows, rows: Rows, batch_rows: int, seed: int, epoch: int) -> list[Rows]:
    """Return one epoch of training steps: every row once, `batch_rows` a step, in a seeded order.

    Rows of similar length share a step, drawn from pools of `POOL` steps, so that little padding
    is computed while each epoch mixes the rows anew.
    """
    random = np.random.default_rng([seed, epoch])
    shuffled = rows[random.permutation(len(rows))]
    steps = []
    for start in range(0, len(shuffled), batch_rows * POOL):
        pool = shuffled[start : start + batch_rows * POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        steps += list(_cut(pool, batch_rows))
    return [steps[place] for place in random.permutation(len(steps))]


def _cut(rows: Rows, size: int) -> Iterator[Rows]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
