"""What is odd about texts is counted, with examples; nothing is changed."""

import pyarrow as pa
import pytest

from core.data import Fault, check_texts

FOOTER = "This e-mail is confidential."
TEXT = "The parcel number {n} came late, the box was torn and nobody answered the telephone {n}"


def counts(texts: list[str | None]) -> dict[str, int]:
    return {name: one.count for name, one in check_texts(texts).findings.items() if one.count}


def test_empty_repeated_markup_and_long_texts_are_counted() -> None:
    texts = [
        "one",
        " one ",
        "",
        None,
        "  ",
        "two",
        "<p>three</p>",
        "a &amp; b",
        "x" * 20_001,
        "two",
    ]
    found = check_texts(texts)
    assert found.rows == 10
    assert counts(texts) == {"empty": 3, "repeated": 2, "markup": 2, "very_long": 1}
    assert [one.row for one in found[Fault.EMPTY].examples] == [2, 3, 4]
    assert [one.row for one in found[Fault.REPEATED].examples] == [1, 9]
    assert [one.row for one in found[Fault.MARKUP].examples] == [6, 7]
    assert found.longest == 20_001


def test_groups_show_the_largest_first() -> None:
    found = check_texts(["b", "a", "b", "a", "b", "c"])
    groups = [(group.texts, group.count, group.rows) for group in found.repeated]
    assert groups == [(("b",), 3, (0, 2, 4)), (("a",), 2, (1, 3))]


def test_examples_are_cut_with_dots() -> None:
    found = check_texts(["y" * 30_000, "y" * 30_000])
    [example] = found[Fault.VERY_LONG].examples[:1]
    assert example.text == found.repeated[0].texts[0] == "y" * 300 + " …"


def test_near_repetitions_are_grouped_with_their_texts() -> None:
    first = TEXT.format(n=1)
    texts = [first, "Something else altogether, about the weather", first.upper() + "!", first]
    found = check_texts(texts)
    assert counts(texts) == {"repeated": 1, "nearly_repeated": 1}
    assert [(group.count, group.rows, group.texts) for group in found.nearly_repeated] == [
        (3, (0, 2, 3), (first, first.upper() + "!"))
    ]
    assert found.flags.tolist() == [0, 0, Fault.NEARLY_REPEATED, Fault.REPEATED]


def test_a_shared_footer_does_not_make_texts_alike() -> None:
    footer = f"\n--\n{FOOTER}\n{TEXT.format(n=0)}\n{TEXT.format(n='none')}"
    words = ("rain", "cheese", "engine", "harbour", "violin", "desert", "needle", "quarrel")
    texts = [f"This one is about {word} alone{footer}" for word in words]
    found = check_texts(texts)
    assert {line.text for line in found.shared_lines} >= {FOOTER, TEXT.format(n=0)}
    assert found[Fault.SHARED_LINES].count == len(words)
    assert found[Fault.NEARLY_REPEATED].count == 0


@pytest.mark.parametrize(
    "texts", [[], [None], ["one"], ["same"] * 5, ["y" * 1_000_000], ["!?"] * 3, ["语", "语言"]]
)
def test_edges(texts: list[str | None]) -> None:
    found = check_texts(pa.chunked_array([pa.array(texts, pa.string())]))
    assert found.rows == len(texts) == len(found.flags)
    assert found.to_json()["findings"]["repeated"]["count"] == (
        len(texts) - 1 if len(set(texts)) == 1 and len(texts) > 1 else 0
    )
