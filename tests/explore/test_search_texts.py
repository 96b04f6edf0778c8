"""Words and meanings are found."""

import numpy as np
import pyarrow as pa
import pytest

from core.errors import InputError
from core.explore import query_marks, search_meaning, search_words

TEXTS = [
    "I want a Refund for my card",
    "refunds take three  weeks",
    "Discard the card payment (50%)",
    "École fermée",
    "我的信用卡丢了",
    None,
    "a\\b [c] .*",
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("refund", [0, 1]),
        ("REFUN", [0, 1]),
        ('"refund"', [0]),
        ("card", [0, 2]),
        ('"card"', [0, 2]),
        ('"card payment"', [2]),
        ('"three weeks"', [1]),
        ('"payment card"', []),
        ("refund card", [0]),
        ("école", [3]),
        ("ferm", [3]),
        ("cole", []),
        ("信用卡", [4]),
        ("用卡", [4]),
        ('"卡丢"', [4]),
        ("50%", [2]),
        ("[c]", [6]),
        (".*", [6]),
        ("a\\b", [6]),
        ('"three', [1]),
        ("", []),
        ('""', []),
        ("   ", []),
    ],
)
def test_words_are_found(query: str, found: list[int]) -> None:
    assert np.flatnonzero(search_words(TEXTS, query)).tolist() == found
    column = pa.chunked_array([TEXTS[:3], TEXTS[3:]])
    assert np.flatnonzero(search_words(column, query)).tolist() == found


def test_no_texts() -> None:
    assert search_words([], "card").tolist() == []


def test_marks_are_the_words_to_light() -> None:
    assert query_marks('refund "my card" 卡') == ["refund", "my card", "卡"]


def test_meaning_is_the_cosine() -> None:
    vectors = np.array([[1, 0], [0, 2], [3, 3], [0, 0]], dtype=np.float32)

    assert np.allclose(search_meaning(vectors, np.array([[0, 5.0]])), [0, 1, 0.5**0.5, 0])
    assert search_meaning(np.zeros((0, 2), np.float32), np.ones(2)).shape == (0,)
    with pytest.raises(InputError, match="vectors of 2 values and the query one of 3"):
        search_meaning(vectors, np.ones(3))
