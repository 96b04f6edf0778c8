import re

import numpy as np
import pytest

from core.errors import Cancelled, EncoderProblem, InputError
from core.explain import Explanation, WordValue, explain_texts, strongest_words
from core.explain.words import MOST_WORDS, cut_words
from core.progress import Progress

CLASSES = ("refund", "card")
WEIGHTS = {"refund": 2.0, "money": 1.0, "card": -2.0, "broken": -1.0, "not": 0.7}


def score(text: str) -> float:
    """A made-up model: words have weights, `not` turns the next word round."""
    total, sign = 0.1, 1.0
    for word in re.findall(r"\w+", text.lower()):
        total += sign * WEIGHTS.get(word, 0.01 * len(word))
        sign = -1.0 if word == "not" else 1.0
    return total


def predict(texts: list[str]) -> np.ndarray:
    chance = 1 / (1 + np.exp([-score(text) for text in texts]))
    return np.stack([chance, 1 - chance], axis=1)


def adds_up(one: Explanation) -> bool:
    return abs(one.base + sum(word.value for word in one.words) - one.output) < 1e-9


TEXTS = [
    "I want my money back, a refund!",
    "card",
    "the card is not broken",
    "no refund no card",
    "  card (again), card; and card.  ",
]


def test_values_add_up_and_base_is_the_empty_text() -> None:
    for one, text in zip(explain_texts(predict, TEXTS, CLASSES), TEXTS, strict=True):
        assert adds_up(one)
        chances = predict([text])[0]
        assert one.target == CLASSES[chances.argmax()]
        assert one.output == pytest.approx(chances.max())
        assert one.base == pytest.approx(predict([""])[0][CLASSES.index(one.target)])


def test_spans_are_those_of_the_text() -> None:
    for one in explain_texts(predict, TEXTS, CLASSES):
        assert [one.text[word.start : word.end] for word in one.words] == [
            word.word for word in one.words
        ]


def test_a_word_taken_away_does_not_glue_its_neighbours() -> None:
    words = cut_words("my card, it is (not)  here")
    assert words.keep((True, True, False, True, True, True, True, True, True)) == (
        "my card it is (not) here"
    )
    assert words.keep((False,) * 9) == ""
    assert cut_words("我要退款", lambda _: [(0, 2), (2, 4)]).keep((False, True)) == "退款"


def test_words_that_matter_matter() -> None:
    (one,) = explain_texts(predict, ["please my money and a refund now"], CLASSES)
    assert [word.word for word in one.strongest(2)] == ["refund", "money"]
    assert one.strongest(1)[0].value > 0


@pytest.mark.parametrize("text", ["my money refund", "the card is not broken, it is a refund"])
def test_agrees_with_shap(text: str) -> None:
    import shap

    def tokenizer(part: str, return_offsets_mapping: bool = True) -> dict:
        spans = [match.span() for match in re.finditer(r"\w+|[^\w\s]+", part)]
        return {"input_ids": [part[a:b] for a, b in spans], "offset_mapping": spans}

    masker = shap.maskers.Text(tokenizer, mask_token="~", collapse_mask_token=False)
    explainer = shap.PartitionExplainer(
        lambda rows: predict([" ".join(row.replace("~", " ").split()) for row in rows])[:, 0],
        masker,
    )
    theirs = explainer([text], max_evals=100_000, silent=True)
    (ours,) = explain_texts(predict, [text], CLASSES, target="refund", variants=100_000)
    np.testing.assert_allclose([w.value for w in ours.words], theirs.values[0], atol=1e-9)


def test_several_texts_at_once_are_as_one_by_one() -> None:
    together = explain_texts(predict, TEXTS * 5, CLASSES)
    alone = [explain_texts(predict, [text], CLASSES)[0] for text in TEXTS]
    assert together == alone * 5


def test_the_model_is_asked_in_large_batches_and_once_for_each_variant() -> None:
    asked: list[list[str]] = []

    def listen(texts: list[str]) -> np.ndarray:
        asked.append(texts)
        return predict(texts)

    texts = ["one two three four five six seven eight nine ten refund " + str(n) for n in range(8)]
    explain_texts(listen, texts, CLASSES)
    variants = [text for call in asked for text in call]
    assert len(variants) == len(set(variants))
    assert len(variants) / len(asked) > 20


