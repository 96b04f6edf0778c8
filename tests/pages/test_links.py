"""What is selected stands in the address, and an address selects it again; nonsense does not."""

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.project import Project
from core.steps import load_topics, open_map, rows_of_units
from tests.conftest import PROJECT
from tests.pages.conftest import ROOT

OpenPage = Callable[..., AppTest]


def opened_with(open_page: OpenPage, **asked: str) -> AppTest:
    """Open the map by an address that asks for something."""
    app = open_page("start", PROJECT)
    for name, value in asked.items():
        app.query_params[name] = value
    app.switch_page(str(ROOT / "pages" / "map.py")).run()
    assert not app.exception
    assert [error.value for error in app.error] == []
    return app


def said(app: AppTest) -> str:
    return "\n".join(
        str(one.value) for kind in (app.markdown, app.caption, app.info) for one in kind
    )


def test_a_topic_in_the_address_is_opened(open_page: OpenPage, project: Project) -> None:
    topic = load_topics(project).topics[2]
    app = opened_with(open_page, topic=str(topic.id))
    assert next(one for one in app.text_input if one.label == "Name").value == topic.name
    assert app.query_params["topic"] == str(topic.id)


def test_a_row_in_the_address_is_shown(open_page: OpenPage, project: Project) -> None:
    app = opened_with(open_page, row="9")
    assert "**Row 9**" in said(app)
    assert app.query_params["row"] == "9"


def test_an_area_in_the_address_is_selected(open_page: OpenPage, project: Project) -> None:
    low, high = (edge(open_map(project).places, axis=0) for edge in (np.min, np.max))
    corners = [(low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1])]
    area = "_".join(f"{x + (x > 0) - (x < 0):.2f},{y + (y > 0) - (y < 0):.2f}" for x, y in corners)
    app = opened_with(open_page, area=area)
    assert "rows are selected" in said(app)
    assert app.query_params["area"] == area


def test_what_sets_an_area_apart_is_said_in_whole_sentences(
    open_page: OpenPage, project: Project
) -> None:
    """The half of the map where one kind of mail is far more frequent than in all."""
    places = open_map(project).places
    (left, low), (_, high) = places.min(axis=0) - 1, places.max(axis=0) + 1
    middle = float(np.median(places[:, 0]))
    sides = [(left, low), (middle, low), (middle, high), (left, high)]
    app = opened_with(open_page, area="_".join(f"{x:.2f},{y:.2f}" for x, y in sides), lang="zh_CN")
    sentence = next(one for one in said(app).splitlines() if "倍" in one)
    assert sentence.endswith("。")
    assert ";" not in sentence


def test_what_was_taken_from_a_selection_stands_in_the_address_too(
    open_page: OpenPage, project: Project
) -> None:
    places = open_map(project).places
    (left, low), (right, high) = places.min(axis=0) - 1, places.max(axis=0) + 1
    middle = float(np.median(places[:, 0]))
    box = (
        f"{left:.2f},{low:.2f}_{middle:.2f},{low:.2f}_{middle:.2f},{high:.2f}_{left:.2f},{high:.2f}"
    )
    all_of_it = (
        f"{left:.2f},{low:.2f}_{right:.2f},{low:.2f}_{right:.2f},{high:.2f}_{left:.2f},{high:.2f}"
    )
    area = f"{all_of_it}~!{box}"
    app = opened_with(open_page, area=area)
    units = np.flatnonzero(places[:, 0] > round(middle, 2))
    rows = len(rows_of_units(load_topics(project), units))
    assert f"{rows} rows are selected" in said(app)
    assert app.query_params["area"] == area


@pytest.mark.parametrize(
    "asked",
    [
        {"topic": "99999"},
        {"topic": "x"},
        {"row": "0"},
        {"row": "301"},
        {"row": "4"},  # it has no text
        {"area": "1,2_3"},
        {"area": "1,2_3,4"},
        {"area": "1e9,0_0,1_1,1"},
        {"area": "nan,0_0,1_1,1"},
        {"area": "0,0_0,1_1,1~!0,0"},
    ],
)
def test_nonsense_in_the_address_selects_nothing(
    open_page: OpenPage, project: Project, asked: dict[str, str]
) -> None:
    app = opened_with(open_page, **asked)
    assert "Drag around some points" in said(app)
    assert not {"topic", "row", "area"} & app.query_params.keys()
