"""The map under a real hand: what is drawn, said, kept and told to Python."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.explore.name_places import places_of_names
from pages.ui.map_chart import MapName, map_html

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "apps" / "map_app.py"
SECONDS_20 = 20_000


@pytest.fixture
def address(serve: Callable[[Path], str]) -> str:
    return serve(APP)


@pytest.fixture
def page(browser: Any, address: str) -> Any:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(SECONDS_20)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))
    yield page
    page.close()
    assert page.errors == []


def open_map(page: Any, address: str, query: str = "") -> Any:
    page.goto(f"{address}/?{query}")
    page.wait_for_selector(".textlode-map[data-drawings]")
    page.wait_for_timeout(300)
    return page.locator(".textlode-map")


def view_of(chart: Any) -> dict[str, float]:
    return json.loads(chart.get_attribute("data-view"))


def on_screen(chart: Any, x: float, y: float) -> tuple[float, float]:
    view, box = view_of(chart), chart.bounding_box()
    across = (x - view["x0"]) / (view["x1"] - view["x0"])
    down = (view["y1"] - y) / (view["y1"] - view["y0"])
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def drawn_again(page: Any, act: Callable[[], None]) -> None:
    """Act, and wait until the map has been drawn anew."""
    before = int(page.locator(".textlode-map").get_attribute("data-drawings"))
    act()
    page.wait_for_function(
        "count => Number(document.querySelector('.textlode-map').dataset.drawings) > count",
        arg=before,
    )


def drag_around(
    page: Any,
    chart: Any,
    x: float,
    y: float,
    radius: float,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    turns = np.linspace(0, 2 * np.pi, 24)
    path = [
        on_screen(chart, x + radius * np.cos(turn), y + radius * np.sin(turn)) for turn in turns
    ]
    page.mouse.move(*path[0])
    page.mouse.down()
    for spot in path[1:12]:
        page.mouse.move(*spot)
    meanwhile()
    for spot in path[12:]:
        page.mouse.move(*spot)
    page.mouse.up()


def test_a_lasso_reaches_python_as_a_polygon_and_escape_gives_it_up(page: Any, address: str):
    chart = open_map(page, address)
    drag_around(page, chart, 100, 60, 18)
    page.get_by_text("events: selected.").wait_for()
    said = page.get_by_text(re.compile("corners:")).inner_text()
    corners, near = (int(number) for number in re.findall(r"\d+", said))
    assert corners > 10
    assert near == 100, "all of one topic, none of the others"
    page.keyboard.press("Escape")
    page.get_by_text("events: selected cleared.").wait_for()
    page.get_by_text("corners: 0.").wait_for()


# How many points are drawn dimmed, and the rows that are not, by their places.
LIGHT = """() => {
  const points = document.querySelector('.textlode-map .plot').data
    .filter(({ marker }) => marker.symbol !== 'circle-open');
  const dimmed = points.filter(({ marker }) => marker.opacity < 0.3);
  const lit = points.filter(({ marker }) => marker.opacity >= 0.3);
  const placesOf = ({ x, y }) => Array.from(x, (at, i) => [at, y[i]]);
  const count = (traces) => traces.reduce((sum, trace) => sum + trace.x.length, 0);
  return { dimmed: count(dimmed), lit: lit.flatMap(placesOf) };
}"""


def light_of(page: Any) -> tuple[int, np.ndarray]:
    """Return how many points are dimmed, and the places (n, 2) of the others."""
    said = page.evaluate(LIGHT)
    return said["dimmed"], np.array(said["lit"]).reshape(-1, 2)


def test_what_lies_outside_a_lasso_is_dimmed_until_escape(page: Any, address: str):
    chart = open_map(page, address)
    assert light_of(page)[0] == 0
    drag_around(page, chart, 100, 60, 18)
    page.get_by_text("events: selected.").wait_for()
    dimmed, lit = light_of(page)
    assert (dimmed, len(lit)) == (300, 100)
    assert np.linalg.norm(lit - (100, 60), axis=1).max() < 18
    view = view_of(chart)
    drawn_again(page, page.get_by_role("button", name="Recolour").click)
    assert light_of(page)[0] == 300
    drawn_again(page, page.get_by_text("Search").click)
    dimmed, lit = light_of(page)
    assert (dimmed, len(lit)) == (367, 33), "what is found and selected"
    drawn_again(page, page.get_by_text("Search").click)
    page.keyboard.down("Shift")
    drag_around(page, chart, 0, 0, 18)
    page.keyboard.up("Shift")
    page.get_by_text("outlines: ++.").wait_for()
    assert light_of(page)[0] == 200
    page.keyboard.down("Alt")
    drag_around(page, chart, 100, 60, 18)
    page.keyboard.up("Alt")
    page.get_by_text("outlines: ++-.").wait_for()
    assert light_of(page)[0] == 300
    chart.evaluate("map => map.blur()")
    drawn_again(page, lambda: page.keyboard.press("Escape"))
    assert light_of(page)[0] == 0
    assert view_of(chart) == view


def test_a_lasso_on_a_large_map_lights_a_sample_of_what_it_holds(page: Any, address: str):
    chart = open_map(page, address, "rows=240000")
    drag_around(page, chart, 100, 60, 10)
    page.get_by_text("events: selected.").wait_for()
    dimmed, lit = light_of(page)
    assert dimmed == 25_000
    assert len(lit) == 50_000, "of 57,000"
    assert np.linalg.norm(lit - (100, 60), axis=1).max() < 10.3
    assert chart.locator(".imagelayer image").count() == 1, "the density of the rest"


def test_a_name_that_is_chosen_stands_out_with_its_points_until_escape(page: Any, address: str):
    chart = open_map(page, address)
    view = view_of(chart)
    drag_around(page, chart, 0, 0, 18)
    page.get_by_text("events: selected.").wait_for()
    drawn_again(page, page.get_by_text("Name", exact=True).click)
    dimmed, lit = light_of(page)
    assert (dimmed, len(lit)) == (300, 100), "whatever is selected"
    assert np.linalg.norm(lit - (100, 60), axis=1).max() < 25
    names = chart.locator(".annotation")
    faint = [
        float(names.nth(i).evaluate("name => getComputedStyle(name).opacity")) for i in range(4)
    ]
    assert sorted(faint) == [0.55, 0.55, 0.55, 1.0]
    framed = names.nth(faint.index(1.0))
    assert "topic 2" in framed.text_content()
    assert (
        framed.locator("rect.bg").evaluate("frame => getComputedStyle(frame).strokeWidth") == "2px"
    )
    assert view_of(chart) == view
    chart.focus()
    page.keyboard.press("Escape")
    page.get_by_text("events: selected cleared.").wait_for()


def test_outlines_add_to_the_selection_and_take_from_it(page: Any, address: str):
    chart = open_map(page, address)
    add = page.get_by_role("button", name="Add to the selection")
    assert add.is_disabled(), "there is nothing to add to"
    home = view_of(chart)
    drag_around(page, chart, 100, 60, 18)
    page.get_by_text("outlines: +.").wait_for()
    for keys, place, told in (("Shift", (0, 0), "++."), ("Alt", (100, 60), "++-.")):
        page.keyboard.down(keys)
        drag_around(page, chart, *place, 12)
        page.keyboard.up(keys)
        page.get_by_text(f"outlines: {told}").wait_for()
    add.click()
    drag_around(page, chart, 100, 0, 12)
    page.get_by_text("outlines: ++-+.").wait_for()
    assert chart.locator(".shapelayer path").count() == 4
    add.click()
    drag_around(page, chart, 0, 0, 12)
    page.get_by_text("outlines: +.").wait_for()
    assert view_of(chart) == home
    page.keyboard.press("Escape")
    page.get_by_text("outlines: .").wait_for()


def test_news_from_python_waits_until_the_hand_has_finished(page: Any, address: str):
    chart = open_map(page, address)

    def recolour() -> None:
        page.get_by_role("button", name="Recolour").evaluate("button => button.click()")
        page.wait_for_timeout(1_000)
        assert chart.get_attribute("data-choices") == "1"

    drag_around(page, chart, 100, 60, 18, meanwhile=recolour)
    page.get_by_text("events: selected.").wait_for()
    assert "near: 100." in page.get_by_text(re.compile("corners:")).inner_text()
    page.wait_for_selector(".textlode-map[data-choices='2']")


def test_a_box_has_four_corners(page: Any, address: str):
    chart = open_map(page, address)
    page.get_by_role("button", name="Draw a box").click()
    page.mouse.move(*on_screen(chart, -14, -14))
    page.mouse.down()
    page.mouse.move(*on_screen(chart, 10, 5))
    page.mouse.move(*on_screen(chart, 20, 20))
    page.mouse.up()
    page.get_by_text("corners: 4. near: 100.").wait_for()


def test_python_takes_the_outline_away(page: Any, address: str):
    chart = open_map(page, address)
    drag_around(page, chart, 0, 0, 18)
    page.get_by_text("events: selected.").wait_for()
    outlines = chart.locator(".shapelayer path")
    assert outlines.count() > 0
    page.get_by_role("button", name="Forget").click()
    page.get_by_text("corners: 0.").wait_for()
    page.wait_for_function("() => !document.querySelector('.textlode-map .shapelayer path')")
    drawn_again(page, page.get_by_role("button", name="Recolour").click)
    assert "corners: 0." in page.get_by_text(re.compile("corners:")).inner_text(), "nor back again"


def test_python_sets_the_outline_before_and_after_the_map_is_drawn(page: Any, address: str):
    chart = open_map(page, address, "chosen=1")
    page.get_by_text("corners: 4. near: 100.").wait_for()
    assert chart.locator(".shapelayer path").count() > 0
    drag_around(page, chart, 0, 0, 18)
    page.get_by_text("events: selected.").wait_for()
    page.get_by_role("button", name="Choose").click()
    page.get_by_text("corners: 4. near: 100.").wait_for()
    page.get_by_text("clicked: 2.").wait_for()
    assert chart.locator(".shapelayer path").count() > 0


def test_a_map_that_was_away_comes_back_where_it_was(page: Any, address: str):
    chart = open_map(page, address)
    chart.focus()
    drawn_again(page, lambda: page.keyboard.press("+"))
    near = view_of(chart)
    page.get_by_text("Away").click()
    page.get_by_text("The map is elsewhere.").wait_for()
    assert page.locator(".textlode-map").count() == 0
    page.get_by_text("Away").click()
    page.wait_for_selector(".textlode-map[data-drawings]")
    assert view_of(page.locator(".textlode-map")) == near


def test_a_rerun_that_changes_no_point_draws_no_point_anew(page: Any, address: str):
    chart = open_map(page, address)
    assert chart.get_attribute("data-choices") == "1"
    drawn_again(page, page.get_by_role("button", name="Choose").click)
    assert chart.get_attribute("data-choices") == "2", "another selection, another light"
    page.mouse.click(*on_screen(chart, 50, 30))
    drawn_again(page, page.get_by_text("Name", exact=True).click)
    assert chart.get_attribute("data-choices") == "3"
    drawn_again(page, page.get_by_role("button", name="Choose").click)
    assert chart.get_attribute("data-choices") == "3"
    drawn_again(page, page.get_by_role("button", name="Recolour").click)
    assert chart.get_attribute("data-choices") == "4"


def test_an_outline_that_ends_on_the_point_where_it_began_is_no_click(page: Any, address: str):
    chart = open_map(page, address, "rows=5")
    codes = np.arange(5) % 4
    corners = np.array([[0, 0], [100, 0], [100, 60], [0, 60]])
    x, y = (corners[codes] + np.random.default_rng(0).normal(scale=4, size=(5, 2)))[2]
    drag_around(page, chart, x - 18, y, 18)
    page.get_by_text("events: selected.").wait_for()
    page.get_by_text("clicked: None.").wait_for()


def test_a_click_on_a_point_tells_its_row_and_one_on_a_name_its_topic(page: Any, address: str):
    chart = open_map(page, address, "rows=5")
    codes = np.arange(5) % 4
    corners = np.array([[0, 0], [100, 0], [100, 60], [0, 60]])
    xy = corners[codes] + np.random.default_rng(0).normal(scale=4, size=(5, 2))
    page.mouse.click(*on_screen(chart, *xy[2]))
    page.get_by_text("clicked: 2. topic: None.").wait_for()
    name = chart.locator(".annotation-text", has_text="topic 1").bounding_box()
    page.mouse.move(name["x"] + 3, name["y"] + name["height"] / 2)
    drags = chart.locator(".nsewdrag")
    assert drags.evaluate("drag => getComputedStyle(drag).cursor") == "pointer"
    page.mouse.click(name["x"] + 3, name["y"] + name["height"] / 2)
    page.get_by_text("clicked: 2. topic: 1.").wait_for()


def test_a_match_is_found_before_what_is_dimmed_beside_it(page: Any, address: str):
    chart = open_map(page, address)
    drawn_again(page, page.get_by_text("Search").click)
    corners = np.array([[0, 0], [100, 0], [100, 60], [0, 60]])[np.arange(400) % 4]
    xy = corners + np.random.default_rng(0).normal(scale=4, size=(400, 2))
    distances = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    distances[:, np.arange(400) % 3 != 0] = np.inf
    # A dimmed row with a match so near that the pointer reaches both.
    dimmed = int(np.argmin(np.where(np.arange(400) % 3 != 0, distances.min(axis=1), np.inf)))
    page.mouse.click(*on_screen(chart, *xy[dimmed]))
    page.get_by_text(f"clicked: {int(distances[dimmed].argmin())}.").wait_for()


def test_hover_shows_the_text_as_it_is(page: Any, address: str):
    chart = open_map(page, address, "rows=1")
    x, y = np.random.default_rng(0).normal(scale=4, size=(1, 2))[0]
    page.mouse.move(*on_screen(chart, x, y))
    tip = chart.locator(".tip")
    tip.get_by_text("text of row 0 <script>alert(1)</script>").wait_for()
    assert tip.locator("b, script").count() == 0


def test_recolour_search_and_selection_keep_the_zoom(page: Any, address: str):
    chart = open_map(page, address)
    home = view_of(chart)
    page.mouse.move(*on_screen(chart, 100, 60))
    for _ in range(3):
        drawn_again(page, lambda: page.mouse.wheel(0, -100))
    near = view_of(chart)
    assert near["x1"] - near["x0"] < 0.8 * (home["x1"] - home["x0"])
    drawn_again(page, page.get_by_role("button", name="Recolour").click)
    drawn_again(page, page.get_by_text("Search").click)
    drag_around(page, chart, 100, 60, 10)
    page.get_by_text("events: selected.").wait_for()
    assert view_of(chart) == near
    drawn_again(page, page.get_by_role("button", name="Show the whole map").click)
    assert view_of(chart) == home


def test_names_do_not_touch_and_are_no_markup(page: Any, address: str):
    chart = open_map(page, address)
    labels = chart.locator(".annotation-text")
    assert labels.count() == 4
    assert labels.first.text_content() == "topic 0 <b>退款</b>"
    boxes = [labels.nth(i).bounding_box() for i in range(4)]
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            apart_x = abs(one["x"] - other["x"]) >= min(one["width"], other["width"])
            apart_y = abs(one["y"] - other["y"]) >= min(one["height"], other["height"])
            assert apart_x or apart_y


def test_a_name_given_by_a_person_and_those_of_large_topics_find_a_place(page: Any, tmp_path: Path):
    """Many small topics crowd around the middle, with a large one that was named among them."""
    around = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    xy = np.stack([np.cos(around), np.sin(around)], axis=1).astype(np.float32)
    names = [
        MapName(code, f"the large topic of number {code}", (place,), 100.0 - code)
        for code, place in enumerate((0.06 * xy[:5]).tolist())
    ]
    names += [MapName(5, "Card payment fee", ((0.0, 0.0),), 60.0, True)]
    names += [MapName(6 + n, f"small one {n}", (p,), 10.0) for n, p in enumerate(xy.tolist())]
    file = tmp_path / "map.html"
    file.write_text(map_html(xy, np.zeros(12, np.uint8), ["#3366cc"], names, title="map"), "utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector(".textlode-map[data-drawings]")
    names_shown = page.locator(".annotation-text").all_text_contents
    shown = names_shown()
    assert "Card payment fee" in shown
    assert any("number 0" in name for name in shown), "the largest"
    page.locator(".textlode-map").focus()
    for _ in range(5):
        drawn_again(page, lambda: page.keyboard.press("+"))
    assert sum("large topic" in name.replace("\xa0", " ") for name in names_shown()) == 5


def test_a_name_hides_no_small_topic(page: Any, tmp_path: Path):
    """Where it would cover all the points that a topic has, it stands beside them."""
    spots = np.array([[0, 0], [30, 0], [31.5, 0]], dtype=np.float32)
    xy, codes = np.repeat(spots, 20, axis=0), np.repeat([0, 1, 1], 20).astype(np.uint8)
    xy += np.random.default_rng(0).normal(scale=0.05, size=xy.shape).astype(np.float32)
    found = places_of_names(codes, 2, xy)
    names = [MapName(code, f"topic of few {code}", found[code], 20.0) for code in (0, 1)]
    file = tmp_path / "map.html"
    file.write_text(map_html(xy, codes, ["#3366cc"] * 2, names, title="map"), "utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector(".textlode-map[data-drawings]")
    chart = page.locator(".textlode-map")
    name = chart.locator(".annotation-text", has_text="topic of few 0").bounding_box()
    x, y = on_screen(chart, 0, 0)
    assert not (
        name["x"] < x < name["x"] + name["width"] and name["y"] < y < name["y"] + name["height"]
    )


@pytest.mark.parametrize(("width", "height"), [(1400, 1000), (500, 640)])
@pytest.mark.parametrize("topics", [8, 33, 80])
def test_a_name_lies_on_its_own_points_or_right_beside_them(
    page: Any, tmp_path: Path, topics: int, width: int, height: int
):
    """However much room a legend takes; what has no room there comes in as one zooms in."""
    rng = np.random.default_rng(topics)
    centres = rng.uniform(0, 20, (topics, 2))
    codes = (np.arange(60 * topics) % topics).astype(np.uint16)
    xy = (centres[codes] + rng.normal(scale=0.6, size=(len(codes), 2))).astype(np.float32)
    found = places_of_names(codes, topics, xy)
    names = [MapName(code, f"词语{code}、主题、名称", found[code], 60.0) for code in range(topics)]
    names += [MapName(100 + value, f"a long value of a column {value}") for value in range(20)]
    file = tmp_path / "map.html"
    file.write_text(map_html(xy, codes, ["#3366cc"] * 100, names, title="map"), "utf-8")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(file.as_uri())
    page.wait_for_selector(".textlode-map[data-drawings]")
    chart = page.locator(".textlode-map")
    shown = {}
    for label in chart.locator(".annotation-text").all():
        number = re.match(r"词语(\d+)", label.text_content())
        if number:
            shown[int(number[1])] = label.bounding_box()
    assert len(shown) >= min(topics, 8) // 2
    start, one = (np.array(on_screen(chart, at, at)) for at in (0, 1))
    scale = one - start
    for code, box in shown.items():
        low = np.array([box["x"], box["y"]])
        high = np.array([box["x"] + box["width"], box["y"] + box["height"]])
        points = start + xy[codes == code] * scale
        gaps = np.maximum(np.maximum(low - points, points - high), 0)
        assert np.linalg.norm(gaps, axis=1).min() < 12
    hidden = next((code for code in range(topics) if code not in shown), None)
    if hidden is None:
        return
    chart.focus()
    page.mouse.move(*on_screen(chart, *found[hidden][0]))
    for _ in range(12):
        drawn_again(page, lambda: page.mouse.wheel(0, -100))
    chart.locator(".annotation-text", has_text=f"词语{hidden}、").wait_for()


def test_hidden_codes_and_their_names_are_not_drawn(page: Any, address: str):
    chart = open_map(page, address, "hidden=1")
    assert chart.get_attribute("data-drawn") == "300"
    assert chart.locator(".annotation-text").count() == 3


def test_a_large_map_draws_a_sample_that_refines(page: Any, address: str):
    chart = open_map(page, address, "rows=120000")
    assert chart.get_attribute("data-drawn") == "50000"
    assert chart.locator(".imagelayer image").count() == 1, "the density of the rest"
    page.mouse.move(*on_screen(chart, 100, 60))
    for _ in range(15):
        drawn_again(page, lambda: page.mouse.wheel(0, -100))
    page.wait_for_timeout(500)
    assert 5_000 < int(chart.get_attribute("data-drawn")) <= 30_000, "all that is near"
    assert chart.locator(".imagelayer image").count() == 0


def test_names_without_a_place_are_a_legend(page: Any, address: str):
    chart = open_map(page, address, "legend=1")
    labels = chart.locator(".annotation-text")
    assert labels.count() == 5
    lines = labels.nth(4).locator("tspan.line")
    assert lines.all_text_contents() == ["values", *(f"● value {code} <i>" for code in range(4))]
    name = labels.nth(0).bounding_box()
    page.mouse.click(name["x"] + 3, name["y"] + name["height"] / 2)
    page.get_by_text(re.compile(r"topic: 10\d\.")).wait_for()


def test_a_legend_lies_where_few_points_are_and_folds(page: Any, address: str, tmp_path: Path):
    rng = np.random.default_rng(0)
    xy = np.concatenate([rng.uniform((0, 0), (20, 4), (3_000, 2)), [[0, 10], [20, 9]]])
    names = [MapName(code, f"value {code}") for code in range(12)]
    file = tmp_path / "map.html"
    codes = (np.arange(3_002) % 12).astype(np.uint8)
    file.write_text(map_html(xy, codes, ["#3366cc"] * 12, names, title="map"), "utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector(".textlode-map[data-drawings]")
    chart = page.locator(".textlode-map")
    legend = chart.locator(".annotation-text").bounding_box()
    assert legend["y"] + legend["height"] < on_screen(chart, 0, 5)[1], "above the crowd"

    chart = open_map(page, address, "legend=1")
    lines = chart.locator(".annotation-text").last.locator("tspan.line")
    assert lines.count() == 5
    for word, left in (("Fold the legend", 0), ("Unfold the legend", 5)):
        drawn_again(page, page.get_by_role("button", name=word, exact=True).click)
        assert lines.count() == left


def test_what_lies_far_from_all_else_does_not_shrink_the_first_view(page: Any, address: str):
    chart = open_map(page, address, "far=1")
    home = view_of(chart)
    assert home["x1"] < 200, "the far text lies at 2,000"
    further = chart.get_by_role("button", name="More texts lie further out: 1")
    drawn_again(page, further.click)
    assert view_of(chart)["x1"] > 2_000
    assert not further.is_visible()
    drawn_again(page, page.get_by_role("button", name="Show the whole map").click)
    assert view_of(chart) == home
    further.wait_for()


def test_keys_zoom_and_return(page: Any, address: str):
    chart = open_map(page, address)
    home = view_of(chart)
    chart.focus()
    drawn_again(page, lambda: page.keyboard.press("+"))
    drawn_again(page, lambda: page.keyboard.press("ArrowRight"))
    assert view_of(chart)["x0"] > home["x0"]
    drawn_again(page, lambda: page.keyboard.press("0"))
    assert view_of(chart) == home


@pytest.mark.parametrize("rows", [1, 5])
def test_few_points_are_drawn(page: Any, address: str, rows: int):
    chart = open_map(page, address, f"rows={rows}")
    assert chart.get_attribute("data-drawn") == str(rows)


def test_no_points_give_a_word(page: Any, address: str):
    page.goto(f"{address}/?rows=0")
    page.get_by_text("No points to show.").wait_for()


def test_pictures_are_handed_over(page: Any, address: str):
    open_map(page, address)
    for kind, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {kind} picture").click()
        content = Path(download.value.path()).read_bytes()
        assert content.startswith(start)
        assert len(content) > 10_000
    assert "退款" in content.decode()


def test_the_file_opens_without_a_server(page: Any, address: str, tmp_path: Path):
    xy = np.array([[0, 0], [1, 0], [0.5, 1]], dtype=np.float32)
    names = [MapName(0, "</script><b>退款", ((0.5, 0.3),), 3.0)]
    text = "</script><script>alert(1)</script> & 包裹"
    codes = np.zeros(3, np.uint8)
    html = map_html(xy, codes, ["#3366cc"], names, title="A <map>", texts=[text] * 3)
    file = tmp_path / "map.html"
    file.write_text(html, "utf-8")
    page.on("request", lambda asked: asked.url.startswith("http") and page.errors.append(asked.url))
    page.goto(file.as_uri())
    page.wait_for_selector(".textlode-map[data-drawings]")
    chart = page.locator(".textlode-map")
    assert chart.locator(".annotation-text").text_content() == "</script><b>退款"
    page.mouse.move(*on_screen(chart, 0.5, 1))
    chart.get_by_text(text).wait_for()
    assert page.title() == "A <map>"
    assert chart.get_by_role("button").count() == 5, "no tools to select with"


@pytest.mark.parametrize(
    ("places", "drawn"), [([[0, 0], [np.nan, 1], [1, 1]], 2), ([[2, 2]] * 3, 3)]
)
def test_rows_without_a_place_or_all_in_one_are_drawn(
    page: Any, address: str, tmp_path: Path, places: list[list[float]], drawn: int
):
    file = tmp_path / "map.html"
    file.write_text(map_html(places, np.zeros(3, np.uint8), ["#3366cc"], title="map"), "utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector(f".textlode-map[data-drawn='{drawn}']")


def test_no_row_with_a_place_gives_a_word(page: Any, address: str, tmp_path: Path):
    file = tmp_path / "map.html"
    nowhere = np.full((3, 2), np.nan)
    file.write_text(map_html(nowhere, np.zeros(3, np.uint8), ["#3366cc"], title="map"), "utf-8")
    page.goto(file.as_uri())
    page.get_by_text("No points to show.").wait_for()


def test_a_column_that_is_gone_gives_a_word(page: Any, address: str):
    page.route("**/textlode/map/column/*", lambda route: route.fulfill(status=404))
    page.goto(address)
    page.get_by_text("The map's data could not be loaded. Reload the page.").wait_for()
    assert all("404" in error for error in page.errors)
    page.errors.clear()
