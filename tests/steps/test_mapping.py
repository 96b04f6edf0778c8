"""Maps of many texts say how well their neighbours were found; their texts stay on disk."""

import pyarrow as pa
import pytest

from core.explore import neighbours as search
from core.project import Project
from core.steps import open_map, run_step
from core.steps.embedding import texts_of


def test_the_same_settings_keep_the_layout_and_a_search_of_many_says_its_recall(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = project.current("layout").key
    run_step("map", project.folder, {})
    assert project.current("layout").key == before
    assert open_map(project).recall == 1

    monkeypatch.setattr(search, "EXACT_UP_TO", 100)
    made = run_step("map", project.folder, {"seed": 7})

    again = Project.open(project.folder)
    assert again.current("layout").key == made["layout"] != before
    assert 0.9 < made["recall"] <= 1
    assert open_map(again).recall == made["recall"]


def test_the_texts_of_a_map_are_read_from_disk_when_asked_for(project: Project) -> None:
    vectors = project.current("vectors")
    rows = pa.array(vectors.array("first_row"))
    expected = project.table(["text"]).column(0).take(rows).to_pylist()
    taken = pa.total_allocated_bytes()

    texts = texts_of(project, vectors)

    assert texts[3] == expected[3]
    assert pa.total_allocated_bytes() == taken
    assert list(texts) == expected
    assert texts[-2:] == expected[-2:]
    with pytest.raises(LookupError):
        texts[len(texts)]
