"""Whatever can be taken back says in words what it is."""

import pytest

from core.i18n import translate
from core.project import Project
from core.project.state import UNDOABLE
from pages.ui.undo import DECISIONS
from tests.conftest import PROJECT
from tests.pages.conftest import OpenPage


def test_each_decision_that_can_be_taken_back_has_words_of_its_own() -> None:
    assert set(DECISIONS) == UNDOABLE
    assert len(set(DECISIONS.values())) == len(DECISIONS)


@pytest.mark.parametrize("kind", sorted(UNDOABLE))
def test_they_are_translated(kind: str) -> None:
    assert translate(DECISIONS[kind], "zh_CN") != DECISIONS[kind]


def test_the_buttons_say_what_they_take_back_and_bring_again(
    open_page: OpenPage, project: Project
) -> None:
    project.record("cleaning_set", remedies=["repeated"])
    app = open_page("map", PROJECT)
    assert app.button(key="undo").help == "Undo: what is cleaned or left out before the map"
    app.button(key="undo").click().run()
    assert app.button(key="redo").help == "Redo: what is cleaned or left out before the map"
