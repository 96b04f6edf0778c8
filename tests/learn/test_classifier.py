import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, EncoderProblem, InputError, NotReady
from core.learn import ModelCard, Probe, TextClassifier, evaluate, hash_texts, train_probe
from core.learn.logits import softmax
from core.progress import Progress

Tiny = tuple[list[str], list[str]]
CARD = ModelCard(
    encoder="tiny", method="probe", train_rows=120, texts_hash="0", created="2026-01-01"
)


@pytest.fixture
def probe(tiny_vectors: np.ndarray, tiny_texts: Tiny) -> Probe:
    return train_probe(tiny_vectors, tiny_texts[1])


@pytest.fixture
def classifier(probe: Probe, tiny_folder: Path) -> TextClassifier:
    return TextClassifier.from_probe(probe, CARD, model_folder=tiny_folder, device="cpu")


def encode_letters(texts: Sequence[str]) -> np.ndarray:
    """Vectors of 26 letter shares: an encoder without a folder."""
    counts = np.array([[text.count(chr(97 + n)) for n in range(26)] for text in texts], dtype=float)
    return (counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1)).astype(
        np.float32
    )


@pytest.fixture
def lone_head(tiny_texts: Tiny) -> TextClassifier:
    texts, labels = tiny_texts
    probe = train_probe(encode_letters(texts), labels)
    return TextClassifier.from_probe(probe, CARD, encode=encode_letters)


def test_plain_sentence_transformers_gives_the_same_probabilities(
    classifier: TextClassifier, tiny_texts: Tiny, tmp_path: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    classifier.calibrated(*tiny_texts).save(tmp_path)
    plain = SentenceTransformer(str(tmp_path), device="cpu")
    logits = plain.encode(tiny_texts[0], show_progress_bar=False)
    classes = json.loads((tmp_path / "classes.json").read_text())
    ours = TextClassifier.load(tmp_path, device="cpu").predict(tiny_texts[0])
    assert tuple(classes) == ours.classes
    np.testing.assert_allclose(softmax(logits), ours.probabilities, atol=1e-5)


def test_lone_head_is_saved_and_loaded_with_its_encoder(
    lone_head: TextClassifier, tiny_texts: Tiny, tmp_path: Path
) -> None:
    lone_head.calibrated(*tiny_texts).save(tmp_path)
    asked = []

    def load_encoder(name: str):
        asked.append(name)
        return encode_letters

    loaded = TextClassifier.load(tmp_path, load_encoder=load_encoder)
    assert asked == ["tiny"]
    expected = lone_head.calibrated(*tiny_texts).predict(tiny_texts[0])
    np.testing.assert_array_equal(
        loaded.predict(tiny_texts[0]).probabilities, expected.probabilities
    )
    with pytest.raises(NotReady, match="encoder tiny"):
        TextClassifier.load(tmp_path)


def test_network_needs_no_encoder(classifier: TextClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path)
    loaded = TextClassifier.load(tmp_path, load_encoder=pytest.fail)
    assert loaded.card == classifier.card


def test_predictions_keep_the_order_of_the_texts(
    classifier: TextClassifier, tiny_texts: Tiny
) -> None:
    texts = tiny_texts[0]
    together = classifier.predict(texts).probabilities
    alone = [classifier.predict([text]).probabilities[0] for text in texts[:20]]
    np.testing.assert_allclose(together[:20], alone, atol=1e-5)
    backwards = classifier.predict(texts[::-1]).probabilities
    np.testing.assert_allclose(together, backwards[::-1], atol=1e-5)


@pytest.mark.parametrize("kind", ["classifier", "lone_head"])
def test_edges(kind: str, request: pytest.FixtureRequest) -> None:
    model: TextClassifier = request.getfixturevalue(kind)
    assert model.predict([]).probabilities.shape == (0, 3)
    assert len(model.predict([]).labels) == 0
    for texts in (["card"], ["", " "], ["card"] * 5, ["🙂 龙 card\x00"]):
        chances = model.predict(texts).probabilities
        assert chances.dtype == np.float32
        np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-5)
    with pytest.raises(InputError, match="Row 2 has no text but nan"):
        model.predict(["card", float("nan")])  # type: ignore[list-item]


def test_giant_text_is_cut_and_counted(classifier: TextClassifier) -> None:
    said = classifier.predict(["card " * 20_000, "card"])
    assert said.cut_texts == 1


def test_predictions_answer_what_a_page_asks(classifier: TextClassifier, tiny_texts: Tiny) -> None:
    said = classifier.predict(tiny_texts[0])
    assert set(said.labels) <= set(said.classes)
    (first, chance), *_ = said.top(3)
    assert first == said.labels[3]
    assert chance == pytest.approx(said.confidence[3])


def test_progress_moves_and_cancels(classifier: TextClassifier, tiny_texts: Tiny) -> None:
    class Stop(Progress):
        def __call__(self, done: float, total: float, message: str = "") -> None:
            if message == "Predicting":
                raise Cancelled("stop")

    with pytest.raises(Cancelled):
        classifier.predict(tiny_texts[0], Stop())


def test_calibration_lowers_the_log_loss_and_keeps_the_labels(
    probe: Probe, tiny_folder: Path, tiny_texts: Tiny
) -> None:
    texts, labels = tiny_texts
    loud = Probe(probe.weights * 20, probe.bias * 20, probe.classes, probe.strength)
    before = TextClassifier.from_probe(loud, CARD, model_folder=tiny_folder, device="cpu")
    said = before.predict(texts)
    after = before.calibrated(texts, labels)
    figures = after.card.calibration
    assert figures["temperature"] > 1
    assert figures["log_loss_after"] < figures["log_loss_before"]
    np.testing.assert_array_equal(after.predict(texts).labels, said.labels)


def test_card_tells_a_person_and_hides_the_texts(
    classifier: TextClassifier, tiny_texts: Tiny, tmp_path: Path
) -> None:
    texts, labels = tiny_texts
    said = classifier.predict(texts)
    scored = evaluate(said.probabilities, labels, said.classes)
    classifier.with_evaluation(scored.to_json()).save(tmp_path)
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "SentenceTransformer" in readme
    assert f"{scored.accuracy:.1%}" in readme
    assert all(name in readme for name in said.classes)
    whole = "".join(f.read_text("utf-8") for f in tmp_path.glob("*.json"))
    assert texts[0] not in whole


def test_snippet_of_the_readme_runs(
    classifier: TextClassifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    classifier.save(tmp_path)
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    snippet = readme.split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    exec(snippet, {})
    assert capsys.readouterr().out.split()[0] in classifier.classes


def test_hash_of_texts_forgets_their_order() -> None:
    assert hash_texts(["a", "b"]) == hash_texts(["b", "a"]) != hash_texts(["ab"])


def test_folders_that_are_no_model(classifier: TextClassifier, tmp_path: Path) -> None:
    with pytest.raises(EncoderProblem, match="not a whole Textlode model"):
        TextClassifier.load(tmp_path / "absent")
    classifier.save(tmp_path)
    card = json.loads((tmp_path / "textlode.json").read_text())
    (tmp_path / "textlode.json").write_text(json.dumps({**card, "format": 99}))
    with pytest.raises(EncoderProblem, match="format 99"):
        TextClassifier.load(tmp_path)
    (tmp_path / "textlode.json").write_text(json.dumps(card))
    (tmp_path / "model.safetensors").write_bytes(b"torn")
    with pytest.raises(EncoderProblem, match="could not be loaded"):
        TextClassifier.load(tmp_path)
