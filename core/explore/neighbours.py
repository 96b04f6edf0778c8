"""The nearest neighbours of every text, by the cosine of their vectors."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import SettingInvalid
from core.i18n import N_
from core.progress import SILENT, Progress

Vectors = npt.NDArray[np.floating]

BLOCK_CELLS = 16_000_000
"""Similarities held at once: 64 MB in float32, enough to keep a processor or a GPU busy."""


@dataclass(frozen=True)
class Neighbours:
    """The nearest other units of each unit, nearest first.

    `indices` int32 and `similarities` float32 are (n, k), with k at most n - 1; `recall` is the
    share of true neighbours among them, 1 for an exact search.
    """

    indices: npt.NDArray[np.int32]
    similarities: npt.NDArray[np.float32]
    recall: float = 1.0

    @property
    def exact(self) -> bool:
        return self.recall >= 1.0

    @property
    def k(self) -> int:
        return int(self.indices.shape[1])

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return what `from_arrays` reads, by name."""
        return {
            "neighbour_indices": self.indices,
            "neighbour_similarities": self.similarities,
            "neighbour_recall": np.array([self.recall], dtype=np.float64),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[np.generic]]) -> "Neighbours":
        return cls(
            arrays["neighbour_indices"].astype(np.int32, copy=False),
            arrays["neighbour_similarities"].astype(np.float32, copy=False),
            float(arrays["neighbour_recall"][0]),
        )


def find_neighbours(vectors: Vectors, k: int = 20, progress: Progress = SILENT) -> Neighbours:
    """Return the k nearest others of each of n vectors by cosine, exactly.

    A blocked matrix product in torch, on the GPU where there is one. Vectors need not be of unit
    length; one of zeros is equally far from all. Equal similarities are ordered by index.
    """
    if k < 1:
        raise SettingInvalid(
            N_("{k} neighbours were asked for. Ask for at least 1; 20 suits most tables."), k=k
        )
    n = len(vectors)
    k = min(k, max(n - 1, 0))
    if k == 0:
        return Neighbours(np.zeros((n, 0), np.int32), np.zeros((n, 0), np.float32))
    return _search_blocks(vectors, k, progress)


def _search_blocks(vectors: Vectors, k: int, progress: Progress) -> Neighbours:
    import torch

    n = len(vectors)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    unit = torch.nn.functional.normalize(
        torch.from_numpy(np.array(vectors, dtype=np.float32)).to(device)
    )
    indices = np.empty((n, k), dtype=np.int32)
    similarities = np.empty((n, k), dtype=np.float32)
    rows = max(1, min(n, BLOCK_CELLS // n))
    for start in range(0, n, rows):
        progress(start, n, N_("Finding neighbours"))
        block = unit[start : start + rows] @ unit.T
        own = torch.arange(len(block), device=device)
        block[own, own + start] = -torch.inf
        values, places = block.topk(k, dim=1)
        indices[start : start + rows] = places.cpu().numpy()
        similarities[start : start + rows] = values.cpu().numpy()
    progress(n, n, N_("Finding neighbours"))
    order = np.lexsort((indices, -similarities), axis=1)
    return Neighbours(
        np.take_along_axis(indices, order, axis=1),
        np.take_along_axis(similarities, order, axis=1).clip(-1.0, 1.0),
    )
