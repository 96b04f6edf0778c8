import json

import numpy as np
import pytest

from core.errors import InputError
from core.learn import calibrate, compare, evaluate, wilson_interval

CLASSES = ("a", "b", "c")


def said(*names: str) -> np.ndarray:
    return np.array([np.eye(3)[CLASSES.index(name)] for name in names], dtype=np.float32)


def test_figures_by_hand() -> None:
    truth = ["a", "a", "a", "b", "b", "c"]
    result = evaluate(said("a", "a", "b", "b", "c", "c"), truth, CLASSES)
    assert (result.rows, result.right) == (6, 4)
    assert result.accuracy == pytest.approx(4 / 6)
    a, b, c = result.classes
    assert (a.precision, a.recall, a.support) == (1.0, pytest.approx(2 / 3), 3)
    assert (b.precision, b.recall) == (0.5, 0.5)
    assert c.f1 == pytest.approx(2 / 3)
    np.testing.assert_array_equal(result.confusion, [[2, 1, 0], [0, 1, 1], [0, 0, 1]])
    assert result.mistakes() == [("a", "b", 1), ("b", "c", 1)]
    assert json.loads(json.dumps(result.to_json()))["right"] == 4


def test_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import f1_score

    random = np.random.default_rng(0)
    chances = random.random((200, 3)).astype(np.float32)
    truth = [CLASSES[place] for place in random.integers(0, 3, 200)]
    names = [CLASSES[place] for place in chances.argmax(axis=1)]
    result = evaluate(chances, truth, CLASSES)
    assert result.macro_f1 == pytest.approx(f1_score(truth, names, average="macro"))


def test_wilson_interval_of_the_textbook() -> None:
    interval = wilson_interval(81, 263)
    assert interval.low == pytest.approx(0.2553, abs=1e-4)
    assert interval.high == pytest.approx(0.3662, abs=1e-4)
    assert wilson_interval(5, 5).high == 1.0
    assert wilson_interval(0, 5).low == 0.0


def test_paired_interval_of_newcombe() -> None:
    """Newcombe 1998, method 10: a=36, b=12, c=2, d=0."""
    truth = ["a"] * 50
    before = said(*["a"] * 36, *["b"] * 12, *["a"] * 2)
    after = said(*["a"] * 36, *["a"] * 12, *["b"] * 2)
    result = compare(before, after, truth, CLASSES)
    assert (result.fixed, result.broken) == (12, 2)
    assert result.difference == pytest.approx(0.2)
    assert result.interval.low == pytest.approx(0.0569, abs=1e-4)
    assert result.interval.high == pytest.approx(0.3404, abs=1e-4)
    assert result.p_value == pytest.approx(0.0129, abs=1e-3)
    assert result.is_clear


def test_no_difference() -> None:
    same = said("a", "b", "c")
    result = compare(same, same, ["a", "b", "b"], CLASSES)
    assert result.difference == 0
    assert result.p_value == 1.0
    assert not result.is_clear


def test_labels_that_the_model_does_not_know_are_wrong() -> None:
    result = evaluate(said("a", "b"), ["a", "z"], CLASSES)
    assert result.accuracy == 0.5
    assert result.unknown_rows == 1


def test_one_row_and_no_row() -> None:
    assert evaluate(said("a"), ["a"], CLASSES).accuracy == 1.0
    with pytest.raises(InputError, match="0 test rows"):
        evaluate(np.zeros((0, 3), np.float32), [], CLASSES)
    with pytest.raises(InputError, match="for 2 test rows"):
        evaluate(said("a"), ["a", "b"], CLASSES)


def test_temperature_is_found() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(size=(3000, 3)) * 2
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = [CLASSES[random.choice(3, p=row)] for row in chances]
    found = calibrate((logits * 4).astype(np.float32), truth, CLASSES)
    assert found.temperature == pytest.approx(4, rel=0.1)
    assert found.gap_after < 0.03 < found.gap_before


@pytest.mark.parametrize("rows", [0, 1, 29])
def test_few_rows_leave_the_probabilities(rows: int) -> None:
    found = calibrate(np.ones((rows, 3), np.float32), ["a"] * rows, CLASSES)
    assert found.temperature == 1.0
    assert found.rows == rows
