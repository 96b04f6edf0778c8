"""Cleaning leaves out and takes out what was switched on, and nothing else."""

import pyarrow as pa
import pytest

from core.data import Edits, Remedy, check_texts, choose_remedies, clean, rows_left_out
from core.data.cleaning import reason_words
from core.data.markup import has_markup, strip_markup
from core.data.shared_lines import find_shared_lines, remove_lines
from core.errors import SettingInvalid

TEXTS = ["one text here", "", "one text here", "<p>&nbsp;</p>", "x" * 20_001, "<b>two</b> &amp; on"]


def cleaned(*remedies: Remedy, edits: Edits | None = None) -> list[str | None]:
    flags = check_texts(TEXTS).flags
    result = clean(pa.array(TEXTS), rows_left_out(flags, frozenset(remedies)), edits or Edits())
    kept: list[str | None] = result.texts.to_pylist()
    return kept


def test_with_nothing_switched_on_only_empty_rows_are_left_out() -> None:
    assert cleaned() == [text or None for text in TEXTS]


def test_each_remedy_leaves_out_its_own_rows() -> None:
    assert cleaned(Remedy.REPEATED)[2] is None
    assert cleaned(Remedy.VERY_LONG)[4] is None
    assert cleaned(Remedy.REPEATED, Remedy.VERY_LONG).count(None) == 3


def test_a_text_of_markup_alone_is_left_out_with_its_reason() -> None:
    flags = check_texts(TEXTS).flags
    remedies = choose_remedies(["markup", "repeated"])
    result = clean(pa.array(TEXTS), rows_left_out(flags, remedies), Edits(markup=True))
    assert result.texts.to_pylist() == [TEXTS[0], None, None, None, TEXTS[4], "two & on"]
    assert result.counts == {
        "no text": 1,
        "repeats a text above": 1,
        "nothing left after cleaning": 1,
    }
    assert reason_words(result.reasons).to_pylist()[3] == "nothing left after cleaning"


def test_an_unknown_remedy_is_refused_in_words() -> None:
    with pytest.raises(SettingInvalid, match=r"no remedy bleach\. The remedies are repeated, "):
        choose_remedies(["bleach"])


def test_edits_survive_json() -> None:
    edits = Edits(markup=True, lines=("a line", "又一行"))
    assert Edits.from_json(edits.to_json()) == edits


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("<p>One</p><p>Two<br/>three</p>", "One\nTwo\nthree"),
        ("a <b>bold</b> claim &amp; more &#8211; so", "a bold claim & more – so"),
        ("<script>if (a < b) run()</script>seen<!-- not seen -->", "seen"),
        ('<a href="https://example.com?a=1&amp;b=2">here</a>', "here"),
        ("x < b and c > d", "x < b and c > d"),
        ("i<3 you, AT&T, <unknown>", "i<3 you, AT&T, <unknown>"),
    ],
)
def test_markup_is_shown_as_a_browser_would(text: str, stripped: str) -> None:
    assert strip_markup(pa.array([text, "other"])).to_pylist() == [stripped, "other"]
    assert has_markup(pa.array([text])).to_pylist() == [stripped != text]


def test_shared_lines_are_found_and_removed() -> None:
    texts = [f"Question {n}: what about {n}?\r\n  Sent from my telephone \nbye" for n in range(300)]
    texts += ["Sent from my telephone"] * 9  # a text of its own is no boilerplate
    [line] = find_shared_lines(pa.array(texts))
    assert (line.text, line.count) == ("Sent from my telephone", 300)
    left = remove_lines(pa.array(texts), (line.text,)).to_pylist()
    assert left[7] == "Question 7: what about 7?\nbye"
    assert left[-1] == "Sent from my telephone"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Hello\n-- \nMary Smith\nSales", "Hello"),
        ("Hello\n\n--\n\nMary Smith\n", "Hello"),
        ("Hello\n_____\nSales", "Hello"),
        ("Hello\n--\nMary Smith\nPS: call me", "Hello\n--\nPS: call me"),
        ("--\nMary Smith\n--\nHello", "--\nHello"),
        ("Hello\n--\nMary Smith\nSales\n\n> quoted\n> text", "Hello\n\n> quoted\n> text"),
        ("Hello\n--\nBob\nMary Smith", "Hello\n--\nBob"),
        ("Costs\n- -5\nMary Smith", "Costs\n- -5"),
        ("Hello\n--\nBob", "Hello\n--\nBob"),
    ],
)
def test_the_delimiter_of_a_signature_goes_with_it(text: str, left: str) -> None:
    lines = ("Mary Smith", "Sales")
    assert remove_lines(pa.array([text, "other"]), lines).to_pylist() == [left, "other"]


@pytest.mark.parametrize("texts", [[], [""], ["one line"], ["a\nb"] * 4])
def test_few_texts_share_no_lines(texts: list[str]) -> None:
    assert find_shared_lines(pa.array(texts, pa.string())) == ()
