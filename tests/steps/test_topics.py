"""A person's edits upon the tree: names, merges, splits, made topics, what is left out."""

from pathlib import Path

import numpy as np
import pytest

from core.project import Catalogue, Project, export_archive
from core.steps import kin_of, load_topics, make_topic, open_map
from core.steps.exporting import contents_of_table
from core.steps.topic_edits import FIRST_MADE, LEFT_OUT
from core.steps.topics import give_way


def edit(project: Project, kind: str, **values: object) -> None:
    project.record(kind, clusters=project.state.current["clusters"], **values)


def test_a_name_stays_with_its_topic_through_fewer_and_more(project: Project) -> None:
    topic = load_topics(project).topics[0]
    edit(project, "topic_renamed", topic=topic.id, name="Mine")
    project.record("topic_count_set", count=2)
    project.record("topic_count_set", count=6)
    assert load_topics(project).by_id[topic.id].name == "Mine"
    assert load_topics(project).by_id[topic.id].named


def test_a_project_that_is_made_again_has_nothing_of_its_first_life(
    project: Project, tmp_path: Path
) -> None:
    archive = tmp_path / "project.zip"
    export_archive(project, archive)
    catalogue = Catalogue(tmp_path / "projects")
    seen = []
    for name in ("First", "Second"):
        opened = catalogue.import_archive(archive, "Sample", "sample")
        before = load_topics(opened).topics
        edit(opened, "topic_renamed", topic=before[0].id, name=name)
        seen.append((load_topics(opened).topics[0].name, contents_of_table(opened)))
        catalogue.delete("sample")
    assert [name for name, _ in seen] == ["First", "Second"]
    assert seen[0][1] != seen[1][1]


def test_a_colour_stays_with_its_topic_when_others_split(project: Project) -> None:
    before = {topic.id: topic.colour for topic in load_topics(project).topics}
    project.record("topic_count_set", count=8)
    after = {topic.id: topic.colour for topic in load_topics(project).topics}
    assert before.keys() & after.keys()
    assert all(before[node] == after[node] for node in before.keys() & after.keys())


def test_merged_topics_are_one_and_undo_parts_them(project: Project) -> None:
    project.record("left_out_set", share=0.0)
    first, second, *_ = load_topics(project).topics
    edit(project, "topics_merged", topics=[first.id, second.id])
    merged = load_topics(project)
    assert len(merged.topics) == 5
    assert merged.by_id[first.id].rows == first.rows + second.rows
    project.undo()
    assert len(load_topics(project).topics) == 6


def test_a_topic_opens_into_the_two_it_was_made_of(project: Project) -> None:
    project.record("left_out_set", share=0.0)
    topic = next(
        t for t in load_topics(project).topics if open_map(project).clusters.children(t.id)
    )
    edit(project, "topic_split", topic=topic.id)
    view = load_topics(project)
    children = open_map(project).clusters.children(topic.id)
    assert topic.id not in view.by_id
    assert sum(view.by_id[child].rows for child in children) == topic.rows


def test_the_kin_of_a_topic_are_what_it_is_one_with_when_there_are_fewer(project: Project) -> None:
    project.record("left_out_set", share=0.0)
    project.record("topic_count_set", count=6)
    for topic in (before := load_topics(project)).topics:
        project.record("topic_count_set", count=6)
        kin = {topic.id, *(one.id for one in kin_of(project, before, topic.id))}
        assert len(kin) > 1
        held = np.isin(before.topic_of_unit, list(kin))
        for count in range(5, 0, -1):
            project.record("topic_count_set", count=count)
            fewer = load_topics(project).topic_of_unit
            whole = fewer == fewer[before.topic_of_unit == topic.id][0]
            if whole.sum() > (before.topic_of_unit == topic.id).sum():
                break
        assert np.array_equal(whole, held)


def test_the_last_topic_and_one_that_was_drawn_have_no_kin(project: Project) -> None:
    made = make_topic(project, np.arange(20), "Mine")
    view = load_topics(project)
    drawn = next(topic.id for topic in view.topics if topic.name == "Mine")
    assert made.values["name"] == "Mine" and kin_of(project, view, drawn) == ()
    project.undo()
    project.record("topic_count_set", count=1)
    view = load_topics(project)
    assert [kin_of(project, view, topic.id) for topic in view.topics] == [()]


def test_opening_a_leaf_changes_nothing(project: Project) -> None:
    before = load_topics(project)
    edit(project, "topic_split", topic=0)
    assert np.array_equal(load_topics(project).topic_of_unit, before.topic_of_unit)


def test_a_made_topic_holds_just_what_was_selected(project: Project) -> None:
    edit(project, "topic_made", units=[1, 2, 30], name="Selected")
    view = load_topics(project)
    made = next(topic for topic in view.topics if topic.name == "Selected")
    assert np.flatnonzero(view.topic_of_unit == made.id).tolist() == [1, 2, 30]


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.2, 40, 80)])
def test_as_many_are_left_out_as_was_asked(
    project: Project, share: float, low: int, high: int
) -> None:
    project.record("left_out_set", share=share)
    view = load_topics(project)
    assert low <= view.left_out_rows <= high
    left_out = view.topic_of_unit == LEFT_OUT
    if left_out.any():
        assert view.confidence[left_out].max() <= view.confidence[~left_out].min() + 1e-6


def test_making_a_topic_leaves_the_names_of_the_others(project: Project) -> None:
    before = {topic.id: topic.name for topic in load_topics(project).topics}
    edit(project, "topic_made", units=list(range(0, 60)), name="Selected")
    after = {topic.id: topic.name for topic in load_topics(project).topics}
    assert all(after[node] == name for node, name in before.items() if node in after)


def test_no_topic_has_a_colour_that_another_brought_along() -> None:
    own = {10: 0, 11: 1, 12: 2, 13: 3}
    assert give_way(own, {}) == own
    assert give_way(own, {10: 2, 11: 0}) == {10: 2, 11: 0, 12: 1, 13: 3}
    assert give_way(own, {10: "#123456"}) == {10: "#123456", 11: 1, 12: 2, 13: 3}
    assert give_way(own, {10: 1, FIRST_MADE: 2}) == {10: 1, FIRST_MADE: 2, 11: 0, 12: 2, 13: 3}
