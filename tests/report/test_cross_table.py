"""Topics by a column in words, as a table of a page, and as a file."""

import re
import tomllib
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data import Period, Unit
from core.explore import association, cross_table
from core.report import (
    Figure,
    TopicsByColumn,
    flat_table,
    heading,
    lines_of,
    striking_findings,
    write_cross_table,
)

THEME = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text())["theme"]
TEXT = 4.5  # the contrast that WCAG 2.2 AA asks for


def by_column(counts: list[list[int]], topics: int, values: int) -> TopicsByColumn:
    """A table of these counts: what is beyond the topics and values is in none."""
    found = np.array(counts)
    rows, columns = (np.repeat(one.ravel(), found.ravel()) for one in np.indices(found.shape))
    return TopicsByColumn(
        column="channel",
        topics=("Refund", "Delivery", "Praise")[:topics],
        colours=("#112233",) * topics,
        values=("iOS", "web", "shop")[:values],
        rest=("other values", "no value")[: found.shape[1] - values],
        table=cross_table(rows, columns, found.shape),
        association=association(found[:topics, :values]),
    )


# 41 of 120 rows of iOS are about refunds, 20 of 200 others; the last line is in no topic.
FOUND = by_column([[41, 12, 8], [70, 130, 22], [9, 18, 10]], topics=2, values=2)


def body(html: str) -> ElementTree.Element:
    """The part of the page behind its style, which has to be well-formed."""
    return ElementTree.fromstring(html[html.index("<div") :].replace("&nbsp;", " "))


def lines(html: str) -> list[list[str]]:
    """The words of each cell of the table, its signs behind them."""
    found = [[" ".join("".join(c.itertext()).split()) for c in r] for r in body(html).iter("tr")]
    return found


def test_what_is_striking_is_said_with_its_base() -> None:
    (said,) = striking_findings(FOUND, "en")
    assert said == "“Refund” is 3.4 times as frequent in iOS as elsewhere (41 of 120 rows, 34.2%)."
    (chinese,) = striking_findings(FOUND, "zh_CN", lambda name: f"*{name}*")
    assert "“*Refund*”在 *iOS* 中的出现频率是其他行的 3.4 倍" in chinese


def test_what_is_nowhere_else_has_no_ratio() -> None:
    found = by_column([[30, 0], [50, 60]], topics=1, values=1)
    found = replace(found, topics=("Refund", "Praise"))
    assert lines(write_cross_table(found, "en"))[1][2].startswith("30▲ only here")
    assert striking_findings(found, "en")[0] == "“Refund” is in iOS alone (30 of 80 rows, 37.5%)."


@pytest.mark.parametrize(
    ("counts", "topics", "values", "said"),
    [
        ([[5, 5], [5, 5]], 2, 2, "No topic is clearly more frequent in one value of channel"),
        ([[5], [7]], 2, 1, "All rows have the same value in channel"),
        ([[5], [7]], 2, 0, "No row has a value in channel."),
        ([[5, 7]], 1, 2, "There are no two topics that channel could tell apart."),
    ],
)
def test_where_nothing_is_striking_it_says_why(
    counts: list[list[int]], topics: int, values: int, said: str
) -> None:
    (sentence,) = striking_findings(by_column(counts, topics, values), "en")
    assert sentence.startswith(said)


def test_rows_of_one_day_may_differ_in_the_time_of_it() -> None:
    found = replace(by_column([[5], [7]], 2, 1), period=Period(Unit.DAY))
    (sentence,) = striking_findings(found, "en")
    assert sentence == "All rows have the same day in channel: there is nothing to compare."


def test_a_long_value_is_cut_in_a_sentence() -> None:
    (said,) = striking_findings(replace(FOUND, values=("never arrived " * 99, "web")), "en")
    assert "in never arrived never" in said and "… as elsewhere" in said and len(said) < 150


def test_the_table_has_every_row_and_says_what_stands_out_without_colour() -> None:
    assert lines(write_cross_table(FOUND, "en")) == [
        ["Topic", "All rows", "iOS", "web", "other values"],
        ["Refund", "61", "41▲ 3.4× clearly more than elsewhere", "12▼ 0.2× clearly less", "8"],
        ["Delivery", "222", "70", "130", "22"],
        ["In no topic: left out, excluded, repeated or without a text", "37", "9", "18", "10"],
        ["All rows", "320", "120", "160", "40"],
    ]


def test_shares_add_up_down_or_across() -> None:
    down = lines(write_cross_table(FOUND, "en", Figure.OF_VALUE))
    assert [line[2].split("%")[0] for line in down[1:]] == ["34.2", "58.3", "7.5", "100"]
    assert [line[1] for line in down[1:]] == ["19.1%", "69.4%", "11.6%", "100%"]
    across = lines(write_cross_table(FOUND, "en", Figure.OF_TOPIC))
    assert [cell.split("%")[0] for cell in across[1][1:]] == ["100", "67.2", "19.7", "13.1"]
    assert across[-1][1:] == ["100%", "37.5%", "50.0%", "12.5%"]


