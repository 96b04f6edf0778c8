"""Texts cut into parts of about equal work, so that progress is even."""

from collections.abc import Iterator

from core.token_batches import Rows


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
