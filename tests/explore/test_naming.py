"""Topics are named by phrases that their texts share."""

import numpy as np
import pytest

from core.explore import TermCounts, count_terms, name_topics

CARD = [
    "I lost my card yesterday",
    "what if my card is lost or stolen",
    "report a lost or stolen card",
    "a lost or stolen card, what now?",
    "help: lost or stolen card",
]
TOP_UP = [
    "the top up failed again",
    "why has my top up failed?",
    "top up failed",
    "My top up failed today",
    "failed top up, please help",
]


def names_of(texts: list[str], topics: list[int], language: str = "en") -> list[str]:
    terms = count_terms(texts, language)
    vectors = np.eye(2, dtype=np.float32)[np.array(topics) % 2]
    found = name_topics(np.array(topics), terms, vectors, texts)
    return [found[topic] for topic in sorted(set(topics))]


def test_a_name_is_a_phrase_as_the_texts_write_it_function_words_and_all() -> None:
    assert names_of(CARD + TOP_UP, [0] * 5 + [1] * 5) == ["Lost or stolen card", "Top up failed"]


def test_a_particle_may_end_a_name_and_another_function_word_may_not() -> None:
    texts = ["I top up", "let me top up", "top up now"]
    assert count_terms(texts, "en").arrays()["phrase_names"].tobytes() == b"top up"
    assert not len(count_terms(["go with", "go with"], "en").arrays()["phrase_names"])


def test_the_usual_case_of_words_is_kept() -> None:
    texts = ["change my PIN"] * 4 + ["iPhone of Anna", "Iphone of Anna", "iPhone of Anna"]
    assert names_of(texts, [0] * 4 + [1] * 3) == ["Change my PIN", "iPhone of Anna"]


def test_a_name_tells_of_a_second_thing_where_the_first_is_in_few_texts_and_says_it_once() -> None:
    texts = ["exchange rate"] * 3 + ["exchange rates"] * 3 + ["cash machine"] * 6
    first, _ = names_of([*texts, *["weather report"] * 30], [0] * 12 + [1] * 30)
    assert first == "Cash machine"
    texts = ["exchange rate"] * 4 + ["cash machine"] * 4 + ["front door"] * 4
    first, _ = names_of([*texts, *["weather report"] * 30], [0] * 12 + [1] * 30)
    assert first == "Exchange rate, cash machine"


def test_half_of_a_fixed_expression_is_no_name() -> None:
    """No other text has "federal United", but United is mostly before States."""
    taxes = ["federal United States tax law. Missed deadline"] * 6
    texts = [*taxes, *["a ship of the United States sails"] * 6]
    assert names_of(texts, [0] * 6 + [1] * 6) == ["Missed deadline", "United States sails"]


def test_chinese_phrases_are_written_without_blanks() -> None:
    texts = [
        "活期存款利率是多少",
        "请问活期存款利率",
        "活期存款利率太低",
        "天气很好",
        "今天天气",
        "天气预报",
    ]
    assert names_of(texts, [0] * 3 + [1] * 3, "zh") == ["活期存款利率", "天气很好"]


def test_a_giant_text_does_not_outweigh_many_short_ones() -> None:
    texts = ["my virtual card"] * 10 + ["zebra crossing " * 50_000]
    assert names_of([*texts, *["weather report"] * 10], [0] * 11 + [1] * 10)[0] == "Virtual card"


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["once upon a time"], "Time"),
        (["the and of", "of the and"], "the and of"),
        (["123 456", "123 456"], "123 456"),
        (["refund", "refund"], "Refund"),
        ([""], ""),
    ],
)
def test_few_or_odd_texts_have_a_name(texts: list[str], name: str) -> None:
    assert names_of(texts, [0] * len(texts)) == [name]


def test_no_two_topics_have_one_name_in_any_case() -> None:
    names = names_of(["card lost"] * 6, [0, 0, 1, 1, 2, 2])
    assert len({name.casefold() for name in names}) == 3


def test_what_an_older_textlode_counted_gives_names_of_terms() -> None:
    arrays = count_terms(CARD + TOP_UP, "en").arrays()
    old = {name: values for name, values in arrays.items() if not name.startswith("phrase_")}
    terms = TermCounts.from_arrays(old)
    assert terms.phrases is None
    names = name_topics(np.repeat([0, 1], 5), terms, np.ones((10, 2)), CARD + TOP_UP)
    assert all(names.values())


def test_phrases_go_to_arrays_and_back() -> None:
    phrases = count_terms(CARD + TOP_UP, "en").phrases
    again = TermCounts.from_arrays(count_terms(CARD + TOP_UP, "en").arrays()).phrases
    assert phrases is not None and again is not None
    assert again.phrases == phrases.phrases and "lost or stolen card" in phrases.phrases
    assert np.array_equal(again.indices, phrases.indices)
    assert np.array_equal(again.ends, phrases.ends)
    nothing = TermCounts.from_arrays(count_terms([], "en").arrays()).phrases
    assert nothing is not None and nothing.phrases == ()
