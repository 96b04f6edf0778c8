"""Any sentence-transformers model that begins with a transformer, as a network of an encoder."""

import threading
from typing import Any

from core.embed.encoder import Vectors
from core.embed.packed import pack_linear_layers
from core.embed.transformer import Tokenized
from core.processor import Precision, Processor
from core.token_batches import pad_batch


class SentenceTransformerNetwork:
    """The model's own modules, on batches padded to the longest.

    The transformer runs in bfloat16 where the processor computes in it; pooling, what follows
    and normalising are always float32, because pooled in bfloat16 the vectors move measurably.
    """

    def __init__(self, model: Any, prompt: str, device: str) -> None:
        self.dimension = int(model.get_embedding_dimension())
        self.max_tokens: int | None = model.max_seq_length
        self._model = model
        self._prompt = prompt
        self._device = device
        # A tokenizer changes while it works, and is not made for two threads.
        self._tokenizing = threading.Lock()

    @classmethod
    def from_model(cls, model: Any, processor: Processor) -> "SentenceTransformerNetwork":
        """Take a `SentenceTransformer` over, and bring its transformer into the number format."""
        import torch

        if processor.precision is Precision.BFLOAT16:
            model[0].to(torch.bfloat16)
        if processor.device == "cpu":
            pack_linear_layers(model[0])
        return cls(model, prompt_of(model), processor.device)

    def tokenize(self, texts: list[str]) -> Tokenized:
        """Return the token ids of texts, in passages that the network reads whole."""
        with self._tokenizing:
            read = self._model.tokenizer(
                [self._prompt + text for text in texts],
                truncation=self.max_tokens is not None,
                max_length=self.max_tokens,
                padding=False,
                return_attention_mask=False,
                return_token_type_ids=False,
            )
        ids = list(read["input_ids"])
        rest = [one.overflowing for one in getattr(read, "encodings", None) or ()]
        if not rest:  # a tokenizer in Python does not tell what it cut
            full = sum(len(one) >= self.max_tokens for one in ids) if self.max_tokens else 0
            return Tokenized([[one] for one in ids], full)
        passages = [
            [first, *(one.ids for one in others)] for first, others in zip(ids, rest, strict=True)
        ]
        return Tokenized(passages, sum(map(bool, rest)))

    def forward(self, ids: list[list[int]]) -> Vectors:
        """Return float32 vectors (n, d) of one batch of token ids."""
        import torch

        first, *others = self._model.children()
        features = first(pad_batch(self._model.tokenizer, ids, self._device))
        for name, value in features.items():
            if isinstance(value, torch.Tensor) and value.is_floating_point():
                features[name] = value.float()
        for module in others:
            features = module(features)
        vectors: Vectors = features["sentence_embedding"].float().cpu().numpy()
        return vectors


def prompt_of(model: Any) -> str:
    """Return what the model's own configuration puts before a text; empty where it names nothing.

    The default prompt, else the one for clustering, else, where texts and queries have prompts of
    their own (the E5 models), the query's, which their authors advise for equals.
    """
    prompts = {name.lower(): prompt for name, prompt in model.prompts.items()}
    default = (model.default_prompt_name or "").lower()
    both = prompts.get("query") and (prompts.get("passage") or prompts.get("document"))
    return prompts.get(default) or prompts.get("clustering") or (prompts["query"] if both else "")
