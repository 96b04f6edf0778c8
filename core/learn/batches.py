"""Rows cut into batches by their length in tokens."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]

POOL = 32
"""Steps whose rows are sorted by length together: padding falls, the order stays random."""


def batches_by_budget(lengths: Rows, batch_tokens: int, rows: Rows | None = None) -> list[Rows]:
    """Cut rows, longest first, into batches of at most `batch_tokens` tokens, padding included.

    A row longer than the budget is a batch of its own. Every row is in exactly one batch.
    """
    members = np.arange(len(lengths)) if rows is None else rows
    order = members[np.argsort(-lengths[members], kind="stable")]
    batches = []
    start = 0
    while start < len(order):
        size = max(1, batch_tokens // max(1, int(lengths[order[start]])))
        batches.append(order[start : start + size])
        start += size
    return batches


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
