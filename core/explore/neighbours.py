"""The nearest neighbours of every text, by the cosine of their vectors."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.errors import SettingInvalid
from core.explore.descent import descend
from core.i18n import N_
from core.progress import SILENT, Progress
from core.settings import SEED

if TYPE_CHECKING:
    import torch

Vectors = npt.NDArray[np.floating]
Found = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]

BLOCK_CELLS = 16_000_000
"""Similarities held at once: 64 MB in float32, enough to keep a processor or a GPU busy."""

EXACT_UP_TO = 20_000
"""More texts are searched approximately on a processor: exact search grows with their square."""

RECALL_SAMPLE = 1_000
"""Texts whose neighbours are searched exactly as well, to say how many were found."""


@dataclass(frozen=True)
class Neighbours:
    """The nearest other units of each unit, nearest first.

    `indices` int32 and `similarities` float32 are (n, k), with k at most n - 1; `recall` is the
    share of true neighbours among them, 1 for an exact search, else estimated on a sample.
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


def find_neighbours(
    vectors: Vectors, k: int = 20, progress: Progress = SILENT, seed: int = SEED
) -> Neighbours:
    """Return the k nearest others of each of n vectors by cosine.

    Exactly where that is quick, by a blocked matrix product in torch: on a GPU, and for up to
    EXACT_UP_TO vectors. Others by neighbour descent, the same for the same seed. Vectors need not
    be of unit length; one of zeros is equally far from all. Equal similarities are ordered by
    index.
    """
    if k < 1:
        raise SettingInvalid(
            N_("{k} neighbours were asked for. Ask for at least 1; 20 suits most tables."), k=k
        )
    n = len(vectors)
    k = min(k, max(n - 1, 0))
    if k == 0:
        return Neighbours(np.zeros((n, 0), np.int32), np.zeros((n, 0), np.float32))
    progress(0, 0, N_("Finding neighbours"))
    unit = _of_unit_length(vectors)
    if n <= EXACT_UP_TO or unit.is_cuda:
        return _ordered(*_search_blocks(unit, np.arange(n), k, progress))
    return search_approximately(unit.numpy(), k, progress, seed)


def search_approximately(
    unit: npt.NDArray[np.float32], k: int, progress: Progress = SILENT, seed: int = SEED
) -> Neighbours:
    """Search n vectors of unit length by neighbour descent, and a sample exactly for the recall."""
    import torch

    found = descend(unit, k, progress, seed)
    vectors = torch.from_numpy(unit)
    incomplete = np.flatnonzero((found[0] < 0).any(axis=1))
    for whole, part in zip(found, _search_blocks(vectors, incomplete, k, SILENT), strict=True):
        whole[incomplete] = part
    size = min(RECALL_SAMPLE, len(unit))
    sample = np.sort(np.random.default_rng(seed).choice(len(unit), size, replace=False))
    least = _search_blocks(vectors, sample, k, SILENT)[1][:, -1:]
    # Of equally near texts any is a true neighbour; a product summed otherwise differs slightly.
    recall = float((found[1][sample] >= least - 1e-5).mean())
    return _ordered(*found, recall)


def unit_rows(vectors: Vectors, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
    """Return some of the vectors, float32 (rows, d), each of unit length or zero."""
    values = np.asarray(vectors[rows], dtype=np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", values, values))
    # As encoders give them: to divide them all again would take as long as what they are for.
    if np.abs(lengths - 1).max(initial=0.0) < 1e-4:
        return values
    scaled: npt.NDArray[np.float32] = values / np.maximum(lengths, 1e-12)[:, None]
    return scaled


def _of_unit_length(vectors: Vectors) -> "torch.Tensor":
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.nn.functional.normalize(
        torch.from_numpy(np.array(vectors, dtype=np.float32)).to(device)
    )


def _search_blocks(
    unit: "torch.Tensor", wanted: npt.NDArray[np.integer], k: int, progress: Progress
) -> Found:
    """Search exactly for the nearest others of the wanted ones among all n."""
    import torch

    n = len(unit)
    indices = np.empty((len(wanted), k), dtype=np.int32)
    similarities = np.empty((len(wanted), k), dtype=np.float32)
    rows = max(1, min(n, BLOCK_CELLS // n))
    for start in range(0, len(wanted), rows):
        progress(start, len(wanted), N_("Finding neighbours"))
        own = torch.from_numpy(wanted[start : start + rows].astype(np.int64)).to(unit.device)
        block = unit[own] @ unit.T
        block[torch.arange(len(own), device=unit.device), own] = -torch.inf
        values, places = block.topk(k, dim=1)
        indices[start : start + rows] = places.cpu().numpy()
        similarities[start : start + rows] = values.cpu().numpy()
    progress(len(wanted), len(wanted), N_("Finding neighbours"))
    return indices, similarities


def _ordered(
    indices: npt.NDArray[np.int32], similarities: npt.NDArray[np.float32], recall: float = 1.0
) -> Neighbours:
    order = np.lexsort((indices, -similarities), axis=1)
    return Neighbours(
        np.take_along_axis(indices, order, axis=1),
        np.take_along_axis(similarities, order, axis=1).clip(-1.0, 1.0),
        recall,
    )
