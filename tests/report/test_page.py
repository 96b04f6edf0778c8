"""The page of a report with nothing, with one topic, and with very many."""

from dataclasses import replace
from datetime import date

import pytest

from core.report import MapPicture, ModelSection, Report, TopicSection, write_page

EMPTY = Report(
    title="T",
    made=date(2026, 1, 2),
    files=("a.csv",),
    rows=0,
    rejected=0,
    empty=0,
    left_out=0,
    excluded=0,
    topics=(),
    picture=MapPicture("<svg></svg>", 0, 0),
    model=None,
    making=(),
)


def topic(number: int, note: str = "") -> TopicSection:
    return TopicSection(f"Topic {number}", "#123456", 10, ("a", "b"), ("An example",), note)


def test_no_rows() -> None:
    page = write_page(EMPTY)
    assert "There are no topics in them" in page and "January 2, 2026" in page


def test_one_topic_with_a_note() -> None:
    report = replace(EMPTY, rows=12, empty=2, rejected=1, topics=(topic(1, "<see> me"),))
    page = write_page(report)
    assert "10 texts fall into one topic: “Topic 1”." in page
    assert "that are no rows of the table: 1." in page
    assert "&lt;see&gt; me" in page and "83.3%" in page


def test_very_many_topics() -> None:
    page = write_page(replace(EMPTY, rows=1000, topics=tuple(topic(n) for n in range(100))))
    assert "“Topic 0”, “Topic 1”, and “Topic 2”" in page
    assert "Texts are shown of the 24 largest of 100 topics." in page
    assert page.count("<blockquote") == 24 and page.count('class="rank"') == 100


def test_how_good_a_topic_is_is_said_in_words_and_explained() -> None:
    graded = replace(topic(1), grades=("clear", "loose"))
    page = write_page(replace(EMPTY, rows=10, topics=(graded,)))
    assert "clear · loose" in page and "(coherence)" in page and "(stability)" in page
    assert "清晰 · 松散" in write_page(replace(EMPTY, rows=10, topics=(graded,)), "zh_CN")
    assert "(stability)" not in write_page(replace(EMPTY, rows=10, topics=(topic(1),)))


def test_a_sampled_map_says_so() -> None:
    picture = MapPicture("<svg></svg>", 8_000, 500_000)
    page = write_page(replace(EMPTY, picture=picture))
    assert "8,000 of 500,000 different texts are drawn." in page


@pytest.mark.parametrize("text", ["word " * 500, "字" * 5000])
def test_a_giant_example_is_cut(text: str) -> None:
    one = replace(topic(1), examples=(text,))
    page = write_page(replace(EMPTY, rows=10, topics=(one,)))
    assert len(page) < len(write_page(EMPTY)) + 3_000 and " …</blockquote>" in page


def test_the_title_is_for_people_and_the_file_stands_below() -> None:
    report = replace(EMPTY, title="a", rows=1205, empty=5, topics=(topic(1),))
    page = write_page(report)
    assert "<h1>What 1,200 texts are about</h1>" in page
    assert "January 2, 2026 · a.csv</p>" in page and "a · a.csv" not in page
    assert "Survey · a.csv</p>" in write_page(replace(report, title="Survey"))
    assert "What one text is about" in write_page(replace(EMPTY, rows=1))
    assert "<h1>1,200 条文本说了什么</h1>" in write_page(report, "zh_CN")
    assert page.count("1,205") == 1, "all rows are counted once"


def test_a_class_without_test_rows_has_no_figures() -> None:
    figures = {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    classes = (
        {"name": "rare", **figures, "support": 0},
        {"name": "never", **figures, "support": 4},
    )
    model = ModelSection("M", "l", 0.5, (0.4, 0.6), 4, 9, classes, ())
    page = write_page(replace(EMPTY, model=model))
    assert (
        page.count('<td class="figure">–</td>') == page.count('<td class="figure">0.0%</td>') == 3
    )
