"""Batches, padding and bfloat16 leave the vectors as sentence-transformers makes them."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.embed import Encoder
from core.embed.loading import load_model
from core.embed.sentence_transformer import SentenceTransformerEncoder
from core.processor import Precision, Processor

TEXTS = Path(__file__).parents[3] / "shared" / "data" / "cisa_kev"
FILE = TEXTS / "known_exploited_vulnerabilities.csv"


@pytest.fixture(scope="module")
def texts() -> list[str]:
    if not FILE.exists():
        pytest.skip(f"the texts of {FILE} are not here")
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["vulnerabilityName"] for row in rows[:60]] + [
        row["shortDescription"] for row in rows[:40]
    ]


@pytest.fixture(scope="module")
def library(minilm: Encoder) -> Any:
    return load_model(str(minilm.model_folder), "cpu")[0]


@pytest.fixture(scope="module")
def expected(library: Any, texts: list[str]) -> np.ndarray:
    return np.asarray(library.encode(texts))


@pytest.mark.parametrize(
    ("precision", "mean", "least"),
    [(Precision.FLOAT32, 0.999999, 0.99999), (Precision.BFLOAT16, 0.9999, 0.999)],
)
def test_vectors_are_those_of_the_library(
    minilm: Encoder,
    texts: list[str],
    expected: np.ndarray,
    precision: Precision,
    mean: float,
    least: float,
) -> None:
    model, _ = load_model(str(minilm.model_folder), "cpu")
    encoder = SentenceTransformerEncoder.from_model(
        model, Processor.choose("cpu", precision), name="minilm"
    )
    assert encoder.precision == precision
    cosines = (encoder.encode(texts).vectors * expected).sum(axis=1)
    assert cosines.mean() >= mean
    assert cosines.min() >= least
    # Vectors of one number format serve another: what is kept is used again.
    assert encoder.fingerprint == minilm.fingerprint
