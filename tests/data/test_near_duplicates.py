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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("My top-up is still pending", "my top up is still pending."),
        ("I can\u2019t find it", "i cant find it"),
        ("What is needed for the identity check?", "what is needed for identity check"),
        ("lost luggage on my flight to Rome", "on my flight to Rome lost luggage"),
        (
            "物流很快，质量不错，客服态度也很好，下次还会再来购买",
            "物流很快,质量不错,客服态度好,下次还会再来购买",
        ),
        (
            "Die Lieferung kam spät, und der Karton war nass.",
            "DIE LIEFERUNG KAM SPÄT und Karton war nass",
        ),
    ],
)
def test_short_texts_that_say_the_same_in_nearly_the_same_words(one: str, other: str) -> None:
    assert groups([one, other]) == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I like apples.", "I like pears."),
        ("no thank you", "thank you"),
        ("My card is working", "My card is not working"),
        ("I can make a transfer", "I can't make a transfer"),
        ("please set a timer for 6 minutes", "please set a timer for 20 minutes"),
        ("Croatian language package for Thunderbird", "Thai language package for Thunderbird"),
        ("Qt 6 charts - development files", "Quick Charts - development files"),
        ("我喜欢苹果", "我喜欢梨子"),
        ("这个产品我很满意", "这个产品我不满意"),
        ("ABC-1234", "ABC-1235"),
    ],
)
def test_short_texts_that_are_merely_alike_are_no_repetitions(one: str, other: str) -> None:
    assert groups([one, other]) == [0, 1]


def test_a_word_in_another_form_is_nothing_in_a_long_text() -> None:
    words = sentence(random.Random(5), 20)
    changed = [*words[:9], words[9][1:] + "e", *words[10:]]
    assert groups([" ".join(words), " ".join(changed)]) == [0, 0]


def test_who_is_left_out_is_like_the_text_that_stays() -> None:
    """Each of a chain is like the one before; the last is like the first no more."""
    words = sentence(random.Random(3), 60)
    chain = []
    for place in range(0, 60, 2):
        words[place] = f"word{place}"
        chain.append(" ".join(words))
    found = groups(chain)
    assert 3 < len(set(found)) < 15
    for text, first in zip(chain, found, strict=True):
        same = len(set(text.split()) & set(chain[first].split()))
        assert same >= 55


def test_twins_are_found_among_thousands_of_one_template() -> None:
    rng = random.Random(4)
    frame = "The parcel that I ordered from your shop in {} has not come to {} until today, {}"
    texts = [frame.format(*sentence(rng, 3)) for _ in range(2000)]
    twins = [text.upper() + "!" for text in texts]
    assert groups(texts + twins)[2000:] == list(range(2000))


@pytest.mark.parametrize(
    "texts", [[], [""], ["", ""], ["!!", "??"], ["a", "b"], ["x" * 100_000, "y"], ["é", "è", "日"]]
)
def test_what_has_hardly_a_letter_is_like_nothing(texts: list[str]) -> None:
    assert groups(texts) == list(range(len(texts)))


def test_all_equal() -> None:
    assert groups(["the same text again"] * 7) == [0] * 7
