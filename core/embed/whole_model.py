"""Any other model that sentence-transformers loads, run by that library itself."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.embed.encoder import STAGE, Encoded, Vectors, unit_length
from core.embed.loading import fingerprint_model
from core.progress import SILENT, Progress

TEXTS_AT_ONCE = 256


class WholeModelEncoder:
    """A sentence-transformers model without a transformer in front, such as static vectors."""

    languages: tuple[str, ...] = ()
    max_tokens: int | None = None
    precision = "float32"

    def __init__(self, name: str, model: Any, folder: Path | None, fingerprint: str) -> None:
        self.name = name
        self.model_folder = folder
        self.device = str(model.device.type)
        self.dimension = int(model.get_embedding_dimension())
        self._model = model
        self._fingerprint = fingerprint

    @classmethod
    def from_model(cls, name: str, model: Any, folder: Path | None) -> "WholeModelEncoder":
        """Take a `SentenceTransformer` over as it is."""
        prompt = model.prompts.get(model.default_prompt_name or "") or ""
        return cls(name, model, folder, fingerprint_model(name, model, prompt))

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def encode(self, texts: Sequence[str], progress: Progress = SILENT) -> Encoded:
        """Return the vectors of n texts, in their order."""
        vectors: Vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            progress(start, len(texts), STAGE)
            part = list(texts[start : start + TEXTS_AT_ONCE])
            vectors[start : start + len(part)] = self._model.encode(part, show_progress_bar=False)
        progress(len(texts), len(texts), STAGE)
        return Encoded(unit_length(vectors))
