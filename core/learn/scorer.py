"""What turns texts into scores: the seam between a classifier and its model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from core.errors import EncoderProblem
from core.i18n import N_
from core.learn.logits import Floats
from core.learn.network import TextNetwork
from core.learn.probe import Probe
from core.progress import SILENT, Progress

Encode = Callable[[Sequence[str]], Floats]
"""Turns n texts into vectors (n, d) of unit length in float32."""

ENCODED_AT_ONCE = 1000
BATCH_TOKENS = 4096
HEAD_FILE = "head.safetensors"
STAGE = N_("Predicting")


@dataclass(frozen=True)
class Scores:
    """Logits (n, c) in float32, and how many texts were cut at the model's limit."""

    logits: Floats
    cut_texts: int


class Scorer(Protocol):
    """A model that scores texts for each class."""

    kind: str

    def score(self, texts: Sequence[str], progress: Progress = SILENT) -> Scores:
        """Return the logits of texts, in their order."""

    def cooled(self, temperature: float) -> "Scorer":
        """Return the same model with its logits divided by `temperature`."""

    def save(self, folder: Path) -> None:
        """Write what `load` of the same kind needs into an existing folder."""


class NetworkScorer:
    """A whole network in a plain sentence-transformers folder."""

    kind = "network"

    def __init__(self, network: TextNetwork) -> None:
        self.network = network

    def score(self, texts: Sequence[str], progress: Progress = SILENT) -> Scores:
        tokens = self.network.tokenize(texts, progress)
        logits = self.network.predict(tokens, BATCH_TOKENS, progress=progress, stage=STAGE)
        return Scores(logits, tokens.cut)

    def cooled(self, temperature: float) -> "NetworkScorer":
        """Divide the head's weights in place, so that the saved folder is calibrated by itself."""
        import torch

        with torch.no_grad():
            for parameter in self.network.head.parameters():
                parameter.div_(temperature)
        return self

    def save(self, folder: Path) -> None:
        self.network.save(folder)


class ProbeScorer:
    """A linear head on the vectors of an encoder that is kept elsewhere."""

    kind = "probe"

    def __init__(self, probe: Probe, encode: Encode) -> None:
        self.probe = probe
        self.encode = encode

    @classmethod
    def load(cls, folder: Path, classes: tuple[str, ...], encode: Encode) -> "ProbeScorer":
        """Read the head that `save` wrote."""
        from safetensors.numpy import load_file

        head = load_file(folder / HEAD_FILE)
        return cls(
            Probe(head["weights"], head["bias"], classes, float(head["strength"][0])), encode
        )

    def score(self, texts: Sequence[str], progress: Progress = SILENT) -> Scores:
        parts = [np.zeros((0, len(self.probe.bias)), dtype=np.float32)]
        for start in range(0, len(texts), ENCODED_AT_ONCE):
            progress(start, len(texts), STAGE)
            part = texts[start : start + ENCODED_AT_ONCE]
            vectors = self.encode(part)
            if vectors.shape != (len(part), self.probe.weights.shape[1]):
                raise EncoderProblem(
                    N_(
                        "The encoder gave vectors of shape {shape} for {rows} texts, the model "
                        "needs {width} numbers a text. Use the encoder that it was trained with."
                    ),
                    shape=str(vectors.shape),
                    rows=len(part),
                    width=self.probe.weights.shape[1],
                )
            parts.append(self.probe.logits(vectors))
        progress(len(texts), len(texts), STAGE)
        return Scores(np.concatenate(parts), 0)

    def cooled(self, temperature: float) -> "ProbeScorer":
        weights, bias = self.probe.weights / temperature, self.probe.bias / temperature
        return ProbeScorer(replace(self.probe, weights=weights, bias=bias), self.encode)

    def save(self, folder: Path) -> None:
        from safetensors.numpy import save_file

        head = {
            "weights": np.ascontiguousarray(self.probe.weights, dtype=np.float32),
            "bias": np.ascontiguousarray(self.probe.bias, dtype=np.float32),
            "strength": np.array([self.probe.strength], dtype=np.float32),
        }
        save_file(head, folder / HEAD_FILE)
