"""The Topics page: the table with its measures, and what can be done to a topic."""

import numpy as np
from streamlit.testing.v1 import AppTest

from core.project import Project
from core.steps import load_topics, make_topic, measures_of, run_step
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
