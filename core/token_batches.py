"""Rows of token ids in batches of like length, padded: what embedding and learning share."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch

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


def pad_batch(
    tokenizer: Any, ids: Sequence[Sequence[int]], device: str
) -> "dict[str, torch.Tensor]":
    """Return what a transformer reads of one batch of token ids, padded to the longest (n, m)."""
    import torch

    width = max(map(len, ids))
    tokens = np.full((len(ids), width), tokenizer.pad_token_id or 0, dtype=np.int64)
    mask = np.zeros((len(ids), width), dtype=np.int64)
    for place, one in enumerate(ids):
        tokens[place, : len(one)] = one
        mask[place, : len(one)] = 1
    batch = {
        "input_ids": torch.from_numpy(tokens).to(device),
        "attention_mask": torch.from_numpy(mask).to(device),
    }
    if "token_type_ids" in tokenizer.model_input_names:
        batch["token_type_ids"] = torch.zeros_like(batch["input_ids"])
    return batch
