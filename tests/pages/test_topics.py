"""The Topics page: the table with its measures, and what can be done to a topic."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.project import Project
from core.steps import edit_topics, load_topics, make_topic, measures_of, run_step
from tests.conftest import PROJECT
from tests.pages.conftest import OpenPage


def test_the_table_says_how_large_and_how_good_each_topic_is(
    open_page: OpenPage, project: Project
) -> None:
    run_step("measure", str(project.folder), {})
    view = load_topics(project)
    measures = measures_of(project, view)
    assert measures is not None
    app = open_page("topics", PROJECT)
    table = app.dataframe[0].value
    assert table["name"].tolist() == [topic.name for topic in view.topics]
    assert table["rows"].tolist() == [topic.rows for topic in view.topics]
    for column, words in (
        ("coherence", {"clear", "fair", "vague"}),
        ("stability", {"firm", "fair", "loose"}),
    ):
        said = [cell.split() for cell in table[column]]
        assert [float(figure) for figure, _ in said] == [
            round(getattr(measures[topic.id], column), 2) for topic in view.topics
        ]
        assert {word for _, word in said} <= words


def test_the_measures_are_asked_for_once(
    open_page: OpenPage, project: Project, monkeypatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("pages.ui.topic_table.submit", lambda step, *_, **__: asked.append(step))
    app = open_page("topics", PROJECT)
    app.run()
    assert asked == ["measure"]
    assert set(app.dataframe[0].value["stability"]) == {""}


def by_column(open_page: OpenPage, language: str | None = None) -> AppTest:
    """The page after a person chose to see the topics by a column."""
    app = open_page("topics", PROJECT, language)
    return app.segmented_control[0].set_value("by_column").run()


def shown(app: AppTest) -> str:
    """The table of topics by a column, in words."""
    html = app.get("html")[-1].proto.body
    return " ".join(re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.S).split())


def test_topics_by_column_say_what_is_striking_first(open_page: OpenPage, project: Project) -> None:
    app = by_column(open_page)
    assert not app.exception and app.selectbox[0].value == "label"
    assert list(app.selectbox[0].options) == ["date", "label"]
    assert len(app.dataframe) == 0
    view = load_topics(project)
    said = shown(app)
    assert "times as frequent in" in said.split("Topic All rows")[0] or "alone" in said
    for topic in view.topics:
        assert f"{topic.name} {topic.rows}" in said
    assert "All rows 300 " in said


def test_the_chosen_column_is_kept_for_the_report_and_another_tab(
    open_page: OpenPage, project: Project
) -> None:
    app = by_column(open_page)
    app.selectbox[0].set_value("date").run()
    assert not app.exception and project.state.cross_column == "date"
    assert "date, by" in shown(app)
    assert by_column(open_page).selectbox[0].value == "date"


def test_shares_instead_of_rows(open_page: OpenPage, project: Project) -> None:
    app = by_column(open_page)
    app.segmented_control[1].set_value("of_topic").run()
    assert "across, 100%" in shown(app) and "All rows 100%" in shown(app)


def test_a_table_without_a_useful_column_says_what_to_do(
    open_page: OpenPage, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.topics_by_column.column_kinds", lambda _: {})
    app = by_column(open_page)
    assert not app.exception
    assert "choose it as label or date on the page Data" in app.info[0].value


def test_topics_by_column_speak_chinese(open_page: OpenPage, project: Project) -> None:
    app = by_column(open_page, "zh_CN")
    assert app.segmented_control[0].options == ["所有主题", "按列看主题"]
    said = shown(app)
    assert "全部行" in said and "出现频率是其他行的" in said
    assert not re.search(r"All rows|elsewhere|In no topic|clearly", said)


def draw_smallest(folder: str) -> None:
    from core.project import Project
    from core.steps import load_topics
    from pages.ui.topic_editor import edit_chosen

    opened = Project.open(folder)
    view = load_topics(opened)
    edit_chosen(opened, view, [view.topics[-1]])


def test_a_topic_of_one_row_says_one_row(project: Project) -> None:
    make_topic(project, np.array([10]), "Alone")
    app = AppTest.from_function(draw_smallest, args=(str(project.folder),)).run()
    assert any(one.value.startswith("1 row, 0.3% of all") for one in app.caption)


def name_all(project: Project) -> None:
    project.record("topic_count_set", count=6)
    for number, topic in enumerate(load_topics(project).topics):
        edit_topics(project, "topic_renamed", topic=topic.id, name=f"Mine {number}")


@pytest.mark.parametrize("page", ["topics", "map"])
@pytest.mark.parametrize(("language", "holds"), [("en", "holds: Mine"), ("zh_CN", "包含：Mine")])
def test_names_that_are_not_seen_are_told_of(
    open_page: OpenPage, project: Project, page: str, language: str, holds: str
) -> None:
    name_all(project)
    project.record("topic_count_set", count=2)
    view = load_topics(project)
    app = open_page(page, PROJECT, language)
    told = [one.value for one in app.caption if view.hidden_names[0] in one.value]
    assert any(str(len(view.hidden_names)) in one for one in told)
    assert any(holds in name for name in app.dataframe[0].value["name"])


@pytest.mark.parametrize("page", ["topics", "map"])
def test_a_click_leads_back_to_the_names(open_page: OpenPage, project: Project, page: str) -> None:
    name_all(project)
    project.record("topic_count_set", count=2)
    app = open_page(page, PROJECT)
    app.button(key="back-to-names").click().run()
    assert not app.exception
    assert {topic.name for topic in load_topics(project).topics} == {f"Mine {n}" for n in range(6)}
    assert not [one for one in app.button if one.key == "back-to-names"]


def test_where_all_names_are_seen_nothing_is_said(open_page: OpenPage, project: Project) -> None:
    name_all(project)
    app = open_page("topics", PROJECT)
    assert not [one for one in app.button if one.key == "back-to-names"]


def test_what_vague_means_is_told_with_its_figure(open_page: OpenPage, project: Project) -> None:
    run_step("measure", str(project.folder), {})
    measures = measures_of(project, load_topics(project))
    assert measures is not None
    usual = next(iter(measures.values())).usual
    assert usual is not None
    told = [one.value for one in open_page("topics", PROJECT).markdown]
    assert any(f"({usual:.2f})" in one and "vague" in one for one in told)
