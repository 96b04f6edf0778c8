import numpy as np
import pytest

from core.errors import Cancelled, InputError
from core.learn import train_probe
from core.progress import Progress


def blobs(classes: int, rows: int, seed: int = 0) -> tuple[np.ndarray, list[str]]:
    random = np.random.default_rng(seed)
    codes = np.arange(rows) % classes
    points = np.eye(16)[codes] * 2 + random.normal(size=(rows, 16))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points.astype(np.float32), [f"c{code}" for code in codes]


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_learns_and_gives_probabilities(classes: int) -> None:
    vectors, labels = blobs(classes, 140)
    probe = train_probe(vectors, labels)
    assert probe.weights.shape == (classes, 16)
    chances = probe.probabilities(vectors)
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-5)
    said = np.array(probe.classes)[chances.argmax(axis=1)]
    assert (said == labels).mean() > 0.75


def test_two_classes_agree_with_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    vectors, labels = blobs(2, 80)
    probe = train_probe(vectors, labels)
    model = LogisticRegression(C=probe.strength, tol=1e-3, max_iter=300).fit(vectors, labels)
    scores = model.decision_function(vectors) / probe.temperature
    np.testing.assert_allclose(
        probe.probabilities(vectors)[:, 1], 1 / (1 + np.exp(-scores)), atol=1e-3
    )


def test_probabilities_are_neither_modest_nor_certain() -> None:
    vectors, labels = blobs(3, 1200)
    probe = train_probe(vectors[:900], labels[:900])
    chances = probe.probabilities(vectors[900:])
    right = np.array(probe.classes)[chances.argmax(axis=1)] == labels[900:]
    assert chances.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.04)
    easy = train_probe(np.eye(2, dtype=np.float32)[np.arange(8) % 2], ["a", "b"] * 4)
    assert 0.7 < easy.probabilities(np.eye(2, dtype=np.float32)).max() < 0.999


def test_noise_is_not_learnt() -> None:
    vectors, labels = blobs(3, 300)
    noise = list(np.random.default_rng(0).permutation(labels))
    assert train_probe(vectors, noise).probabilities(vectors).max() < 0.6


def test_same_seed_same_probe() -> None:
    vectors, labels = blobs(4, 90)
    first, again = train_probe(vectors, labels), train_probe(vectors, labels)
    np.testing.assert_array_equal(first.weights, again.weights)


def test_order_of_classes_can_be_given() -> None:
    vectors, labels = blobs(2, 40)
    probe = train_probe(vectors, labels, classes=["c1", "c0"])
    said = np.array(probe.classes)[probe.probabilities(vectors).argmax(axis=1)]
    assert probe.classes == ("c1", "c0")
    assert (said == labels).mean() > 0.85


@pytest.mark.parametrize("rows", [2, 3, 5])
def test_one_row_or_two_of_a_class(rows: int) -> None:
    vectors, labels = blobs(2, rows)
    assert np.isfinite(train_probe(vectors, labels).weights).all()


def test_all_vectors_equal() -> None:
    probe = train_probe(np.ones((9, 4), dtype=np.float32) / 2, ["a"] * 6 + ["b"] * 3)
    chances = probe.probabilities(np.ones((1, 4), dtype=np.float32) / 2)[0]
    assert 0.5 < chances[0] < 0.8


@pytest.mark.parametrize(
    ("vectors", "labels", "classes", "words"),
    [
        (np.zeros((0, 4), np.float32), [], None, "0 rows to train on"),
        (np.zeros((3, 4), np.float32), ["a"] * 3, None, "cover 1 of 1 labels"),
        (np.zeros((3, 4), np.float32), ["a", "b"], None, r"shape \(3, 4\) for 2 labels"),
        (np.zeros((2, 4), np.float32), ["a", "b"], ["a", "b", "c"], "cover 2 of 3 labels"),
        (np.full((2, 4), np.nan, np.float32), ["a", "b"], None, "2 vectors hold values"),
    ],
)
def test_refusals(
    vectors: np.ndarray, labels: list[str], classes: list[str] | None, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        train_probe(vectors, labels, classes)


def test_can_be_cancelled() -> None:
    class Stop(Progress):
        def __call__(self, done: float, total: float, message: str = "") -> None:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        train_probe(*blobs(3, 60), progress=Stop())
