"""Topics have names, sizes and examples."""

import numpy as np
import pytest

from core.explore import count_terms, describe_topics, name_from_phrases, name_topics

TEXTS = [
    "refund for my broken phone",
    "refund the broken phone please",
    "phone broken, refund",
    "parcel never arrived",
    "my parcel has not arrived",
    "where is the weather",
]
VECTORS = np.array(
    [[1, 0, 0], [0.9, 0.3, 0], [0.9, -0.3, 0], [0, 1, 0], [0, 0.9, 0.4], [0, 0, 1]],
    dtype=np.float32,
)


def test_topics_are_described_largest_first() -> None:
    topics = describe_topics(
        np.array([7, 7, 7, 4, 4, -1]), count_terms(TEXTS, "en"), VECTORS, TEXTS
    )

    assert [topic.node for topic in topics] == [7, 4]
    assert [topic.size for topic in topics] == [3, 2]
    assert topics[0].share == 0.5
    assert topics[0].name == "Broken phone"
    assert "parcel" in topics[1].name.lower() and topics[1].name[0].isupper()


def test_the_example_nearest_to_the_middle_comes_first_and_repetitions_not_at_all() -> None:
    vectors = np.concatenate([VECTORS[:3], VECTORS[:1] * 2])
    texts = [*TEXTS[:3], "Refund for my broken phone"]
    (topic,) = describe_topics(np.zeros(4, dtype=int), count_terms(texts, "en"), vectors, texts)

    assert topic.examples[0] == 0
    assert 3 not in topic.examples


def test_a_topic_without_words_is_named_by_its_text() -> None:
    texts = ["12345", "😀 " * 50, "12345 67"]
    topics = describe_topics(np.array([0, 1, 2]), count_terms(texts, "en"), np.eye(3), texts)

    assert topics[0].name == "12345"
    assert topics[1].name.endswith("…") and len(topics[1].name) <= 40
    assert topics[1].keywords == ()


def test_no_two_topics_share_a_name() -> None:
    texts = ["card card lost"] * 4
    topics = describe_topics(np.arange(4), count_terms(texts, "en"), np.eye(4), texts)
    assert len({topic.name for topic in topics}) == 4


def test_no_texts_and_nothing_but_left_out() -> None:
    none = np.zeros(0, dtype=int)
    assert describe_topics(none, count_terms([], "en"), np.zeros((0, 3)), []) == []
    left = np.full(6, -1)
    assert describe_topics(left, count_terms(TEXTS, "en"), VECTORS, TEXTS) == []


def test_names_by_script() -> None:
    assert name_from_phrases(["card payment", "declined"]) == "Card payment, declined"
    assert name_from_phrases(["信用卡", "还款"]) == "信用卡、还款"
    assert name_from_phrases(["iPhone", "ATM"]) == "iPhone, ATM"
    assert name_from_phrases([]) == ""


def test_names_alone_are_those_of_the_descriptions() -> None:
    texts = ["refund late", "refund slow", "refund card", "!!!", "???", "card lost", "card gone"]
    topics = np.array([4, 4, 4, 7, 7, 2, -1])
    terms = count_terms(texts, "en")
    vectors = np.random.default_rng(0).normal(size=(7, 4)).astype(np.float32)

    described = describe_topics(topics, terms, vectors, texts)

    assert name_topics(topics, terms, vectors, texts) == {one.node: one.name for one in described}


def test_names_that_are_known_are_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.explore.topics.wordings_of_groups", lambda *_: pytest.fail("asked"))
    topics, terms = np.array([7, 7, 7, 4, 4, -1]), count_terms(TEXTS, "en")
    names = {7: "Refunds", 4: "Parcels", 9: "Another"}
    described = describe_topics(topics, terms, VECTORS, TEXTS, names=names)
    assert [topic.name for topic in described] == ["Refunds", "Parcels"]
