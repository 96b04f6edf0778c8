"""The picture of a map shows every topic, on any number of texts."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from core.report import PicturedTopic, draw_map
from core.report.picture import MOST_DOTS

SVG = "{http://www.w3.org/2000/svg}"


def topics(*names: str) -> list[PicturedTopic]:
    return [PicturedTopic(n, n + 1, name, f"#00000{n}", 10) for n, name in enumerate(names)]


def groups(count: int, each: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of `count` topics far from each other, and the topic of each."""
    rng = np.random.default_rng(0)
    topic = np.repeat(np.arange(count), each)
    middles = np.column_stack([np.cos(np.arange(count)), np.sin(np.arange(count))]) * 20
    return middles[topic] + rng.normal(size=(len(topic), 2)), topic


def dots(svg: str) -> int:
    return sum(
        path.get("d", "").count("M") for path in ElementTree.fromstring(svg).iter(f"{SVG}path")
    )


def names(svg: str) -> list[str]:
    return [" ".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_dot_for_each_text_and_a_name_for_each_topic() -> None:
    places, topic = groups(3, 20)
    topic[:5] = -1
    picture = draw_map(places, topic, topics("First", "Second & <third>", "网络、客户端"))
    assert (picture.dots, picture.texts, dots(picture.svg)) == (60, 60, 60)
    assert names(picture.svg) == ["First", "Second & <third>", "网络、客户端"]


def test_a_name_stands_among_the_dots_of_its_topic() -> None:
    """The middle of a topic in two parts lies among those of another."""
    rng = np.random.default_rng(0)
    middles = np.repeat([[0.0, 0.0], [20.0, 0.0], [10.0, 0.0]], 200, axis=0)
    places = middles + rng.normal(scale=0.5, size=middles.shape)
    picture = draw_map(places, np.repeat([0, 0, 1], 200), topics("Apart", "Between"))
    left = {
        "".join(text.itertext()): float(next(iter(text)).get("x", "0"))
        for text in ElementTree.fromstring(picture.svg).iter(f"{SVG}text")
    }
    assert abs(left["Apart"] - left["Between"]) > 200


def test_very_many_texts_are_sampled_and_the_same_each_time() -> None:
    places, topic = groups(4, 5_000)
    first, second = (draw_map(places, topic, topics("A", "B", "C", "D")) for _ in range(2))
    assert first == second
    assert (first.dots, first.texts, dots(first.svg)) == (MOST_DOTS, 20_000, MOST_DOTS)


@pytest.mark.parametrize(
    "places",
    [
        np.zeros((0, 2)),
        np.zeros((1, 2)),
        np.zeros((5, 2)),
        np.array([[np.nan, np.nan], [1.0, 2.0]]),
        np.array([[0.0, 0.0], [1e9, 1.0], [2.0, 2.0]]),
    ],
)
def test_few_and_odd_places(places: np.ndarray) -> None:
    picture = draw_map(places, np.zeros(len(places), dtype=int), topics("Only"))
    assert dots(picture.svg) == np.isfinite(places).all(axis=1).sum()
    assert "nan" not in picture.svg


def test_what_lies_far_from_all_else_makes_the_rest_no_smaller() -> None:
    places, topic = groups(1, 1_000)
    places[0] = (1e6, 0)
    found = re.findall(r"M([\d.]+) ([\d.]+)h0", draw_map(places, topic, topics("Only")).svg)
    assert len(found) == 1_000
    assert np.ptp(np.array(found, dtype=float), axis=0).min() > 300


def test_a_name_without_room_gives_way_to_its_rank() -> None:
    places, topic = groups(40, 5)
    long = [f"A rather long name {n}" for n in range(40)]
    picture = draw_map(places, topic, topics(*long))
    said = names(picture.svg)
    assert said[0] == "A rather long name 0"
    assert any(name.isdigit() for name in said) and picture.numbered
    alone = draw_map(places, topic, topics(*long), ranks=False)
    assert not any(name.isdigit() for name in names(alone.svg)) and not alone.numbered


def test_a_long_name_is_broken_and_cut() -> None:
    places, topic = groups(1, 5)
    (name,) = names(draw_map(places, topic, topics("word " * 40)).svg)
    assert name.count("…") == 2 and len(name) < 100
