"""Matches are lit in the text, whatever stands in it."""

import pytest

from pages.ui.tables import lit


@pytest.mark.parametrize(
    ("text", "match", "html"),
    [
        ("It's money", "27", "It&#x27;s money"),
        ("A & B", "amp", "A &amp; B"),
        ("Money and money", "money", "<mark>Money</mark> and <mark>money</mark>"),
        ("<b>x</b>", "b", "&lt;<mark>b</mark>&gt;x&lt;/<mark>b</mark>&gt;"),
        ("free prize now", '"free prize"', "<mark>free prize</mark> now"),
        ("软件包管理", "管理", "软件包<mark>管理</mark>"),
        ("plain", "", "plain"),
    ],
)
def test_a_match_is_lit_and_all_else_is_text(text: str, match: str, html: str) -> None:
    assert lit(text, match) == html
