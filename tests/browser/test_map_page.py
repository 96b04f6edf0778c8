"""The Map page under a real hand: what people do to topics and selections, on a sample's map."""

import csv
import io
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.explore import units_in_polygon
from core.project import Catalogue, Project
from core.samples import SAMPLES
from core.steps import load_topics, open_map
from core.steps.topic_edits import EXCLUDED
from tests.browser.conftest import Server
from tests.browser.hand import (
    SECOND,
    choose,
    decide,
    draw_around,
    fill,
    follow,
    hold,
    press,
    repeat_until,
    settle,
    tick,
    undo,
)

pytestmark = pytest.mark.browser

LIT_POINTS = """() => document.querySelector('.textlode-map .plot').data
  .filter(({ marker }) => marker.symbol !== 'circle-open' && marker.opacity >= 0.3)
  .reduce((sum, trace) => sum + trace.x.length, 0)"""


def dimmed_points(page: Any) -> int:
    """Return how many of the points on the map are dimmed."""
    drawn = int(page.locator(".textlode-map").get_attribute("data-drawn"))
    return drawn - int(page.evaluate(LIT_POINTS))


@pytest.fixture(scope="module")
def server(start_app: Callable[[Path], Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    return start_app(tmp_path_factory.mktemp("home"))


@pytest.fixture
def project(server: Server, request: pytest.FixtureRequest) -> Project:
    """A copy of the presidential addresses of each test's own."""
    name = re.sub(r"[\W_]+", "-", request.node.name)[:40].strip("-")
    catalogue = Catalogue(server.home / "projects", "somebody")
    # No id is given: a test that is tried again starts from the sample, not from what it left.
    return catalogue.import_archive(SAMPLES[0].archive, name)


@pytest.fixture
def page(browser: Any, server: Server, project: Project) -> Any:
    """The map of that project, drawn."""
    context = browser.new_context(viewport={"width": 1400, "height": 1300}, locale="en-US")
    opened = context.new_page()
    opened.set_default_timeout(40 * SECOND)
    opened.goto(f"{server.url}/map?project={project.folder.name}")
    opened.wait_for_selector(".textlode-map[data-drawings]")
    settle(opened)
    yield opened
    context.close()


def test_a_topic_is_renamed_where_its_name_stands_on_the_map(page: Any, project: Project) -> None:
    first = load_topics(project).topics[0]
    names = page.locator(".textlode-map .annotation-text")
    box = names.filter(has_text=first.name).bounding_box()
    steps = itertools.cycle(range(2, int(box["width"]) - 2, 7))

    def click_name() -> None:
        """Point by point along the name, as a text may lie under it."""
        page.mouse.click(box["x"] + next(steps), box["y"] + box["height"] / 2)

    repeat_until(page.get_by_label("Name", exact=True), click_name, seconds=3)
    hold(page, "Name", first.name)
    fill(page, "Name", "Named by hand")
    names.filter(has_text="Named by hand").wait_for()
    assert dimmed_points(page) > 0, "the others, beside the topic that was clicked"
    assert load_topics(project).by_id[first.id].name == "Named by hand"
    hold(page, "Name", "Named by hand")
    undo(page, project)
    names.filter(has_text=first.name).wait_for()
    assert load_topics(project).by_id[first.id].name == first.name


def test_topics_chosen_in_the_list_are_marked_on_the_map(page: Any, project: Project) -> None:
    first, second, *_ = load_topics(project).topics
    chart = page.locator(".textlode-map")
    view, place = chart.get_attribute("data-view"), chart.bounding_box()
    framed = chart.locator(".annotation").filter(
        has=page.locator("rect.bg[style*='stroke-width: 2']")
    )
    assert (framed.count(), dimmed_points(page)) == (0, 0)
    tick(page, 0, page.get_by_text(re.compile(f"^{first.rows} rows of {first.name} are lit")), 150)
    framed.filter(has_text=first.name).wait_for()
    drawn = int(chart.get_attribute("data-drawn"))
    assert dimmed_points(page) == drawn - (load_topics(project).topic_of_unit == first.id).sum()
    tick(page, 0, page.get_by_label("Name", exact=True))
    both = page.get_by_text(f"{first.rows + second.rows} rows of the 2 chosen topics are lit.")
    tick(page, 1, both)
    framed.nth(1).wait_for()
    # Another colouring has other codes for the points, and the same topics are lit.
    choose(page, "Colour by", "party")
    framed.nth(1).wait_for()
    held = np.isin(load_topics(project).topic_of_unit, [first.id, second.id]).sum()
    assert dimmed_points(page) == drawn - held
    choose(page, "Colour by", "Topic")
    draw_around(page, 0.5, 0.6, 0.1)
    page.get_by_text(re.compile(r"\d+ rows are selected")).wait_for()
    page.wait_for_function(f"({LIT_POINTS})() !== {held}")
    page.get_by_test_id("stButtonGroup").get_by_text("Topics", exact=True).click()
    page.get_by_text(re.compile("lit")).first.wait_for()
    # The focus is on the button that was pressed last.
    page.keyboard.press("Escape")
    page.get_by_text("Drag around some points").wait_for()
    settle(page)
    assert (framed.count(), dimmed_points(page)) == (0, 0)
    assert chart.get_attribute("data-view") == view
    assert chart.bounding_box() == place, "nothing but the user moves the map"


def test_the_topic_in_hand_on_the_page_topics_is_marked_on_the_map(
    page: Any, project: Project
) -> None:
    follow(page, "Topics")
    second = load_topics(project).topics[1]
    table = page.get_by_test_id("stDataFrame").first
    name = page.get_by_label("Name", exact=True)
    repeat_until(name, lambda: table.click(position={"x": 150, "y": 38 + 35 + 17}))
    hold(page, "Name", second.name)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Map", exact=True).click()
    page.get_by_text(re.compile(f"^{second.rows} rows of {second.name} are lit")).wait_for()


def test_topics_are_merged_split_and_deleted_from_the_list(page: Any, project: Project) -> None:
    first, second, third, *_ = load_topics(project).topics
    tick(page, 0, page.get_by_label("Name", exact=True))
    tick(page, 2, page.get_by_role("button", name="Merge these topics"))
    decide(page, project, page.get_by_role("button", name="Merge these topics"))
    merged = load_topics(project).by_id[first.id]
    assert (merged.rows, merged.name) == (first.rows + third.rows, first.name)
    texts = load_topics(project).topic_of_unit == first.id
    decide(page, project, page.get_by_role("button", name="Split", exact=True))
    assert len(np.unique(load_topics(project).topic_of_unit[texts])) == 2
    tick(page, 0, page.get_by_label("Name", exact=True), across=150)
    gone = load_topics(project).topics[0]
    before = load_topics(project).left_out_rows
    decide(page, project, page.get_by_role("button", name="Delete", exact=True))
    page.get_by_text("as you deleted their topic").wait_for()
    assert gone.id not in load_topics(project).by_id
    assert load_topics(project).left_out_rows == before + gone.rows
    for _ in ("deleted", "split", "merged"):
        undo(page, project)
    assert [one.rows for one in load_topics(project).topics[:3]] == [
        one.rows for one in (first, second, third)
    ]


def test_a_topic_opens_into_its_subtopics_and_joins_again(page: Any, project: Project) -> None:
    topic = load_topics(project).topics[0]
    texts = load_topics(project).topic_of_unit == topic.id
    tick(page, 0, page.get_by_label("Name", exact=True), across=150)
    decide(page, project, page.get_by_role("button", name="Split", exact=True))
    assert len(np.unique(load_topics(project).topic_of_unit[texts])) == 2
    decide(page, project, page.get_by_role("button", name="Join", exact=True))
    (whole,) = np.unique(load_topics(project).topic_of_unit[texts])
    assert load_topics(project).by_id[whole].rows == topic.rows
    decide(page, project, page.get_by_role("button", name="Join", exact=True))
    (wider,) = np.unique(load_topics(project).topic_of_unit[texts])
    assert load_topics(project).by_id[wider].rows > topic.rows


@pytest.mark.parametrize(("width", "beside"), [(1400, True), (1100, False), (900, False)])
def test_the_panel_goes_below_where_the_map_would_be_narrow(
    page: Any, width: int, beside: bool
) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    page.wait_for_timeout(SECOND)
    chart = page.locator(".textlode-map").bounding_box()
    panel = page.get_by_test_id("stButtonGroup").bounding_box()
    assert chart["width"] > (600 if beside else 450)
    assert (panel["x"] > chart["x"] + chart["width"]) == beside
    assert (panel["y"] > chart["y"] + chart["height"]) != beside


def test_excluded_rows_leave_the_map_and_come_back(page: Any, project: Project) -> None:
    chart = page.locator(".textlode-map")
    drawn = int(chart.get_attribute("data-drawn"))
    draw_around(page, 0.5, 0.6, 0.1)
    page.get_by_text(re.compile(r"\d+ rows are selected")).wait_for()
    settle(page)
    decide(page, project, page.get_by_role("button", name="Exclude", exact=True))
    out = int((load_topics(project).topic_of_unit == EXCLUDED).sum())
    assert out > 20
    page.wait_for_selector(f".textlode-map[data-drawn='{drawn - out}']")
    page.get_by_text("Nothing is selected.").wait_for()
    undo(page, project)
    page.wait_for_selector(f".textlode-map[data-drawn='{drawn}']")
    assert not (load_topics(project).topic_of_unit == EXCLUDED).any()
    page.get_by_text("Nothing is selected.").wait_for()


def test_colours_of_a_column_have_a_legend_and_move_nothing(page: Any) -> None:
    chart = page.locator(".textlode-map")
    view, labels = chart.get_attribute("data-view"), chart.locator(".annotation-text")
    for column, told in (
        ("party", ("Republican", "Democratic")),
        ("date", ("from 1790-01-01",)),
        ("Confidence", ("0.9 – 1.0",)),
    ):
        choose(page, "Colour by", column)
        legend = labels.filter(has_text=re.compile(f"^{column}"))
        legend.wait_for()
        assert all(value in legend.text_content() for value in told)
    assert chart.get_attribute("data-view") == view


def test_the_csv_of_a_selection_holds_its_rows_and_no_others(page: Any, project: Project) -> None:
    outline = np.array(draw_around(page, 0.42, 0.55, 0.15))
    said = page.get_by_text(re.compile(r"^[\d,]+ rows are selected")).inner_text()
    settle(page)
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").get_by_role("button").click()
    assert download.value.suggested_filename.endswith("-selection.csv")
    content = Path(download.value.path()).read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert len(rows) == int(said.split(" ")[0].replace(",", ""))
    taken = {row["id"] for row in rows}
    opened, table = open_map(project), project.table()
    ids, middle = np.array(table.column("id").to_pylist()), outline.mean(axis=0)
    # The hand's corners are pixels, so what lies on the very line may fall on either side.
    surely, perhaps = (
        set(ids[units_in_polygon(opened.places, middle + (outline - middle) * size)[
            opened.unit_of_row]].tolist())
        for size in (0.97, 1.03)
    )  # fmt: skip
    assert surely <= taken <= perhaps and len(surely) > 100
    original = {row["id"]: row for row in table.to_pylist()}
    for row in rows:
        assert {name: row[name] for name in original[row["id"]]} == original[row["id"]]
    names = {topic.name for topic in load_topics(project).topics}
    assert {row["textlode_topic_name"] for row in rows} <= names | {""}


def test_a_search_finds_as_one_types_and_goes_together_with_an_outline(page: Any) -> None:
    page.get_by_role("searchbox", name="Search").press_sequentially("war", delay=40)
    hint = page.get_by_text(re.compile(r"^\d+ of 2,096 texts match: they are lit"))
    hint.wait_for()
    found = int(hint.inner_text().split(" ")[0])
    settle(page)
    draw_around(page, 0.4, 0.45, 0.25)
    page.wait_for_function(f"({LIT_POINTS})() < {found}")
    both = page.get_by_text(re.compile(r"match; \d+ rows of them are selected and lit"))
    both.wait_for()
    assert 0 < int(re.findall(r"(\d+) rows", both.inner_text())[0]) < found
    press(page, "Clear the selection", page.get_by_text(re.compile(r"they are lit\.$")))


def test_a_language_chosen_once_is_spoken_in_a_new_tab(browser: Any, server: Server) -> None:
    context = browser.new_context(locale="en-US")
    first = context.new_page()
    first.goto(f"{server.url}/settings")
    first.get_by_role("combobox", name="Language").click()
    first.get_by_role("option", name="简体中文").click()
    first.get_by_role("heading", name="设置", exact=True).wait_for()
    first.wait_for_function("() => document.cookie.includes('textlode_lang=zh_CN')")
    second = context.new_page()
    second.goto(f"{server.url}/settings")
    second.get_by_role("heading", name="设置", exact=True).wait_for()
    second.goto(f"{server.url}/settings?lang=en")
    second.get_by_role("heading", name="Settings", exact=True).wait_for()
    context.close()
