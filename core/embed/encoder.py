"""What an encoder is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.i18n import N_
from core.progress import SILENT, Progress

Vectors = npt.NDArray[np.float32]

STAGE = N_("Embedding texts")


class LongTexts(StrEnum):
    """What becomes of a text that is longer than the encoder reads.

    CUT reads its beginning and counts it. POOL reads it in passages and averages their vectors,
    weighted by length.
    """

    CUT = "cut"
    POOL = "pool"


@dataclass(frozen=True)
class Encoded:
    """Vectors float32 (n, d) of unit length in the order of the texts.

    `cut` counts the texts that were longer than the encoder reads.
    """

    vectors: Vectors
    cut: int = 0


class Encoder(Protocol):
    """Turns texts into vectors.

    `fingerprint` changes whenever equal texts would get other vectors, and so keys what is kept;
    the number format alone does not change it. `languages` are ISO 639-1 codes, empty where they
    are unknown; `max_tokens` is the longest text read whole, None for any length. `precision` is
    the number format on `device`. `model_folder` is the sentence-transformers folder behind the
    encoder, which can be fine-tuned; None for an encoder that is none.
    """

    name: str
    dimension: int
    languages: tuple[str, ...]
    max_tokens: int | None
    device: str
    precision: str
    model_folder: Path | None

    @property
    def fingerprint(self) -> str: ...

    def encode(self, texts: Sequence[str], progress: Progress = SILENT) -> Encoded:
        """Return the vectors of n texts, in their order."""


def unit_length(vectors: Vectors) -> Vectors:
    """Return vectors (n, d) divided by their length; one of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled
