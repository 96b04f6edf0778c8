"""The theme can be read by everybody, and charts wear the one palette."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from core.palette import CATEGORIES, COLOURS, SCALE, differences, distances_as_seen

THEME = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text())["theme"]
TEXT, GRAPHICS = 4.5, 3.0  # the contrasts that WCAG 2.2 AA asks for


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it, 0 to 1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_contrast_is_enough(mode: str) -> None:
    theme = THEME[mode]
    for place in (theme, theme["sidebar"]):
        for ground in (place["backgroundColor"], place["secondaryBackgroundColor"]):
            assert contrast(theme["textColor"], ground) >= TEXT
            assert contrast(theme["linkColor"], ground) >= TEXT
            assert contrast(theme["primaryColor"], ground) >= GRAPHICS
    assert contrast("#ffffff", theme["primaryColor"]) >= TEXT


def test_charts_wear_the_palette() -> None:
    assert THEME["chartCategoricalColors"] == list(CATEGORIES)
    assert THEME["chartSequentialColors"] == list(SCALE)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_point_is_lost_on_its_ground(mode: str) -> None:
    for colour in SCALE:
        assert contrast(colour, THEME[mode]["backgroundColor"]) > 1.35, colour
    for colour in COLOURS:
        assert contrast(colour, THEME[mode]["backgroundColor"]) > 1.7, colour


LEFT_OUT = ("#9aa0ab", "#6b7280")  # the greys of the map, light and dark


@pytest.mark.parametrize(
    ("colours", "usual", "without_cones"), [(CATEGORIES, 14.5, 8.5), (COLOURS, 12.5, 8.0)]
)
def test_colours_are_told_apart_by_the_colour_blind_too(
    colours: tuple[str, ...], usual: float, without_cones: float
) -> None:
    """In CAM02-UCS; the palette before had twenty, with 12.5 and 0.9."""
    nearest = []
    for distances in distances_as_seen(colours):
        np.fill_diagonal(distances, np.inf)
        nearest.append(distances.min())
    assert nearest[0] > usual
    assert min(nearest[1:]) > without_cones


def test_no_colour_is_taken_for_left_out() -> None:
    usual, *others = distances_as_seen((*COLOURS, *LEFT_OUT))
    assert usual[:-2, -2:].min() > 10
    assert min(distances[:-2, -2:].min() for distances in others) > 6


def test_differences_are_those_of_whoever_sees_them_least() -> None:
    found = differences()
    assert found.shape == (len(COLOURS), len(COLOURS))
    assert (found == found.T).all() and not found.diagonal().any()
    assert (found <= distances_as_seen(COLOURS)[0] + 1e-9).all()


def test_the_scale_goes_from_dark_to_light() -> None:
    assert [luminance(colour) for colour in SCALE] == sorted(map(luminance, SCALE))
