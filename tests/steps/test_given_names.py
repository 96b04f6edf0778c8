"""Names that were given at one number of topics, seen at another."""

import numpy as np

from core.explore import Clusters
from core.project import Event, Project
from core.steps import edit_topics, load_topics
from core.steps.given_names import GivenNames, names_from_other_levels
from core.steps.topic_edits import apply_edits

# Leaves 0..3 of 10, 90, 60 and 40 units; 4 = 0 + 1, 5 = 2 + 3, 6 = all.
CLUSTERS = Clusters(
    np.repeat(np.arange(4, dtype=np.int32), [10, 90, 60, 40]),
    np.ones(200, dtype=np.float32),
    np.array([[0, 1, 1.0, 100], [2, 3, 2.0, 100], [4, 5, 3.0, 200]]),
)


def given(count: int, *edits: tuple[str, dict]) -> GivenNames:
    events = tuple(
        Event(number, "2026-11-28T00:00:00Z", "", kind, values)
        for number, (kind, values) in enumerate(edits, 1)
    )
    edited = apply_edits(CLUSTERS, count, 0.0, events)
    return names_from_other_levels(CLUSTERS, edited, count, events, np.ones(200))


def named(topic: int, name: str) -> tuple[str, dict]:
    return "topic_renamed", {"topic": topic, "name": name}


def test_a_topic_of_mostly_the_same_rows_keeps_a_name_in_a_coarser_and_in_a_finer_cut() -> None:
    assert given(2, named(1, "Refunds")).kept == {4: "Refunds"}
    assert given(4, named(4, "Refunds")).kept == {1: "Refunds"}
    assert given(2, named(1, "Refunds")).hidden == ()


def test_a_topic_of_several_named_ones_tells_what_it_holds_and_where_they_are() -> None:
    found = given(2, named(2, "Late"), named(3, "Lost"), named(4, "Mine"))
    assert found.kept == {}
    assert found.held == {5: ("Late", "Lost")}
    assert found.hidden == ("Late", "Lost")
    assert found.level == 3


def test_a_small_named_part_is_told_of_and_does_not_name_the_whole() -> None:
    found = given(2, named(0, "Few"))
    assert (found.kept, found.held) == ({}, {4: ("Few",)})
    assert found.level == 4


def test_a_name_of_the_topic_itself_comes_first() -> None:
    found = given(2, named(1, "Part"), named(4, "Whole"))
    assert found.kept == {}
    assert found.held == {4: ("Part",)}


def test_what_was_merged_away_by_hand_is_not_called_hidden() -> None:
    merged = ("topics_merged", {"topics": [2, 3]})
    assert given(3, named(2, "Late"), named(3, "Lost"), merged).hidden == ()
    assert given(2, named(2, "Late"), named(3, "Lost"), merged).kept == {5: "Late"}


def test_nothing_given_and_one_topic_of_all() -> None:
    assert given(2) == GivenNames()
    found = given(1, named(4, "A"), named(5, "B"))
    assert found.held == {6: ("A", "B")}
    assert found.level == 2


def test_names_come_back_with_the_number_of_topics(project: Project) -> None:
    project.record("topic_count_set", count=6)
    for number, topic in enumerate(load_topics(project).topics):
        edit_topics(project, "topic_renamed", topic=topic.id, name=f"Mine {number}")
    project.record("topic_count_set", count=2)
    view = load_topics(project)
    seen = {topic.name for topic in view.topics if topic.named}
    every = {f"Mine {number}" for number in range(6)}
    assert every - seen == set(view.hidden_names)
    assert {name for topic in view.topics for name in topic.holds} <= set(view.hidden_names)
    assert view.hidden_names and view.count_of_hidden == 6
    project.record("topic_count_set", count=view.count_of_hidden)
    back = load_topics(project)
    assert {topic.name for topic in back.topics} == every and not back.hidden_names
