"""Maps of many texts say how well their neighbours were found; their texts stay on disk."""

from pathlib import Path

import pyarrow as pa
import pytest

from core.explore import neighbours as search
from core.project import Draft, Project, Recipe
from core.steps import nearest_units, open_map, run_step
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


def test_another_spread_lays_out_anew_from_the_neighbours_that_are_known(
    project: Project,
) -> None:
    before = project.current("layout")
    run_step("map", project.folder, {"spread": 0.4})
    after = Project.open(project.folder).current("layout")
    assert after.key != before.key
    assert after.inputs["neighbours"] == before.inputs["neighbours"]
    assert len(project.artifacts.keys("neighbours")) == 1


def test_a_layout_that_holds_its_neighbours_itself_is_read(project: Project) -> None:
    layout, clusters = project.current("layout"), project.current("clusters")
    known = project.artifacts.open(layout.inputs["neighbours"])
    expected = nearest_units(project, 0)
    inputs = {"vectors": layout.inputs["vectors"]}
    older = Recipe("layout", inputs=inputs, settings=layout.settings, version=3)
    made = project.make(
        older, lambda draft, _: draft.save_arrays({**layout.arrays(), **known.arrays()})
    )
    recipe = Recipe("clusters", inputs={"layout": made.key}, settings=clusters.settings)

    def build(draft: Draft, scratch: Path) -> None:
        draft.save_arrays(clusters.arrays())
        draft.save_json("facts", clusters.json("facts"))

    project.make_current(made)
    project.make_current(project.make(recipe, build))

    assert open_map(project).recall == 1
    assert nearest_units(project, 0) == expected
