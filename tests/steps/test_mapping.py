"""Maps of many texts say how well their neighbours were found; those of few stay as they were."""

import pytest

from core.explore import neighbours as search
from core.project import Project
from core.steps import mapping, open_map, run_step


def test_many_texts_get_a_layout_of_their_own_and_its_recall(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = project.current("layout").key
    run_step("map", project.folder, {})
    assert project.current("layout").key == before
    assert open_map(project).recall == 1

    monkeypatch.setattr(search, "EXACT_UP_TO", 100)
    monkeypatch.setattr(mapping, "EXACT_UP_TO", 100)
    made = run_step("map", project.folder, {})

    again = Project.open(project.folder)
    assert again.current("layout").key == made["layout"] != before
    assert 0.9 < made["recall"] <= 1
    assert open_map(again).recall == made["recall"]