def test_a_cell_is_compared_with_elsewhere_when_one_points_at_it() -> None:
    cell = next(one for one in body(write_cross_table(FOUND, "en")).iter("td") if one.get("title"))
    assert cell.get("title") == "41 of 120 rows (34.2%); elsewhere 10.0%"
    assert cell.get("class") == "more-3"


def test_what_has_no_sign_is_faint() -> None:
    """Three times as frequent, and as certain as one cell alone can be, but not among many."""
    found = by_column([[100] * 3] * 2 + [[9, 2, 2]], topics=3, values=3)
    assert found.table.residuals[2, 0] > 2.58 and not found.table.standing.any()
    html = write_cross_table(found, "en")
    assert html.count('class="more-1"') == 1
    assert not re.search(r'class="(more|fewer)-[2-4]"', html)


def test_the_notes_say_how_it_was_found_only_where_something_was() -> None:
    html = write_cross_table(FOUND, "en")
    assert "Fisher&#39;s exact test" in html and "after Holm" in html
    assert f"from 0 to 1: {FOUND.association:.2f} (Cramér&#39;s V" in html
    nothing = write_cross_table(by_column([[5, 5], [5, 5]], 2, 2), "en")
    assert "Fisher" not in nothing and "Cramér" not in nothing


def test_nothing_in_a_name_becomes_part_of_the_page() -> None:
    evil = '<script>alert(1)</script>" onclick="x'
    found = replace(FOUND, column=evil, topics=(evil, "b"), values=(evil, "b"))
    html = write_cross_table(found, "en")
    assert not re.search(r"<script|\"\s+onclick", html)
    assert {one.tag for one in body(html).iter()} <= {
        *("div", "p", "b", "bdi", "table", "caption", "thead", "tbody", "tr", "th", "td", "span")
    }
    quiet = replace(by_column([[5, 5], [5, 5]], 2, 2), column=evil)
    assert "<script" not in write_cross_table(quiet, "en")


@pytest.mark.parametrize(
    ("period", "said"),
    [
        (None, "sent"),
        (Period(Unit.DAY), "sent, by day"),
        (Period(Unit.WEEK), "sent, by week (named by its Monday)"),
        (Period(Unit.QUARTER), "sent, by quarter"),
        (Period(Unit.YEAR, 20), "sent, 20 years each"),
    ],
)
def test_the_period_of_dates_is_named(period: Period | None, said: str) -> None:
    assert heading(replace(FOUND, column="sent", period=period), "en") == said


def test_the_file_has_a_line_for_each_topic_and_says_where_it_stands_out() -> None:
    table = flat_table(FOUND, "en")
    assert table.column_names[:5] == ["Topic", "All rows", "iOS", "web", "other values"]
    assert table.to_pylist()[0] == {
        "Topic": "Refund", "All rows": 61, "iOS": 41, "web": 12, "other values": 8,
        "Clearly more in": "iOS", "Clearly fewer in": "web",
    }  # fmt: skip
    shares = flat_table(FOUND, "en", Figure.OF_TOPIC).to_pylist()[0]
    assert (shares["iOS"], shares["All rows"]) == (pytest.approx(41 / 61), 61)


@pytest.mark.parametrize("values", [("Topic", "other values"), ("1 – 2", "1 – 2")])
def test_two_columns_never_have_one_name_and_are_called_the_same_everywhere(
    values: tuple[str, str],
) -> None:
    found = replace(by_column([[12, 41, 8], [130, 70, 22]], topics=2, values=2), values=values)
    table = flat_table(found, "en")
    assert len(set(table.column_names)) == len(table.column_names) == 7
    line = lines_of(found, "en")[0]
    assert list(line.counts.values()) == [12, 41, 8]
    assert (
        list(line.counts) == table.column_names[2:5] == lines(write_cross_table(found, "en"))[0][2:]
    )
    assert line.more_in == (table.column_names[3],) == (table["Clearly more in"][0].as_py(),)


def mixed(tint: tuple[float, ...], ground: str) -> list[float]:
    channels = [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    *colour, alpha = tint
    return [alpha * c + (1 - alpha) * g for c, g in zip(colour, channels, strict=True)]


def luminance(channels: list[float]) -> float:
    """Relative luminance as WCAG defines it, 0 to 1."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_figures_are_read_on_every_colour(mode: str) -> None:
    html, theme = write_cross_table(FOUND, "en"), THEME[mode]
    tints = re.findall(r"\.(?:more|fewer)-\d \{ background: rgba\(([\d., ]+)\)", html)
    assert len(tints) == 8
    text = luminance([c / 255 for c in mixed((0, 0, 0, 0), theme["textColor"])])
    for tint in tints:
        ground = mixed(tuple(map(float, tint.split(","))), theme["backgroundColor"])
        darker, lighter = sorted((luminance([c / 255 for c in ground]), text))
        assert (lighter + 0.05) / (darker + 0.05) >= TEXT, (mode, tint)