def test_budget_is_kept_and_values_still_add_up() -> None:
    asked: list[str] = []

    def listen(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return predict(texts)

    text = " ".join(f"word{n}" for n in range(60)) + " refund"
    (one,) = explain_texts(listen, [text], CLASSES, variants=100)
    assert adds_up(one)
    assert len(asked) <= 102
    assert one.strongest(1)[0].word == "refund"


def test_targets() -> None:
    both = explain_texts(predict, ["card", "card"], CLASSES, target=["refund", "card"])
    assert [one.target for one in both] == ["refund", "card"]
    assert both[0].words[0].value == pytest.approx(-both[1].words[0].value)
    for wrong in ("nothing", ["card"]):
        with pytest.raises(InputError, match="Give one label of the model"):
            explain_texts(predict, ["card", "card"], CLASSES, target=wrong)


def test_chinese_words_come_from_a_segmenter() -> None:
    def segment(text: str) -> list[tuple[int, int]]:
        return [(n, min(n + 2, len(text))) for n in range(0, len(text), 2)]

    def say(texts: list[str]) -> np.ndarray:
        chance = np.array([0.9 if "退款" in text else 0.2 for text in texts])
        return np.stack([chance, 1 - chance], axis=1)

    (one,) = explain_texts(say, ["我要退款谢谢"], CLASSES, target="refund", segment=segment)
    assert [word.word for word in one.words] == ["我要", "退款", "谢谢"]
    assert one.strongest(1)[0].word == "退款"
    assert adds_up(one)


def test_edges() -> None:
    assert explain_texts(predict, [], CLASSES) == []
    (one,) = explain_texts(predict, ["refund"], CLASSES)
    assert one.words[0].value == pytest.approx(one.output - one.base)
    (same,) = explain_texts(predict, ["card card card"], CLASSES)
    assert adds_up(same)
    for empty in ("", "  \n"):
        with pytest.raises(InputError, match="no words"):
            explain_texts(predict, [empty], CLASSES)


def test_giant_text_is_cut_and_says_so() -> None:
    (one,) = explain_texts(predict, ["word " * 5000], CLASSES, variants=50)
    assert len(one.words) == MOST_WORDS
    assert one.words_left_out == 5000 - MOST_WORDS
    assert adds_up(one)


def test_wrong_shapes_and_overlapping_words_are_refused() -> None:
    with pytest.raises(EncoderProblem, match="1 texts and 3 labels"):
        explain_texts(predict, ["card"], ("a", "b", "c"))
    with pytest.raises(InputError, match="overlap"):
        explain_texts(predict, ["card"], CLASSES, segment=lambda text: [(0, 3), (2, 4)])


def test_progress_rises_and_can_cancel() -> None:
    class Listen(Progress):
        def __init__(self) -> None:
            self.seen: list[float] = []

        def __call__(self, done: float, total: float, message: str = "") -> None:
            self.seen.append(done / total)
            if len(self.seen) > 9:
                raise Cancelled("stop")

    listen = Listen()
    explain_texts(predict, TEXTS[:2], CLASSES, progress=listen)
    assert listen.seen == sorted(listen.seen)
    assert listen.seen[-1] == 1.0
    with pytest.raises(Cancelled):
        explain_texts(predict, TEXTS * 20, CLASSES, progress=Listen())


def test_strongest_words_rank_by_sum_and_give_the_mean() -> None:
    def explanation(target: str, **values: float) -> Explanation:
        words = tuple(WordValue(word, 0, 1, value) for word, value in values.items())
        return Explanation("x", target, 0.0, 0.0, words)

    found = strongest_words(
        [
            explanation("a", Card=0.2, once=0.3),
            explanation("a", card=0.3, against=-0.5),
            explanation("b", other=0.9),
        ],
        "a",
    )
    assert [(one.word, one.count) for one in found] == [("card", 2), ("once", 1), ("against", 1)]
    assert found[0].effect == pytest.approx(0.25)
    assert strongest_words([], "a") == []
