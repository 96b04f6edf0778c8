"""Predictions are kept: each is listed, opened again, and deleted for good."""

from pathlib import Path

import pytest

from core.errors import ArtifactDamaged
from core.project import Artifact, Draft, Project, Recipe
from core.steps import delete_prediction, list_predictions, run_step
from core.steps.prediction import LISTED, unsure_below


@pytest.fixture
def predicted(project: Project, tmp_path: Path) -> Project:
    run_step("train", str(project.folder), {"label": "label", "method": "probe"})
    run_step("predict", str(project.folder), {})
    new = tmp_path / "new.csv"
    new.write_text("id,text\n1,Make money from home now\n2,\n3,The kernel patch fails to build\n")
    run_step("predict", str(project.folder), {"file": str(new)})
    return project


def test_all_that_was_predicted_is_listed_after_a_restart(predicted: Project) -> None:
    newest, rows = list_predictions(Project.open(predicted.folder))
    assert (newest.file, newest.model, newest.summary["rows"]) == ("new.csv", "label", 3)
    assert (rows.file, rows.summary["rows"]) == ("", 300)
    assert {one.label: one.rows for one in newest.counts()} == {"spam": 1, "ham": 1}


def test_labels_are_counted_with_the_unsure_among_them(predicted: Project) -> None:
    _, rows = list_predictions(predicted)
    counts = rows.counts()
    labels = rows.artifact.table("predictions").column("predicted").to_pylist()
    assert [one.rows for one in counts] == sorted((one.rows for one in counts), reverse=True)
    assert all(one.rows == labels.count(one.label) for one in counts)
    assert sum(one.unsure for one in counts) == rows.summary["unsure"]


def test_the_better_of_two_classes_can_be_unsure_too(predicted: Project) -> None:
    _, rows = list_predictions(predicted)
    sure = rows.artifact.table("predictions").column("predicted_confidence").to_pylist()
    assert rows.unsure_below == 0.75
    assert rows.summary["unsure"] == sum(one < 0.75 for one in sure if one is not None) > 0
    assert [unsure_below(classes) for classes in (0, 1, 2, 3, 9)] == [0.75, 0.75, 0.75, 0.5, 0.5]


def test_an_older_prediction_has_its_unsure_counted_anew(predicted: Project) -> None:
    _, rows = list_predictions(predicted)
    unsure, tables = rows.summary["unsure"], ("table", "predictions")
    recipe, summary = Recipe(**rows.artifact.manifest["recipe"]), rows.summary
    kept = {name: rows.artifact.table(name) for name in tables}
    delete_prediction(predicted, rows.key)

    def older(draft: Draft, scratch: Path) -> None:
        for name in tables:
            draft.save_table(name, kept[name])
        draft.save_json("summary", {**summary, "unsure": 0})

    predicted.make(recipe, older)
    assert run_step("predict", str(predicted.folder), {})["unsure"] == unsure > 0
    assert list_predictions(predicted)[0].summary["unsure"] == unsure


def test_the_least_sure_come_first_with_their_texts(predicted: Project) -> None:
    newest, rows = list_predictions(predicted)
    given = rows.artifact.table("predictions").select(["predicted", "predicted_confidence"])
    texts = rows.artifact.table("table").column("text")
    expected = given.add_column(0, "text", texts).to_pylist()
    expected = [one for one in expected if one["predicted"] is not None]
    expected.sort(key=lambda one: one["predicted_confidence"])
    assert rows.least_sure().to_pylist() == expected[:LISTED]
    assert len(expected) > LISTED
    assert newest.least_sure().num_rows == 2  # the third has no text


def test_what_is_shown_of_a_prediction_is_read_once(
    predicted: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = [(one.counts(), one.least_sure()) for one in list_predictions(predicted)]
    for name in ("table", "rows"):
        monkeypatch.delattr(Artifact, name)
    again = [(one.counts(), one.least_sure()) for one in list_predictions(predicted)]
    assert again == shown


def test_a_file_without_any_text_has_no_counts(predicted: Project, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text('id,text\n1,\n2," "\n')
    run_step("predict", str(predicted.folder), {"file": str(empty)})
    newest = list_predictions(predicted)[0]
    assert (newest.counts(), newest.least_sure().num_rows) == ([], 0)


def test_what_is_deleted_is_gone_and_can_be_made_again(predicted: Project) -> None:
    newest, rows = list_predictions(predicted)
    before = predicted.revision
    delete_prediction(predicted, rows.key)
    assert predicted.revision != before
    again = Project.open(predicted.folder)
    assert [one.key for one in list_predictions(again)] == [newest.key]
    assert not rows.artifact.folder.exists()
    after = predicted.revision
    delete_prediction(predicted, rows.key)  # as a second click does, or another tab
    assert predicted.revision == after
    run_step("predict", str(predicted.folder), {})
    assert {one.key for one in list_predictions(again)} == {newest.key, rows.key}


def test_a_damaged_one_does_not_hide_the_others(predicted: Project) -> None:
    newest, rows = list_predictions(predicted)
    (newest.artifact.folder / "summary.json").write_text("{}")
    with pytest.raises(ArtifactDamaged):
        predicted.artifacts.open(newest.key)
    assert [one.key for one in list_predictions(predicted)] == [rows.key]
