"""Words and meanings are found."""

import re
import time

import numpy as np
import pyarrow as pa
import pytest

from core.errors import InputError
from core.explore import outstanding, query_marks, search_meaning, search_words
from core.explore.folding import variants_pattern

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


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("cafe", "Un CAFÉ noir", True),
        ("café", "the cafe", True),
        ("cafe", "ｃａｆｅ", True),
        ("ｃａｆｅ", "a cafe", True),
        ("cafe", "cafe\u0301", True),
        ("strasse", "Straße 5", True),
        ("fin", "ﬁnal", True),
        ("orsted", "Ørsted", True),
        ("123", "１２３", True),
        ("ガラス", "ｶﾞﾗｽ", True),
        ("カラス", "ガラス", False),
        ("fe", "café", False),
        ('"cafe"', "café", False),
        ('"café"', "CAFÉ noir", True),
        ('"cafe"', "ｃａｆｅ", False),
        ("\u0301", "cafe\u0301", False),
    ],
)
def test_accents_and_width_do_not_matter_outside_of_quotes(
    query: str, text: str, found: bool
) -> None:
    assert search_words([text], query).tolist() == [found]
    pattern = "|".join(query_marks(query)) or "(?!)"
    if query != "fe":  # which is lit in the middle of a word that was found by another part
        assert bool(re.search(pattern, text, re.IGNORECASE)) == found


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("ฉันทำงาน", "ทำงาน"),
        ("x 20℃", "20℃"),
        ("wait…", "wait…"),
        ("1½ cups", "1½"),
        ("㈱ abc", "㈱"),
    ],
)
def test_a_word_of_signs_that_stand_for_several_is_found_in_itself(text: str, query: str) -> None:
    assert search_words([text, "other"], query).tolist() == [True, False]


def test_every_letter_finds_itself() -> None:
    letters = [chr(code) for code in range(0x80, 0x10000) if chr(code).isalnum()]
    assert [one for one in letters if not re.search(variants_pattern(one), one)] == []


def test_a_long_word_is_searched_in_time() -> None:
    texts = ["the quick brown fox jumps over the lazy dog " * 9] * 5_000
    start = time.perf_counter()
    assert not search_words(texts, "x" + "information" * 20).any()
    assert time.perf_counter() - start < 5


def test_marks_are_the_words_to_light() -> None:
    marks = query_marks('refund "my card" 卡 \u0301 ""')
    found = [re.findall(mark, "Réfund MY  CARD 信用卡", re.IGNORECASE) for mark in marks]
    assert found == [["Réfund"], ["MY  CARD"], ["卡"]]


def test_meaning_is_the_cosine() -> None:
    vectors = np.array([[1, 0], [0, 2], [3, 3], [0, 0]], dtype=np.float32)

    assert np.allclose(search_meaning(vectors, np.array([[0, 5.0]])), [0, 1, 0.5**0.5, 0])
    assert search_meaning(np.zeros((0, 2), np.float32), np.ones(2)).shape == (0,)
    with pytest.raises(InputError, match="vectors of 2 values and the query one of 3"):
        search_meaning(vectors, np.ones(3))


def test_texts_stand_out_from_halfway_between_the_middle_and_the_nearest() -> None:
    nearness = np.array([0.9, 0.1, 0.1, 0.2, 0.6, 0.1, 0.0], np.float32)
    assert outstanding(nearness) == pytest.approx(0.5)
    assert outstanding(np.zeros(0, np.float32)) == 1
