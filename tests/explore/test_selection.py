"""A selection is told by what sets it apart."""

import numpy as np
import pyarrow as pa
import pytest

from core.explore import (
    count_terms,
    describe_selection,
    distinctive_values,
    distinctive_words,
    units_in_polygon,
)

TEXTS = ["refund never arrived"] * 20 + ["card payment works"] * 80


def test_words_of_a_selection() -> None:
    terms = count_terms(TEXTS, "en")
    selected = np.arange(100) < 20
    words = distinctive_words(selected, terms)

    assert {word.word for word in words} & {"refund never", "never arrived", "refund"}
    assert words[0].texts == 20
    assert not any("card" in word.word for word in words)
    assert [word.z for word in words] == sorted((word.z for word in words), reverse=True)


@pytest.mark.parametrize("selected", [np.zeros(100, bool), np.ones(100, bool)])
def test_nothing_sets_all_or_none_apart(selected: np.ndarray) -> None:
    table = pa.table({"month": ["June", "July"] * 50})
    found = describe_selection(selected, count_terms(TEXTS, "en"), selected, table)

    assert found.words == () and found.values == ()
    assert found.units == selected.sum() and found.share == selected.mean()


def test_values_with_counts_and_ratio() -> None:
    rows = 400
    selected = np.arange(rows) < 100
    month = ["June" if i < 80 or i % 4 == 0 else "July" for i in range(rows)]
    table = pa.table(
        {
            "month": month,
            "same": ["x"] * rows,
            "id": [str(i) for i in range(rows)],
            "random": [str(i % 2) for i in range(rows)],
            "empty": pa.array([None] * rows, pa.string()),
            "number": [1 if i < 50 else 2 for i in range(rows)],
        }
    )
    found = distinctive_values(selected, table)

    june = next(value for value in found if value.column == "month")
    assert (june.value, june.count) == ("June", 85)
    assert june.ratio == pytest.approx(85 / (month.count("June") / 4))
    assert {value.column for value in found} == {"month", "number"}


def test_describe_selection_joins_words_and_values() -> None:
    selected = np.arange(100) < 20
    rows = np.repeat(selected, 2)
    table = pa.table({"from": np.where(rows, "iOS", "web").tolist()})
    found = describe_selection(selected, count_terms(TEXTS, "en"), rows, table)

    assert (found.units, found.all_units, found.share) == (20, 100, 0.2)
    assert found.values[0].value == "iOS" and found.values[0].ratio == pytest.approx(5)


SQUARE = [(0, 0), (4, 0), (4, 4), (0, 4)]


def test_points_in_a_polygon() -> None:
    points = np.array([[1, 1], [5, 1], [2, 3.9], [-1, 2], [3, -0.1]], dtype=np.float32)
    assert units_in_polygon(points, SQUARE).tolist() == [True, False, True, False, False]


def test_a_hollow_and_a_crossing_follow_the_even_odd_rule() -> None:
    hollow = [(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)]
    points = np.array([[2, 2], [0.5, 1], [3.5, 1]], dtype=np.float32)
    assert units_in_polygon(points, hollow).tolist() == [False, True, True]

    star = [(np.cos(a), np.sin(a)) for a in np.arange(5) * 4 * np.pi / 5]
    middle_and_tip = np.array([[0, 0], [0.8, 0]], dtype=np.float32)
    assert units_in_polygon(middle_and_tip, star).tolist() == [False, True]


def test_a_circle_holds_what_is_near_its_middle() -> None:
    random = np.random.default_rng(0)
    points = random.uniform(-1, 1, size=(2000, 2)).astype(np.float32)
    angles = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1) * 0.5

    inside = units_in_polygon(points, circle)
    radius = np.linalg.norm(points, axis=1)
    assert inside[radius < 0.49].all() and not inside[radius > 0.501].any()


@pytest.mark.parametrize("polygon", [[], [(0, 0)], [(0, 0), (1, 1)]])
def test_no_area_holds_nothing(polygon: list[tuple[float, float]]) -> None:
    assert not units_in_polygon(np.zeros((3, 2), np.float32), polygon).any()
    assert units_in_polygon(np.zeros((0, 2), np.float32), SQUARE).shape == (0,)
