"""Projects open, refuse in words, remember decisions and take them back."""

import json
from pathlib import Path

import pytest

from core.errors import ProjectProblem
from core.project import Project, Recipe


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "project", "Reviews")


def test_a_project_keeps_its_name(project: Project) -> None:
    project.record("renamed", name="评论 2026")
    assert Project.open(project.folder).name == "评论 2026"


def test_a_newer_format_is_refused_with_both_numbers(project: Project) -> None:
    path = project.folder / "project.json"
    path.write_text(json.dumps({"format": 99}))
    with pytest.raises(ProjectProblem, match=r"format 99; .* up to 1\. Open it with a newer"):
        Project.open(project.folder)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "x"}'])
def test_a_damaged_manifest_is_refused_in_words(project: Project, content: str) -> None:
    (project.folder / "project.json").write_text(content)
    with pytest.raises(ProjectProblem, match="cannot be read as a project's description"):
        Project.open(project.folder)


def test_a_folder_that_is_no_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectProblem, match="holds no Textlode project"):
        Project.open(tmp_path)


def test_a_project_is_not_made_over_other_files(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ProjectProblem, match="is not empty"):
        Project.create(tmp_path, "x")
    assert (tmp_path / "mine.txt").read_text() == "keep"


def test_labels_are_replayed_and_undone(project: Project) -> None:
    project.record("labelled", column="tone", rows=[1, 2], label="good")
    project.record("labelled", column="tone", rows=[2], label="bad")
    assert project.state.labels == {"tone": {1: "good", 2: "bad"}}
    project.undo()
    assert project.state.labels == {"tone": {1: "good", 2: "good"}}
    project.undo()
    assert project.state.labels == {}
    assert project.undo() is None
    project.redo()
    project.redo()
    assert project.state.labels == {"tone": {1: "good", 2: "bad"}}
    assert project.redo() is None


def test_a_new_decision_ends_redo(project: Project) -> None:
    project.record("labelled", column="tone", rows=[1], label="good")
    project.undo()
    project.record("labelled", column="tone", rows=[1], label="bad")
    assert project.redo() is None
    assert project.state.labels == {"tone": {1: "bad"}}


def test_a_label_can_be_taken_off(project: Project) -> None:
    project.record("labelled", column="tone", rows=[1, 2], label="good")
    project.record("labelled", column="tone", rows=[1], label=None)
    assert project.state.labels == {"tone": {2: "good"}}


def test_two_tabs_keep_both_changes(project: Project) -> None:
    other = Project.open(project.folder, by="bob")
    project.record("labelled", column="tone", rows=[1], label="good")
    other.record("labelled", column="tone", rows=[2], label="bad")
    assert project.state.labels == other.state.labels == {"tone": {1: "good", 2: "bad"}}


def test_topic_edits_belong_to_their_clusters(project: Project) -> None:
    first = project.make(Recipe("clusters", settings={"n": 1}), lambda draft, scratch: None)
    project.make_current(first)
    project.record("topic_renamed", clusters=first.key, topic=3, name="Refunds")
    second = project.make(Recipe("clusters", settings={"n": 2}), lambda draft, scratch: None)
    project.make_current(second)
    assert project.state.topic_edits == ()
    project.make_current(first)
    assert [e.values["name"] for e in project.state.topic_edits] == ["Refunds"]


def test_the_revision_is_another_after_each_decision(project: Project) -> None:
    before = project.revision
    project.record("left_out_set", share=0.1)
    assert project.revision != before
    assert project.state.left_out_share == 0.1


def test_another_table_leaves_the_map_and_the_labels_of_the_old_one(project: Project) -> None:
    for kind in ("table", "vectors", "clusters"):
        project.make_current(project.make(Recipe(kind), lambda draft, scratch: None))
    project.record("labelled", column="tone", rows=[1], label="good")
    other = project.make(Recipe("table", settings={"n": 2}), lambda draft, scratch: None)
    project.make_current(other)
    assert project.state.current == {"table": other.key}
    assert project.state.labels == {}


def test_another_text_column_leaves_the_map(project: Project) -> None:
    project.record("roles_set", roles={"text": "title"})
    project.make_current(project.make(Recipe("clusters"), lambda draft, scratch: None))
    project.record("roles_set", roles={"text": "title", "label": "tone"})
    assert "clusters" in project.state.current
    project.record("roles_set", roles={"text": "body"})
    assert "clusters" not in project.state.current
