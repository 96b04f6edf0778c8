"""Each page in its states: nothing open, a project without a model, a taught one, Chinese."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.project import Catalogue, Project
from core.steps import load_topics, run_step
from pages.ui.touched import touched_key
from tests.conftest import PROJECT
from tests.pages.conftest import ROOT, OpenPage

NEED_PROJECT = ("data", "map", "topics", "train", "explain", "predict", "export")
PAGES = ("start", *NEED_PROJECT, "jobs", "settings")


def words(app: AppTest) -> str:
    """Everything that a page says, in one text."""
    kinds = (app.title, app.markdown, app.caption, app.info, app.error, app.subheader)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def links(app: AppTest) -> list[str]:
    return [link.proto.label for link in app.get("page_link")]


def no_error(app: AppTest) -> None:
    assert not app.exception
    assert [error.value for error in app.error] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_nothing_there(
    open_page: OpenPage, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "empty"))
    app = open_page(page)
    no_error(app)
    assert len(app.title) == 1
    if page in NEED_PROJECT:
        assert "No project is open. Open one or drop a file on the page Start." in words(app)
        assert "Go to Start" in links(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_a_project(open_page: OpenPage, home: Path, page: str) -> None:
    app = open_page(page, PROJECT)
    no_error(app)
    assert "300 rows" in words(app)


@pytest.mark.parametrize("page", ["explain", "predict"])
def test_a_page_without_its_model_says_where_to_get_one(
    open_page: OpenPage, home: Path, page: str
) -> None:
    app = open_page(page, PROJECT)
    assert "There is no model yet. Teach one on the page Train." in words(app)
    assert links(app)[-1] == "Go to Train"


def test_an_empty_project_says_what_is_missing(open_page: OpenPage, home: Path) -> None:
    empty = Catalogue(home / "projects").create("Empty")
    for page in NEED_PROJECT:
        app = open_page(page, empty.id)
        no_error(app)
        assert " on the page " in words(app)


def test_an_unknown_project_in_the_address_is_said(open_page: OpenPage, home: Path) -> None:
    app = open_page("start", "nothing-0000")
    assert "There is no project nothing-0000" in app.error[0].value


def test_pages_of_a_taught_project(open_page: OpenPage, project: Project) -> None:
    run_step("train", str(project.folder), {"label": "label", "method": "probe"})
    run_step("explain", str(project.folder), {"rows": [0]})
    run_step("predict", str(project.folder), {})
    for page, said in (
        ("train", "test rows right"),
        ("explain", "the words add"),
        ("predict", "The rows of this project"),
        ("export", "The whole project"),
    ):
        app = open_page(page, PROJECT)
        no_error(app)
        assert said in words(app)


def test_chinese_is_spoken_on_every_page(open_page: OpenPage, home: Path) -> None:
    for page in PAGES:
        app = open_page(page, PROJECT, language="zh_CN")
        no_error(app)
        widgets = (app.button, app.selectbox, app.slider, app.text_input, app.number_input)
        labels = [str(one.label) for kind in widgets for one in kind if one.label]
        labels += [title.value for title in app.title if title.value != "Textlode"]
        assert labels
        assert [one for one in labels if not re.search("[\u4e00-\u9fff]", one)] == [], page


def test_fewer_topics_are_kept_and_undone(open_page: OpenPage, project: Project) -> None:
    app = open_page("map", PROJECT)
    app.slider[0].set_value(3).run()
    no_error(app)
    assert len(load_topics(project).topics) == 3
    app.button(key="undo").click().run()
    assert len(load_topics(project).topics) == 6


def test_left_out_rows_are_counted_where_they_always_stand(
    open_page: OpenPage, project: Project
) -> None:
    app = open_page("map", PROJECT)
    next(box for box in app.select_slider if box.label.startswith("Left out")).set_value(0.2).run()
    left_out = load_topics(project).left_out_rows
    assert f"{left_out} left out" in words(app)


def test_a_share_set_elsewhere_is_shown_as_it_is(open_page: OpenPage, project: Project) -> None:
    project.record("left_out_set", share=0.03)
    app = open_page("map", PROJECT)
    no_error(app)
    slider = next(box for box in app.select_slider if box.label.startswith("Left out"))
    assert slider.value == 0.03


def test_searching_lights_matches_and_moves_nothing(open_page: OpenPage, project: Project) -> None:
    app = open_page("map", PROJECT)
    app.text_input[0].set_value("money").run()
    no_error(app)
    assert "texts match: they are lit" in words(app)
    assert load_topics(project).count == 6


def test_a_project_is_renamed_deleted_and_brought_back(open_page: OpenPage, home: Path) -> None:
    app = open_page("start")
    app.text_input(key=f"name-{PROJECT}").set_value("Letters").run()
    app.button(key=f"rename-{PROJECT}").click().run()
    assert Catalogue(home / "projects").open(PROJECT).name == "Letters"
    app.button(key=f"delete-{PROJECT}").click().run()
    assert Catalogue(home / "projects").cards() == []
    app.button(key=f"restore-{PROJECT}").click().run()
    assert [card.name for card in Catalogue(home / "projects").cards()] == ["Letters"]


def test_what_nobody_foresaw_is_a_sentence_and_a_line_in_the_log(
    open_page: OpenPage, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("pages.ui.exports.export_table_panel", broken)
    app = open_page("export", PROJECT)
    assert "was not foreseen" in app.error[0].value
    assert "secret detail" not in words(app)
    assert "ZeroDivisionError: secret detail" in (home / "logs" / "pages.log").read_text()


def test_a_topic_is_renamed_beside_the_map(open_page: OpenPage, project: Project) -> None:
    app = open_page("start", PROJECT)
    first = load_topics(project).topics[0]
    app.session_state[touched_key(PROJECT)] = first.id
    app.switch_page(str(ROOT / "pages" / "map.py")).run()
    next(box for box in app.text_input if box.label == "Name").set_value("Renamed").run()
    no_error(app)
    assert load_topics(project).by_id[first.id].name == "Renamed"
    app.button(key="undo").click().run()
    assert load_topics(project).by_id[first.id].name == first.name


def test_colours_of_a_column_are_explained_beside_the_map_and_topics_claim_none(
    open_page: OpenPage, home: Path
) -> None:
    app = open_page("map", PROJECT)
    assert list(app.dataframe[0].value.columns) == ["colour", "name", "rows"]
    box = next(one for one in app.selectbox if one.label == "Colour by")
    box.select("column:label").run()
    no_error(app)
    assert list(app.dataframe[0].value.columns) == ["name", "rows"]
    assert "Colours: label" in words(app)
    legend = "".join(str(one.proto) for one in app.get("html"))
    assert "ham</div>" in legend and "spam</div>" in legend


def test_places_of_names_are_found_once_for_the_same_topics(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.explore import places_of_names
    from core.steps import open_map
    from pages.ui import colouring

    asked: list[int] = []

    def counted(codes: object, count: int, places: object) -> object:
        asked.append(count)
        return places_of_names(codes, count, places)  # type: ignore[arg-type]

    colouring._places_of_names.cache_clear()
    monkeypatch.setattr(colouring, "places_of_names", counted)
    monkeypatch.setattr(colouring, "_", lambda message, **_: message)
    for _ in range(2):
        colouring.colour_map("topic", project, open_map(project), load_topics(project))
    project.record("topic_count_set", count=3)
    found = colouring.colour_map("topic", project, open_map(project), load_topics(project))
    assert asked == [6, 3]
    assert len(found.names) == 3
