"""Texts that are nearly the same are found among many, and different ones are not."""

import random

import pyarrow as pa
import pytest

from core.data.near_duplicates import find_near_duplicates

WORDS = [
    a + b for a in ("lan", "mor", "tes", "wil", "dra", "pok") for b in ("der", "ing", "a", "ot")
]


def sentence(rng: random.Random, length: int = 20) -> list[str]:
    return [rng.choice(WORDS) + str(rng.randrange(100)) for _ in range(length)]


def groups(texts: list[str]) -> list[int]:
    found: list[int] = find_near_duplicates(pa.array(texts, pa.large_string())).tolist()
    return found


def test_a_word_more_is_nearly_the_same_and_others_are_not() -> None:
    rng = random.Random(1)
    texts = [" ".join(sentence(rng, 40)) for _ in range(500)]
    changed = []
    for text in texts[:200]:
        words = text.split()
        words[rng.randrange(len(words))] = "changed"
        changed.append(" ".join(words))
    found = groups(texts + changed)
    assert found[:500] == list(range(500))
    right = sum(first == place for place, first in enumerate(found[500:]))
    assert right > 190
    assert all(first in (place, 500 + place) for place, first in enumerate(found[500:]))


def test_half_of_the_words_is_not_nearly_the_same() -> None:
    rng = random.Random(2)
    texts = [sentence(rng) for _ in range(200)]
    halves = [words[:10] + sentence(rng, 10) for words in texts]
    found = groups([" ".join(words) for words in texts + halves])
    assert found == list(range(400))


def test_case_blanks_and_punctuation_do_not_count() -> None:
    assert groups(["Where is my card?", "where is my  card", "WHERE IS MY CARD!!"]) == [0, 0, 0]


def test_chinese() -> None:
    first = "物流很快，质量不错，客服态度也很好，下次还会再来购买"
    assert groups([first, "这家酒店的早餐很丰富，房间也很干净", first + "。"]) == [0, 1, 0]


@pytest.mark.parametrize(
    "texts", [[], [""], ["", ""], ["!!", "??"], ["a", "b"], ["x" * 100_000, "y"], ["é", "è", "日"]]
)
def test_what_has_hardly_a_letter_is_like_nothing(texts: list[str]) -> None:
    assert groups(texts) == list(range(len(texts)))


def test_all_equal() -> None:
    assert groups(["the same text again"] * 7) == [0] * 7
