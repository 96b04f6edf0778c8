"""What is odd about texts is counted, with examples; nothing is changed."""

import pyarrow as pa
import pytest

from core.data import check_texts


def test_empty_repeated_markup_and_long_texts_are_counted():
    found = check_texts(
        ["one", " one ", "", None, "  ", "two", "<p>three</p>", "a &amp; b", "x" * 20_001, "two"]
    )
    assert (found.rows, found.empty) == (10, 3)
    assert (found.duplicates, found.groups) == (4, 2)
    assert (found.html, found.too_long) == (2, 1)
    assert found.empty_examples == (2, 3, 4)
    assert found.html_examples == (6, 7)
    assert found.long_examples == (8,)


def test_groups_name_their_rows_the_largest_first():
    found = check_texts(["b", "a", "b", "a", "b", "c"])
    assert [(g.text, g.rows, g.count) for g in found.largest_groups] == [
        ("b", (0, 2, 4), 3), ("a", (1, 3), 2),
    ]  # fmt: skip


def test_a_comparison_is_no_markup():
    assert check_texts(["x < b and c > d", "i<3 you", "AT&T"]).html == 0


@pytest.mark.parametrize("texts", [[], [None], ["one"], ["same"] * 5, ["y" * 1_000_000]])
def test_edges(texts):
    found = check_texts(pa.chunked_array([pa.array(texts, pa.string())]))
    assert found.rows == len(texts)
    assert found.to_json()["duplicates"] == (5 if len(texts) == 5 else 0)
