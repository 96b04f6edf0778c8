"""The encoders that are there offline: order, length, edges, meaning."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.embed import Encoder, LongTexts, encoder_cards, load_encoder, propose_encoder
from core.embed.minilm import check_weights
from core.errors import Cancelled, EncoderProblem, SettingInvalid
from core.progress import Progress

TEXTS = [
    "I cannot pay with my card.",
    "My payment by card was refused again and again, in three different shops on one day.",
    "Rain is expected in the afternoon.",
    "The weather report says that it will rain, and that a storm comes up from the west.",
    "a",
    "Cats.",
]


class Stopping(Progress):
    """Cancels at a call."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, done: float, total: float, message: str = "") -> None:
        self.left -= 1
        if self.left < 0:
            raise Cancelled("Cancelled.")


def test_cards_tell_the_truth(any_encoder: Encoder) -> None:
    card = next(card for card in encoder_cards() if card.name == any_encoder.name)
    assert card.dimension == any_encoder.dimension
    assert card.languages == any_encoder.languages


def test_vectors_have_unit_length_and_keep_their_rows(any_encoder: Encoder) -> None:
    encoded = any_encoder.encode(TEXTS)
    assert encoded.vectors.shape == (len(TEXTS), any_encoder.dimension)
    assert encoded.vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(encoded.vectors, axis=1), 1, atol=1e-5)
    for row, text in enumerate(TEXTS):
        alone = any_encoder.encode([text]).vectors[0]
        assert alone @ encoded.vectors[row] > 0.999


def test_the_same_texts_give_the_same_vectors(any_encoder: Encoder) -> None:
    assert np.array_equal(any_encoder.encode(TEXTS).vectors, any_encoder.encode(TEXTS).vectors)


def test_near_in_meaning_is_near_in_space(any_encoder: Encoder) -> None:
    near = any_encoder.encode(TEXTS).vectors
    assert near[0] @ near[1] > near[0] @ near[2]
    assert near[2] @ near[3] > near[2] @ near[1]


def test_no_text_and_all_equal(any_encoder: Encoder) -> None:
    assert any_encoder.encode([]).vectors.shape == (0, any_encoder.dimension)
    same = any_encoder.encode(["equal"] * 5).vectors
    assert np.allclose(same, same[0], atol=1e-6)


def test_one_giant_text_among_short_ones(any_encoder: Encoder) -> None:
    encoded = any_encoder.encode(["short", "giant text " * 20_000, "mail"])
    assert np.isfinite(encoded.vectors).all()
    assert encoded.cut == (any_encoder.name != "instant")
    assert any_encoder.encode(["mail"]).vectors[0] @ encoded.vectors[2] > 0.999


def test_odd_characters_give_a_vector(any_encoder: Encoder) -> None:
    odd = ["\u200b", "🦜🦜", "\x00\x01", "中文", "e\u0301\u0301"]
    lengths = np.linalg.norm(any_encoder.encode(odd).vectors, axis=1)
    assert np.allclose(lengths, 1, atol=1e-5)


def test_cancel_is_heard_between_batches(any_encoder: Encoder) -> None:
    with pytest.raises(Cancelled):
        any_encoder.encode([f"{row} " + "word " * 400 for row in range(30)], Stopping(at=1))


def test_chinese_is_understood_by_the_multilingual_encoder() -> None:
    encoder = load_encoder("multilingual", "cpu")
    near = encoder.encode(["我的银行卡不能付款", "My bank card does not work", "今天下雨"]).vectors
    assert near[0] @ near[1] > near[0] @ near[2]


def test_long_texts_are_cut_and_counted(minilm: Encoder) -> None:
    assert minilm.max_tokens == 256
    fits, over = "word " * 254, "word " * 255
    assert minilm.encode([fits, over, "short"]).cut == 1
    assert minilm.encode([over]).vectors[0] @ minilm.encode([fits]).vectors[0] > 0.9999


@pytest.mark.parametrize("name", ["minilm", "multilingual"])
def test_pooled_texts_hear_their_end(name: str) -> None:
    cut, pooled = load_encoder(name, "cpu"), load_encoder(name, "cpu", LongTexts.POOL)
    assert cut.fingerprint != pooled.fingerprint
    long = "The card was refused. " * 250
    texts = ["Rain.", long + "It rains and storms. " * 250, long]
    read_cut, read_pooled = cut.encode(texts), pooled.encode(texts)
    assert (read_cut.cut, read_pooled.cut) == (2, 0)
    assert read_cut.vectors[1] @ read_cut.vectors[2] > 0.9999
    assert read_pooled.vectors[1] @ read_pooled.vectors[2] < 0.95
    assert read_pooled.vectors[0] @ read_cut.vectors[0] > 0.9999
    assert np.allclose(np.linalg.norm(read_pooled.vectors, axis=1), 1, atol=1e-5)


def test_languages_propose_their_encoder() -> None:
    assert propose_encoder("en") == propose_encoder("und") == "minilm"
    assert propose_encoder("zh") == propose_encoder("sv") == "multilingual"


def test_an_encoder_is_loaded_once() -> None:
    assert load_encoder("instant") is load_encoder(" instant ")


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not these")
    with pytest.raises(EncoderProblem, match="not the published ones"):
        check_weights(tmp_path / "model.safetensors")


def test_a_device_that_is_not_here_is_said() -> None:
    import torch

    missing = "mps" if torch.cuda.is_available() else "cuda"
    with pytest.raises(SettingInvalid, match=f"device {missing} is not here"):
        load_encoder("minilm", missing)


def test_the_package_minilm_is_read_without_the_libraries_that_made_it() -> None:
    script = (
        "import sys; from core.embed import load_encoder; "
        "load_encoder('minilm', 'cpu').encode(['a']);"
        "assert not {'transformers', 'sentence_transformers', 'sklearn'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_the_package_wordllama_is_read_and_not_run() -> None:
    script = (
        "import sys; from core.embed import load_encoder; load_encoder('instant').encode(['a']);"
        "assert 'wordllama' not in sys.modules and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
