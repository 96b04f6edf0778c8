"""A transformer with its pooling, run in batches cut by a token budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from core.embed.batches import batches_in_order
from core.embed.encoder import STAGE, Encoded, LongTexts, Vectors, unit_length
from core.errors import EncoderProblem
from core.i18n import N_
from core.processor import Processor
from core.progress import SILENT, Part, Progress
from core.token_batches import Rows, batches_of_like_length

# Tokenized together: enough to sort well by length, and never more than a second of work.
CHARACTERS_AT_ONCE = 1_000_000
# Measured on CPUs: beyond these a batch falls out of the caches and the rate drops, most of all
# where no AMX tiles keep the products busy.
TOKENS_A_CORE = 1024
TOKENS_A_CORE_WITH_AMX = 2048
MOST_TOKENS_ON_CPU = 32_768
TOKENS_A_BATCH_ON_GPU = 65_536


@dataclass(frozen=True)
class Tokenized:
    """The token ids of each text's passages, and how many of the texts have more than one.

    A tokenizer that does not tell what it cut gives each text one passage, and counts the full.
    """

    passages: list[list[list[int]]]
    long: int


class Network(Protocol):
    """A transformer with its pooling; `max_tokens` is the longest passage, None for any length."""

    dimension: int
    max_tokens: int | None

    def tokenize(self, texts: list[str]) -> Tokenized:
        """Return the token ids of texts, in passages that the network reads whole."""

    def forward(self, ids: list[list[int]]) -> Vectors:
        """Return float32 vectors (n, d) of one batch of token ids."""


@dataclass(frozen=True)
class Passages:
    """Token ids of passages, the text of each, and how many of the texts were cut."""

    ids: list[list[int]]
    text: Rows
    cut: int

    @classmethod
    def from_tokenized(cls, read: Tokenized, pool: bool) -> "Passages":
        """Take all passages of each text, or with `pool` unset its first."""
        if not pool:
            first = [passages[0] for passages in read.passages]
            return cls(first, np.arange(len(first), dtype=np.int64), read.long)
        ids = [one for passages in read.passages for one in passages]
        counts = [len(passages) for passages in read.passages]
        cut = read.long if len(ids) == len(counts) else 0
        return cls(ids, np.repeat(np.arange(len(counts), dtype=np.int64), counts), cut)

    @property
    def lengths(self) -> Rows:
        return np.array([len(one) for one in self.ids], dtype=np.int64)


class TransformerEncoder:
    """A network that reads texts as tokens."""

    def __init__(
        self,
        network: Network,
        processor: Processor,
        *,
        name: str,
        fingerprint: str,
        folder: Path | None = None,
        languages: tuple[str, ...] = (),
        long_texts: LongTexts = LongTexts.CUT,
    ) -> None:
        self.name = name
        self.model_folder = folder
        self.device = processor.device
        self.precision = str(processor.precision)
        self.languages = languages
        self.dimension = network.dimension
        self.max_tokens = network.max_tokens
        self._network = network
        self._pool = long_texts is LongTexts.POOL
        self._fingerprint = f"{fingerprint}-pooled" if self._pool else fingerprint
        self.tokens_a_batch = _tokens_a_batch(processor.device)

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def encode(self, texts: Sequence[str], progress: Progress = SILENT) -> Encoded:
        """Return the vectors of n texts, in their order; what is cut is counted."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        cut = 0
        for part in batches_in_order(lengths, CHARACTERS_AT_ONCE):
            progress(part.start, len(texts), STAGE)
            read = self._network.tokenize(list(texts[part]))
            passages = Passages.from_tokenized(read, self._pool)
            self._encode_part(passages, vectors[part], Part(progress, part.start, len(texts)))
            cut += passages.cut
        if not np.isfinite(vectors).all():
            raise EncoderProblem(
                N_("The encoder {name} gave values that are not numbers. Choose another encoder."),
                name=self.name,
            )
        return Encoded(unit_length(vectors), cut)

    def _encode_part(self, passages: Passages, out: Vectors, progress: Progress) -> None:
        """Add to each text's row of `out` the vectors of its passages, weighted by length."""
        import torch

        lengths = passages.lengths
        done = 0
        with torch.inference_mode():
            for rows in batches_of_like_length(lengths, self.tokens_a_batch):
                progress(len(out) * done / len(lengths), len(out), STAGE)
                vectors = self._network.forward([passages.ids[row] for row in rows.tolist()])
                np.add.at(out, passages.text[rows], unit_length(vectors) * lengths[rows, None])
                done += len(rows)
        progress(len(out), len(out), STAGE)


def _tokens_a_batch(device: str) -> int:
    import torch

    if device != "cpu":
        return TOKENS_A_BATCH_ON_GPU
    amx = torch.cpu.get_capabilities().get("amx_tile")
    a_core = TOKENS_A_CORE_WITH_AMX if amx else TOKENS_A_CORE
    return min(MOST_TOKENS_ON_CPU, a_core * torch.get_num_threads())
