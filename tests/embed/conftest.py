"""The encoders, loaded once for all tests here, and a small one with known vectors."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.embed import Encoded, Encoder, load_encoder
from core.embed.encoder import STAGE, unit_length
from core.progress import SILENT, Progress


class CountingEncoder:
    """Gives each text a vector that its hash decides, and remembers what it was asked for."""

    name = "counting"
    fingerprint = "counting-1"
    dimension = 8
    languages = ("en",)
    max_tokens = 10
    device = "cpu"
    precision = "float32"
    model_folder: Path | None = None

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode(self, texts: Sequence[str], progress: Progress = SILENT) -> Encoded:
        progress(0, len(texts), STAGE)
        self.asked.append(list(texts))
        progress(len(texts), len(texts), STAGE)
        return Encoded(self.vectors_of(texts), sum(len(text) > 10 for text in texts))

    def vectors_of(self, texts: Sequence[str]) -> np.ndarray:
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) for text in texts]
        rows = [np.random.default_rng(seed).normal(size=8) for seed in seeds]
        return unit_length(np.array(rows, dtype=np.float32).reshape(len(texts), 8))


@pytest.fixture
def counting() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture(scope="session")
def minilm() -> Encoder:
    return load_encoder("minilm", "cpu")


@pytest.fixture(scope="session", params=["minilm", "multilingual", "instant"])
def any_encoder(request: pytest.FixtureRequest) -> Encoder:
    return load_encoder(request.param, "cpu")
