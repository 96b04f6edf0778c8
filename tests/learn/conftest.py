"""A random transformer of 32 numbers that reads twenty words, and texts it can learn."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

TOPICS = {
    "card": ["card", "pin", "chip", "swipe"],
    "money": ["refund", "charge", "fee", "price"],
    "travel": ["flight", "hotel", "train", "visa"],
}
FILLERS = ["my", "the", "is", "where", "please", "help", "now", "not"]


@pytest.fixture(scope="package", autouse=True)
def _one_thread() -> Iterator[None]:
    """Tiny products are slower on many threads, and much slower on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder: BERT with two layers, mean pooling, normalisation."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("tiny")
    words = [word for members in TOPICS.values() for word in members]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words, *FILLERS]
    bert = folder / "bert"
    bert.mkdir()
    (bert / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    BertTokenizer(str(bert / "vocab.txt"), model_max_length=24).save_pretrained(str(bert))
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(str(bert))
    transformer = Transformer(str(bert), max_seq_length=24)
    model = SentenceTransformer(modules=[transformer, Pooling(32), Normalize()], device="cpu")
    model.save_pretrained(str(folder / "model"), create_model_card=False)
    assert json.loads((folder / "model" / "modules.json").read_text())
    return folder / "model"


@pytest.fixture(scope="session")
def tiny_texts() -> tuple[list[str], list[str]]:
    """120 texts of 3 to 9 words with their labels, in a mixed order."""
    random = np.random.default_rng(7)
    texts, labels = [], []
    for number in range(120):
        label = list(TOPICS)[number % 3]
        words = [*random.choice(FILLERS, random.integers(2, 8)), random.choice(TOPICS[label])]
        texts.append(" ".join(random.permutation(words)))
        labels.append(label)
    return texts, labels


@pytest.fixture(scope="session")
def tiny_vectors(tiny_folder: Path, tiny_texts: tuple[list[str], list[str]]) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(tiny_folder), device="cpu")
    return model.encode(tiny_texts[0], show_progress_bar=False)
