"""Names stand where the points of their topic are."""

import numpy as np
import pytest

from core.explore.name_places import MOST_PLACES, places_of_names


def test_every_place_is_a_point_of_the_topic_and_the_best_lies_in_its_midst() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 30, 20_000).astype(np.uint16)
    centres = rng.uniform(0, 50, (30, 2))
    xy = (centres[codes] + rng.normal(size=(20_000, 2))).astype(np.float32)
    for code, places in enumerate(places_of_names(codes, 30, xy)):
        assert 1 <= len(places) <= MOST_PLACES
        own = {tuple(map(float, spot)) for spot in xy[codes == code]}
        assert set(places) <= own
        assert np.linalg.norm(places[0] - centres[code]) < 3


def test_a_topic_in_two_parts_has_its_name_in_one_of_them_and_not_between() -> None:
    """The middle of all its points would lie among those of another topic."""
    rng = np.random.default_rng(0)
    parts = np.repeat([[0.0, 0.0], [20.0, 0.0], [10.0, 0.0]], 200, axis=0)
    codes = np.repeat([0, 0, 1], 200).astype(np.uint16)
    xy = (parts + rng.normal(scale=0.5, size=parts.shape)).astype(np.float32)
    first, _second = places_of_names(codes, 2, xy)
    assert all(abs(x - 10) > 5 for x, _y in first)
    assert {round(x / 20) for x, _y in first} == {0, 1}, "there is one in each"


def test_a_text_that_lies_far_from_its_topic_is_no_place_for_the_name() -> None:
    rng = np.random.default_rng(0)
    xy = np.concatenate([rng.normal(size=(300, 2)), [[30.0, 30.0]]]).astype(np.float32)
    (places,) = places_of_names(np.zeros(301, np.uint16), 1, xy)
    assert all(x < 10 for x, _y in places)


@pytest.mark.parametrize(
    ("places", "expected"),
    [([], 0), ([[np.nan, 1]], 0), ([[3, 4]], 1), ([[2, 2]] * 50, 1), ([[0, 0], [np.nan, 0]], 1)],
)
def test_few_points_or_all_in_one_place(places: list[list[float]], expected: int) -> None:
    xy = np.array(places, dtype=np.float32).reshape(-1, 2)
    found, empty = places_of_names(np.zeros(len(xy), np.uint16), 2, xy)
    assert (len(found), empty) == (expected, ())
