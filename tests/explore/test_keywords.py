"""Words and phrases are counted once, and weigh what BERTopic's formula says."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from core.explore import TermCounts, c_tf_idf, count_terms, keywords_of_groups

TEXTS = [
    "My credit card was declined",
    "Credit card declined again, why?",
    "The credit card is declined at the shop",
    "Parcel never arrived",
    "The parcel arrived late",
    "A parcel that arrived broken",
]
GROUPS = np.array([0, 0, 0, 1, 1, 1])


def count_of(terms: TermCounts, term: str) -> list[int]:
    return terms.matrix[:, terms.terms.index(term)].toarray().ravel().tolist()


def test_words_and_phrases_are_counted_by_text() -> None:
    terms = count_terms([*TEXTS, "card, card; CARD credit card"], "en")

    assert count_of(terms, "card") == [1, 1, 1, 0, 0, 0, 4]
    assert count_of(terms, "credit card") == [1, 1, 1, 0, 0, 0, 1]
    assert "the" not in terms.terms and "card card" not in terms.terms
    assert count_of(
        count_terms(["card declined", "card was declined", "card declined"], "en"), "card declined"
    ) == [1, 0, 1]


def test_rare_words_of_many_texts_are_dropped() -> None:
    terms = count_terms([f"card number{i:03}x lost" for i in range(150)], "en")
    assert set(terms.terms) == {"card", "lost"}


def test_terms_are_shown_as_they_are_mostly_written() -> None:
    texts = ["my iPhone and the ATM", "Money on my iPhone", "an atm, an ATM", "money and money"]
    assert {"iPhone", "ATM", "money"} <= set(count_terms(texts, "en").terms)


def test_groups_sum_their_texts_and_negative_groups_are_left_out() -> None:
    terms = count_terms(TEXTS, "en")
    counts = terms.by_group(np.array([0, 0, -1, 1, 1, -1]), 3)

    assert counts.shape == (3, len(terms.terms))
    assert counts[:, terms.terms.index("card")].toarray().ravel().tolist() == [2, 0, 0]
    assert counts[:, terms.terms.index("arrived")].toarray().ravel().tolist() == [0, 2, 0]


def test_one_endless_text_does_not_name_its_topic() -> None:
    texts = [*TEXTS[:3] * 12, "You called and the line was busy. " * 2_000, *TEXTS[3:] * 12]
    groups = np.array([0] * 37 + [1] * 36)
    terms = count_terms(texts, "en")

    assert max(count_of(terms, "line")) == 2_000, "the counts stay what they are"
    cards, parcels = keywords_of_groups(terms, terms.by_group(groups, 2))
    assert set(cards[:2]) == {"credit card", "declined"}
    assert parcels[0] in ("parcel", "arrived")


def test_c_tf_idf_is_the_published_formula() -> None:
    counts = np.array([[3, 1, 0], [1, 0, 4.0]])
    expected = (counts / counts.sum(1, keepdims=True)) * np.log(1 + 4.5 / counts.sum(0))

    assert np.allclose(c_tf_idf(csr_matrix(counts)).toarray(), expected)


def test_a_phrase_stands_for_its_words() -> None:
    terms = count_terms(TEXTS, "en")
    card, parcel = keywords_of_groups(terms, terms.by_group(GROUPS, 2))

    assert "credit card" in card
    assert not {"credit", "card", "card declined"} & set(card)
    assert {"declined"} <= set(card)
    assert "parcel" in " ".join(parcel)


def test_forms_of_a_word_are_one_keyword() -> None:
    texts = ["charge charge charge", "charges", "charging", "charged", "fee", "fees"]
    terms = count_terms(texts, "en")
    (keywords,) = keywords_of_groups(terms, terms.by_group(np.zeros(6, dtype=int), 1))

    assert sorted(keywords) in (["charge", "fee"], ["charge", "fees"])


def test_what_topics_share_ranks_below_what_sets_them_apart() -> None:
    texts = ["account transfer"] * 3 + ["account refund"] * 3 + ["account deposit"] * 3
    terms = count_terms(texts, "en")
    keywords = keywords_of_groups(terms, terms.by_group(np.repeat(np.arange(3), 3), 3))

    firsts = [words[0].removeprefix("account ") for words in keywords]
    assert firsts == ["transfer", "refund", "deposit"]


def test_chinese_words_and_phrases() -> None:
    texts = ["信用卡还款失败", "信用卡还款失败了怎么办", "我的信用卡还款失败"]
    terms = count_terms(texts, "zh")
    (keywords,) = keywords_of_groups(terms, terms.by_group(np.zeros(3, dtype=int), 1))

    assert {"信用卡", "还款", "信用卡还款"} <= set(terms.terms)
    assert all(" " not in term for term in terms.terms)
    assert keywords


@pytest.mark.parametrize("texts", [[], ["", "   "], ["1 2 3"], ["the of and"], ["x" * 50_000]])
def test_texts_without_words(texts: list[str]) -> None:
    terms = count_terms(texts, "en")

    assert terms.terms == ()
    assert terms.units == len(texts)
    counts = terms.by_group(np.zeros(len(texts), dtype=int), 1)
    assert keywords_of_groups(terms, counts) == [()]
    assert TermCounts.from_arrays(terms.arrays()).terms == ()


def test_arrays_round_trip() -> None:
    terms = count_terms([*TEXTS, "信用卡 卡"], "en")
    again = TermCounts.from_arrays(terms.arrays())

    assert again.terms == terms.terms
    assert (again.parts == terms.parts).all()
    assert (again.matrix != terms.matrix).nnz == 0
