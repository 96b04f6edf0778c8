"""Static token vectors, averaged: a first look at a million rows in seconds."""

import importlib.util
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from core.embed.batches import batches_in_order
from core.embed.encoder import STAGE, Encoded, Vectors, unit_length
from core.errors import EncoderProblem
from core.i18n import N_
from core.progress import SILENT, Progress

# Small enough that progress moves and memory stays flat whatever the texts.
CHARACTERS_AT_ONCE = 400_000
TOKENS_AT_ONCE = 50_000


class InstantEncoder:
    """The vectors of the package wordllama 0.4, `l2_supercat` in 256 dimensions.

    They are the token embeddings of language models, trained to be averaged (Miller 2024). The
    package is read, not imported: its own code would reach for a network when a file is missing,
    and pads every text of a batch to the longest.
    """

    name = "instant"
    dimension = 256
    languages: tuple[str, ...] = ("en",)
    max_tokens: int | None = None
    device = "cpu"
    precision = "float32"
    model_folder: Path | None = None

    def __init__(self, table: Vectors, tokenizer: Any, fingerprint: str) -> None:
        self._table = table
        self._tokenizer = tokenizer
        self._fingerprint = fingerprint

    @classmethod
    def load(cls) -> "InstantEncoder":
        """Read weights and tokenizer from the installed package; no network is used."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        found = importlib.util.find_spec("wordllama")
        if found is None or found.origin is None:
            raise EncoderProblem(
                N_("The package wordllama is missing. Install it: pip install wordllama.")
            )
        folder = Path(found.origin).parent
        table = load_file(folder / "weights" / "l2_supercat_256.safetensors")["embedding.weight"]
        tokenizer = Tokenizer.from_file(
            str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json")
        )
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return cls(table.astype(np.float32), tokenizer, f"instant-{version('wordllama')}")

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def encode(self, texts: Sequence[str], progress: Progress = SILENT) -> Encoded:
        """Return the vectors of n texts, in their order; no text is cut."""
        sums = np.zeros((len(texts), self.dimension), dtype=np.float32)
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        for part in batches_in_order(lengths, CHARACTERS_AT_ONCE):
            progress(part.start, len(texts), STAGE)
            read = self._tokenizer.encode_batch_fast(list(texts[part]), add_special_tokens=False)
            self._add_up([one.ids for one in read], sums[part])
        progress(len(texts), len(texts), STAGE)
        return Encoded(unit_length(sums))

    def _add_up(self, ids: list[list[int]], out: Vectors) -> None:
        """Add to each row of `out` the vectors of its tokens; their mean points the same way."""
        flat = np.concatenate([np.asarray(one, dtype=np.int64) for one in ids])
        row_of_token = np.repeat(np.arange(len(ids)), [len(one) for one in ids])
        for start in range(0, len(flat), TOKENS_AT_ONCE):
            rows = row_of_token[start : start + TOKENS_AT_ONCE]
            vectors = self._table[flat[start : start + TOKENS_AT_ONCE]]
            first = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
            out[rows[first]] += np.add.reduceat(vectors, first, axis=0)
