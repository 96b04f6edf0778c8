"""Any model that sentence-transformers saved, and clear words for what is none."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.embed import Encoder, load_encoder
from core.embed.sentence_transformer import prompt_of
from core.errors import EncoderProblem

TEXTS = ["a card", "two cards and a very long tail of words", "rain"]


def save_variant(minilm: Encoder, folder: Path, **changes: Any) -> Path:
    """Save MiniLM with another pooling or prompts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    model = SentenceTransformer(str(minilm.model_folder), device="cpu")
    pooling = Pooling(384, pooling_mode=changes.pop("pooling", "mean"))
    variant = SentenceTransformer(modules=[model[0], pooling], device="cpu", **changes)
    variant.save_pretrained(str(folder), create_model_card=False)
    return folder


def test_a_folder_gives_the_vectors_of_the_library(minilm: Encoder, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = save_variant(minilm, tmp_path / "cls model", pooling="cls")
    encoder = load_encoder(str(folder), "cpu")
    expected = SentenceTransformer(str(folder), device="cpu").encode(
        TEXTS, normalize_embeddings=True
    )
    assert (encoder.encode(TEXTS).vectors * expected).sum(axis=1).min() > 0.999
    assert encoder.model_folder == folder
    assert encoder.fingerprint != minilm.fingerprint


def test_pooling_prompt_and_length_change_the_fingerprint(minilm: Encoder, tmp_path: Path) -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"pooling": "cls"},
        {"prompts": {"all": "query: "}, "default_prompt_name": "all"},
    ]
    prints = []
    for number, change in enumerate(changes):
        folder = save_variant(minilm, tmp_path / str(number) / "model", **change)
        prints.append(load_encoder(str(folder), "cpu").fingerprint)
    assert len(set(prints)) == 3


def test_a_folder_saved_anew_is_loaded_anew(minilm: Encoder, tmp_path: Path) -> None:
    folder = save_variant(minilm, tmp_path / "model")
    before = load_encoder(str(folder), "cpu").fingerprint
    assert load_encoder(str(folder), "cpu").fingerprint == before
    save_variant(minilm, folder, pooling="max")
    assert load_encoder(str(folder), "cpu").fingerprint != before


def test_a_model_of_static_vectors_is_run_whole(minilm: Encoder, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    assert minilm.model_folder is not None
    tokenizer = Tokenizer.from_file(str(minilm.model_folder / "tokenizer.json"))
    table = np.random.default_rng(0).normal(size=(tokenizer.get_vocab_size(), 16))
    static = StaticEmbedding(tokenizer, embedding_weights=table.astype(np.float32))
    model = SentenceTransformer(modules=[static], device="cpu")
    model.save_pretrained(str(tmp_path / "static"), create_model_card=False)
    encoder = load_encoder(str(tmp_path / "static"), "cpu")
    vectors = encoder.encode(TEXTS).vectors
    assert vectors.shape == (3, 16)
    assert np.allclose(vectors, model.encode(TEXTS, normalize_embeddings=True), atol=1e-6)
    assert encoder.max_tokens is None and encoder.fingerprint.startswith("static-")


class Model:
    """A model's own word about its prompts."""

    def __init__(self, default: str | None = None, **prompts: str) -> None:
        self.default_prompt_name = default
        self.prompts = prompts


@pytest.mark.parametrize(
    ("model", "prompt"),
    [
        (Model(query="", document=""), ""),
        (Model(default="s2s", s2s="sts: ", query="q: ", document="d: "), "sts: "),
        (Model(query="query: ", passage="passage: "), "query: "),
        (Model(query="Represent this sentence: ", document=""), ""),
        (
            Model(Clustering="task: clustering | ", query="q: ", document="d: "),
            "task: clustering | ",
        ),
    ],
)
def test_prompts_are_those_that_the_model_declares(model: Model, prompt: str) -> None:
    assert prompt_of(model) == prompt


@pytest.mark.parametrize("name", ["/no/such/folder", "./neither", "a/b/c", "no such thing"])
def test_what_is_no_encoder_is_said_at_once(name: str) -> None:
    with pytest.raises(EncoderProblem, match="There is no encoder and no folder"):
        load_encoder(name)


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(EncoderProblem, match=r"holds no model.*modules\.json"):
        load_encoder(str(tmp_path))


def test_a_folder_with_half_a_model_is_said(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EncoderProblem, match="could not be loaded"):
        load_encoder(str(tmp_path))


def test_a_hub_out_of_reach_is_said_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("core.embed.loading.SECONDS_TO_ANSWER", 1)
    started = time.monotonic()
    with pytest.raises(EncoderProblem, match="cannot be reached"):
        load_encoder("nobody/none-such-model")
    assert time.monotonic() - started < 10


def test_offline_by_wish_asks_no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderProblem, match="HF_HUB_OFFLINE forbids"):
        load_encoder("nobody/none-such-model")
