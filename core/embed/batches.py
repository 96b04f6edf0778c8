"""Texts cut into batches of about equal work, so that padding is small and progress even."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


def batches_of_like_length(lengths: Rows, budget: int) -> Iterator[Rows]:
    """Yield the rows 0..n-1, longest first, each batch at most `budget` long with its padding.

    A row that is longer than the budget is a batch of its own.
    """
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        size = max(1, budget // max(1, int(lengths[order[start]])))
        yield order[start : start + size]
        start += size


def batches_in_order(lengths: Rows, budget: int) -> Iterator[slice]:
    """Yield slices of the rows 0..n-1 as they stand, each at most `budget` long in sum."""
    start, total = 0, 0
    for row, length in enumerate(lengths.tolist()):
        if row > start and total + length > budget:
            yield slice(start, row)
            start, total = row, 0
        total += length
    if start < len(lengths):
        yield slice(start, len(lengths))
