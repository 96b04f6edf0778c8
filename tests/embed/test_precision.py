"""Batches, padding and bfloat16 leave the vectors as sentence-transformers makes them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.embed import Encoder
from core.embed.loading import fingerprint_model, load_model
from core.embed.minilm import FINGERPRINT, load_minilm
from core.embed.sentence_transformer import SentenceTransformerNetwork
from core.embed.transformer import TransformerEncoder
from core.processor import Precision, Processor

QUESTION = "Why was my card refused, and when will the money that was taken come back to me?"


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Of one token to more than the encoder reads, several of a length, in no order."""
    words = QUESTION.split()
    starts = [" ".join(words[:count]) for count in (17, 1, 9, 3, 9, 12, 1, 5)]
    return [*starts, "a", "网络 🦜 naïve", f"{QUESTION} " * 3, f"{QUESTION} " * 40, "Card refused."]


@pytest.fixture(scope="module")
def library(minilm: Encoder) -> Any:
    return load_model(str(minilm.model_folder), "cpu")[0]


@pytest.fixture(scope="module")
def expected(library: Any, texts: list[str]) -> np.ndarray:
    return np.asarray(library.encode(texts))


@pytest.fixture(params=["of its own", "of the library"])
def build(request: pytest.FixtureRequest, minilm: Encoder) -> Callable[[Precision], Encoder]:
    def build(precision: Precision) -> Encoder:
        processor = Processor.choose("cpu", precision)
        if request.param == "of its own":
            return load_minilm(processor)
        model, _ = load_model(str(minilm.model_folder), "cpu")
        network = SentenceTransformerNetwork.from_model(model, processor)
        return TransformerEncoder(network, processor, name="minilm", fingerprint="library")

    return build


@pytest.mark.parametrize(
    ("precision", "mean", "least"),
    [(Precision.FLOAT32, 0.999999, 0.99999), (Precision.BFLOAT16, 0.9999, 0.999)],
)
def test_vectors_are_those_of_the_library(
    build: Callable[[Precision], Encoder],
    texts: list[str],
    expected: np.ndarray,
    precision: Precision,
    mean: float,
    least: float,
) -> None:
    encoder = build(precision)
    assert encoder.precision == precision
    cosines = (encoder.encode(texts).vectors * expected).sum(axis=1)
    assert cosines.mean() >= mean
    assert cosines.min() >= least


def test_vectors_of_one_number_format_serve_another(minilm: Encoder) -> None:
    for precision in (Precision.FLOAT32, Precision.BFLOAT16):
        assert load_minilm(Processor.choose("cpu", precision)).fingerprint == minilm.fingerprint


def test_the_fingerprint_is_that_of_the_package(library: Any) -> None:
    """It stands in the code, as computing it would take the library and all weights."""
    assert fingerprint_model("minilm", library, "") == FINGERPRINT


@pytest.mark.gpu
def test_vectors_of_a_gpu_are_those_of_the_library(texts: list[str], expected: np.ndarray) -> None:
    encoder = load_minilm(Processor.choose("cuda"))
    assert encoder.device == "cuda"
    cosines = (encoder.encode(texts).vectors * expected).sum(axis=1)
    assert cosines.mean() >= 0.9999
    assert cosines.min() >= 0.999
