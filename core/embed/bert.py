"""The forward pass of BERT (Devlin et al. 2019, arXiv:1810.04805) on a CPU, without padding.

All tokens of a batch stand in one matrix (t, d), one text after the other. Only the attention tells
the texts apart: those of equal length attend side by side. So no product is spent on padding, no
mask is made, and neither transformers nor sentence-transformers is loaded.
"""

import json
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.embed.encoder import Vectors
from core.embed.packed import Linear, packed_linear

if TYPE_CHECKING:
    import torch

    Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class _Norm:
    """Layer normalisation."""

    weight: "torch.Tensor"
    bias: "torch.Tensor"
    epsilon: float

    def __call__(self, x: "torch.Tensor") -> "torch.Tensor":
        from torch.nn.functional import layer_norm

        return layer_norm(x, x.shape[-1:], self.weight, self.bias, self.epsilon)


@dataclass(frozen=True)
class _Layer:
    """Self-attention over `heads`, then two products with GELU between, each added and normed."""

    heads: int
    query: Linear
    key: Linear
    value: Linear
    attended: Linear
    attention_norm: _Norm
    inner: Linear
    outer: Linear
    norm: _Norm

    def __call__(self, x: "torch.Tensor", runs: "list[_Run]") -> "torch.Tensor":
        import torch
        from torch.nn.functional import gelu

        # In bfloat16 the attention of short texts takes twice as long as in float32.
        query, key, value = (of(x).float() for of in (self.query, self.key, self.value))
        parts = [self._attend(run, query, key, value) for run in runs]
        x = self.attention_norm(self.attended(torch.cat(parts).to(x.dtype)) + x)
        return self.norm(self.outer(gelu(self.inner(x))) + x)

    def _attend(self, run: "_Run", *of_tokens: "torch.Tensor") -> "torch.Tensor":
        """Return what the texts of a run see in themselves, (tokens, d)."""
        from torch.nn.functional import scaled_dot_product_attention

        query, key, value = (run.of(part, self.heads).transpose(1, 2) for part in of_tokens)
        seen = scaled_dot_product_attention(query, key, value)
        return seen.transpose(1, 2).flatten(2).flatten(0, 1)


@dataclass(frozen=True)
class _Run:
    """Texts of equal length that stand one after the other, from a token on."""

    start: int
    texts: int
    length: int

    def of(self, tokens: "torch.Tensor", heads: int = 1) -> "torch.Tensor":
        """Return the run's part (texts, length, heads, d / heads) of all tokens (t, d)."""
        part = tokens[self.start : self.start + self.texts * self.length]
        return part.view(self.texts, self.length, heads, -1)


class Bert:
    """BERT with the mean of its tokens as a text's vector.

    The layers run in the number format of the weights; attention and the mean are float32.
    """

    def __init__(self, weights: "Tensors", heads: int, layers: int, epsilon: float) -> None:
        def linear(name: str) -> Linear:
            return packed_linear(weights[f"{name}.weight"], weights[f"{name}.bias"])

        def norm(name: str) -> _Norm:
            return _Norm(weights[f"{name}.weight"], weights[f"{name}.bias"], epsilon)

        self._tokens = weights["embeddings.word_embeddings.weight"]
        self._places = weights["embeddings.position_embeddings.weight"]
        self._kind = weights["embeddings.token_type_embeddings.weight"][0]
        self._norm = norm("embeddings.LayerNorm")
        self._layers = [
            _Layer(
                heads,
                query=linear(f"{layer}.attention.self.query"),
                key=linear(f"{layer}.attention.self.key"),
                value=linear(f"{layer}.attention.self.value"),
                attended=linear(f"{layer}.attention.output.dense"),
                attention_norm=norm(f"{layer}.attention.output.LayerNorm"),
                inner=linear(f"{layer}.intermediate.dense"),
                outer=linear(f"{layer}.output.dense"),
                norm=norm(f"{layer}.output.LayerNorm"),
            )
            for layer in (f"encoder.layer.{number}" for number in range(layers))
        ]

    @classmethod
    def load(cls, folder: Path, number_format: "torch.dtype") -> "Bert":
        """Read config.json and model.safetensors, as transformers saves them."""
        from safetensors.torch import load_file

        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        weights = load_file(folder / "model.safetensors")
        return cls(
            {name: weight.to(number_format) for name, weight in weights.items()},
            heads=config["num_attention_heads"],
            layers=config["num_hidden_layers"],
            epsilon=config["layer_norm_eps"],
        )

    def mean_vectors(self, ids: list[list[int]]) -> Vectors:
        """Return float32 vectors (n, d) of texts as token ids, the mean over each text's tokens.

        Quick where texts of equal length stand together.
        """
        import torch

        runs = _runs(ids)
        tokens = torch.tensor([token for one in ids for token in one])
        places = torch.cat([torch.arange(run.length).repeat(run.texts) for run in runs])
        x = self._norm(self._tokens[tokens] + self._kind + self._places[places])
        for layer in self._layers:
            x = layer(x, runs)
        x = x.float()
        vectors: Vectors = torch.cat([run.of(x).mean(dim=1) for run in runs]).squeeze(1).numpy()
        return vectors


def _runs(ids: list[list[int]]) -> list[_Run]:
    runs, start = [], 0
    for length, texts in groupby(map(len, ids)):
        count = sum(1 for _ in texts)
        runs.append(_Run(start, count, length))
        start += count * length
    return runs
