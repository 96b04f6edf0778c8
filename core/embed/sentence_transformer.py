"""A transformer with its pooling, run in batches cut by a token budget."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.embed.batches import batches_in_order
from core.embed.encoder import STAGE, Encoded, LongTexts, Vectors, unit_length
from core.embed.loading import fingerprint_model
from core.embed.packed import pack_linear_layers
from core.errors import EncoderProblem
from core.i18n import N_
from core.network import Rows, batches_of_like_length, pad_batch
from core.processor import Precision, Processor
from core.progress import SILENT, Progress

# Tokenized together: enough to sort well by length, and never more than a second of work.
CHARACTERS_AT_ONCE = 1_000_000
# Measured on CPUs: beyond these a batch falls out of the caches and the rate drops, most of all
# where no AMX tiles keep the products busy.
TOKENS_A_CORE = 512
TOKENS_A_CORE_WITH_AMX = 2048
MOST_TOKENS_ON_CPU = 32_768
TOKENS_A_BATCH_ON_GPU = 65_536


@dataclass(frozen=True)
class Passages:
    """Token ids of passages, the text of each, and how many of the texts were cut."""

    ids: list[list[int]]
    text: Rows
    cut: int

    @property
    def lengths(self) -> Rows:
        return np.array([len(one) for one in self.ids], dtype=np.int64)


class SentenceTransformerEncoder:
    """A sentence-transformers model that begins with a transformer.

    The transformer runs in bfloat16 where the processor computes in it; pooling, what follows
    and normalising are always float32, because pooled in bfloat16 the vectors move measurably.
    """

    def __init__(
        self,
        model: Any,
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
        self.dimension = int(model.get_embedding_dimension())
        self.max_tokens: int | None = model.max_seq_length
        self._model = model
        self._prompt = prompt_of(model)
        self._pool = long_texts is LongTexts.POOL
        self._fingerprint = f"{fingerprint}-pooled" if self._pool else fingerprint
        self.tokens_a_batch = _tokens_a_batch(processor.device)
        # A tokenizer changes while it works, and is not made for two threads.
        self._tokenizing = threading.Lock()

    @classmethod
    def from_model(
        cls, model: Any, processor: Processor, *, name: str, **known: Any
    ) -> "SentenceTransformerEncoder":
        """Take a `SentenceTransformer` over, and bring its transformer into the number format."""
        import torch

        fingerprint = fingerprint_model(name, model, prompt_of(model))
        if processor.precision is Precision.BFLOAT16:
            model[0].to(torch.bfloat16)
        if processor.device == "cpu":
            pack_linear_layers(model[0])
        return cls(model, processor, name=name, fingerprint=fingerprint, **known)

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
            passages = self._tokenize(list(texts[part]))
            self._encode_part(passages, vectors[part], _Share(progress, part.start, len(texts)))
            cut += passages.cut
        if not np.isfinite(vectors).all():
            raise EncoderProblem(
                N_("The encoder {name} gave values that are not numbers. Choose another encoder."),
                name=self.name,
            )
        return Encoded(unit_length(vectors), cut)

    def _tokenize(self, texts: list[str]) -> Passages:
        with self._tokenizing:
            read = self._model.tokenizer(
                [self._prompt + text for text in texts],
                truncation=self.max_tokens is not None,
                max_length=self.max_tokens,
                padding=False,
                return_attention_mask=False,
                return_token_type_ids=False,
            )
        ids, text = list(read["input_ids"]), list(range(len(texts)))
        rest = [one.overflowing for one in getattr(read, "encodings", None) or ()]
        if not rest:  # a tokenizer in Python does not tell what it cut
            full = sum(len(one) >= (self.max_tokens or np.inf) for one in ids)
            return Passages(ids, np.array(text, dtype=np.int64), full)
        if not self._pool:
            return Passages(ids, np.array(text, dtype=np.int64), sum(map(bool, rest)))
        for row, passages in enumerate(rest):
            ids += [passage.ids for passage in passages]
            text += [row] * len(passages)
        return Passages(ids, np.array(text, dtype=np.int64), 0)

    def _encode_part(self, passages: Passages, out: Vectors, progress: Progress) -> None:
        """Add to each text's row of `out` the vectors of its passages, weighted by length."""
        import torch

        lengths = passages.lengths
        done = 0
        with torch.inference_mode():
            for rows in batches_of_like_length(lengths, self.tokens_a_batch):
                progress(len(out) * done / len(lengths), len(out), STAGE)
                vectors = self._forward([passages.ids[row] for row in rows.tolist()])
                np.add.at(out, passages.text[rows], vectors * lengths[rows, None])
                done += len(rows)
        progress(len(out), len(out), STAGE)

    def _forward(self, ids: list[list[int]]) -> Vectors:
        """Return the vectors of one batch of token ids, of unit length."""
        import torch

        first, *others = self._model.children()
        features = first(pad_batch(self._model.tokenizer, ids, self.device))
        for name, value in features.items():
            if isinstance(value, torch.Tensor) and value.is_floating_point():
                features[name] = value.float()
        for module in others:
            features = module(features)
        vectors: Vectors = features["sentence_embedding"].float().cpu().numpy()
        return unit_length(vectors)


class _Share(Progress):
    """The progress of some of the texts as a part of all."""

    def __init__(self, progress: Progress, before: int, total: int) -> None:
        self._progress = progress
        self._before = before
        self._total = total

    def __call__(self, done: float, total: float, message: str = "") -> None:
        self._progress(self._before + done, self._total, message)


def _tokens_a_batch(device: str) -> int:
    import torch

    if device != "cpu":
        return TOKENS_A_BATCH_ON_GPU
    amx = torch.cpu.get_capabilities().get("amx_tile")
    a_core = TOKENS_A_CORE_WITH_AMX if amx else TOKENS_A_CORE
    return min(MOST_TOKENS_ON_CPU, a_core * torch.get_num_threads())


def prompt_of(model: Any) -> str:
    """Return what the model's own configuration puts before a text; empty where it names nothing.

    The default prompt, else the one for clustering, else, where texts and queries have prompts of
    their own (the E5 models), the query's, which their authors advise for equals.
    """
    prompts = {name.lower(): prompt for name, prompt in model.prompts.items()}
    default = (model.default_prompt_name or "").lower()
    both = prompts.get("query") and (prompts.get("passage") or prompts.get("document"))
    return prompts.get(default) or prompts.get("clustering") or (prompts["query"] if both else "")
