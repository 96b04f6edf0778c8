"""Topics made an analyst's own: deleted, excluded, split, coloured, noted, measured, carried on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import InputError, NotReady, SettingInvalid
from core.project import Project
from core.steps import (
    TopicView,
    column_kinds,
    describe_units,
    edit_topics,
    label_rows,
    label_sources,
    load_topics,
    make_topic,
    map_options,
    measures_of,
    nearest_units,
    open_map,
    rows_of_units,
    rows_to_take_away,
    run_step,
    save_as_labels,
    split_topic,
)
from core.steps.topic_edits import EXCLUDED, FIRST_MADE, LEFT_OUT
from core.steps.training import labels_of_rows


@pytest.fixture
def whole(project: Project) -> Project:
    """The project with nothing left out, so that rows can be counted."""
    project.record("left_out_set", share=0.0)
    return project


def remake(project: Project, **settings: object) -> dict[str, object]:
    return run_step("map", str(project.folder), {"encoder": "instant", **settings})


def set_count(project: Project, count: int) -> None:
    project.record("topic_count_set", count=count)


@pytest.mark.parametrize(("kind", "where"), [("topic_deleted", -1), ("topic_excluded", EXCLUDED)])
def test_rows_of_a_topic_that_goes_stay_out_in_every_cut(
    whole: Project, kind: str, where: int
) -> None:
    topic = load_topics(whole).topics[1]
    units = np.flatnonzero(load_topics(whole).topic_of_unit == topic.id)
    edit_topics(whole, kind, topic=topic.id)
    for count in (6, 12, 2):
        set_count(whole, count)
        view = load_topics(whole)
        assert np.flatnonzero(view.topic_of_unit == where).tolist() == units.tolist()
        assert sum(one.rows for one in view.topics) == 299 - topic.rows
    for _ in range(4):
        whole.undo()
    assert load_topics(whole).by_id[topic.id].rows == topic.rows


@pytest.mark.parametrize("kind", ["topic_deleted", "topic_excluded"])
def test_only_the_rows_that_a_topic_shows_go_with_it(project: Project, kind: str) -> None:
    project.record("left_out_set", share=0.2)
    before = load_topics(project)
    topic = before.topics[0]
    edit_topics(project, kind, topic=topic.id)
    for share in (0.2, 0.4, 0.05, 0.2):
        project.record("left_out_set", share=share)
        view = load_topics(project)
        gone = view.deleted_rows if kind == "topic_deleted" else view.excluded_rows
        assert gone == topic.rows
    still_unsure = (before.topic_of_unit == LEFT_OUT) & (view.topic_of_unit == LEFT_OUT)
    assert still_unsure.sum() == (before.topic_of_unit == LEFT_OUT).sum()
    if kind == "topic_excluded":
        units = np.flatnonzero(view.topic_of_unit == EXCLUDED).tolist()
        edit_topics(project, "units_returned", units=units)
        assert np.array_equal(load_topics(project).topic_of_unit, before.topic_of_unit)


def test_excluded_rows_come_back(whole: Project) -> None:
    before = load_topics(whole).topic_of_unit
    edit_topics(whole, "units_excluded", units=[10, 11, 12])
    assert load_topics(whole).excluded_rows == 3
    assert load_topics(whole).left_out_rows == 0
    edit_topics(whole, "units_returned", units=[10, 11, 12])
    assert np.array_equal(load_topics(whole).topic_of_unit, before)


def test_a_merge_holds_in_finer_cuts_and_waits_in_coarser_ones(whole: Project) -> None:
    first, second, *_ = load_topics(whole).topics
    edit_topics(whole, "topics_merged", topics=[first.id, second.id])
    for count in (6, 15):
        set_count(whole, count)
        assert load_topics(whole).by_id[first.id].rows == first.rows + second.rows
    set_count(whole, 1)
    assert [topic.rows for topic in load_topics(whole).topics] == [299]


def test_splitting_a_merged_topic_gives_the_two_back_with_their_names(whole: Project) -> None:
    first, second, *_ = load_topics(whole).topics
    edit_topics(whole, "topic_renamed", topic=second.id, name="Second")
    edit_topics(whole, "topics_merged", topics=[first.id, second.id])
    split_topic(whole, first.id)
    view = load_topics(whole)
    assert view.by_id[first.id].rows == first.rows
    assert (view.by_id[second.id].rows, view.by_id[second.id].name) == (second.rows, "Second")


def test_a_made_topic_splits_and_its_parts_are_no_other_topic(whole: Project) -> None:
    make_topic(whole, np.arange(0, 120), "Mine")
    made = next(topic for topic in load_topics(whole).topics if topic.name == "Mine")
    others = {t.id: t.rows for t in load_topics(whole).topics if t.id != made.id}
    split_topic(whole, made.id)
    view = load_topics(whole)
    parts = [topic for topic in view.topics if topic.id >= FIRST_MADE]
    assert [view.by_id[one].rows for one in others] == list(others.values())
    assert len(parts) == 2
    assert sum(part.rows for part in parts) == made.rows


def test_what_has_no_subtopics_says_so_and_stays_whole(whole: Project) -> None:
    set_count(whole, open_map(whole).clusters.leaf_count)
    view = load_topics(whole)
    assert not any(topic.divisible for topic in view.topics)
    split_topic(whole, view.topics[0].id)
    assert np.array_equal(load_topics(whole).topic_of_unit, view.topic_of_unit)


def test_notes_and_colours_are_kept_and_undone(project: Project) -> None:
    topic = load_topics(project).topics[0]
    edit_topics(project, "topic_noted", topic=topic.id, note="ask the shop")
    edit_topics(project, "topic_coloured", topic=topic.id, colour="#123456")
    now = load_topics(project).by_id[topic.id]
    assert (now.note, now.colour, now.name) == ("ask the shop", "#123456", topic.name)
    project.undo()
    assert load_topics(project).by_id[topic.id].colour == topic.colour


def test_a_new_topic_has_a_colour_of_its_own_that_stays(project: Project) -> None:
    make_topic(project, np.arange(20), "Mine")
    view = load_topics(project)
    made = next(topic for topic in view.topics if topic.name == "Mine")
    assert made.colour not in {t.colour for t in view.topics if t.id != made.id}
    set_count(project, 12)
    assert load_topics(project).by_id[made.id].colour == made.colour


def test_topics_are_measured_once_for_what_they_hold(project: Project) -> None:
    assert measures_of(project, load_topics(project)) is None
    run_step("measure", str(project.folder), {})
    found = measures_of(project, load_topics(project))
    assert found is not None
    assert found.keys() == load_topics(project).by_id.keys()
    assert all(0 <= one.stability <= 1 and -1 <= one.coherence <= 1 for one in found.values())
    topic = load_topics(project).topics[0]
    edit_topics(project, "topic_renamed", topic=topic.id, name="Other name")
    assert measures_of(project, load_topics(project)) == found
    edit_topics(project, "topic_deleted", topic=topic.id)
    assert measures_of(project, load_topics(project)) is None


def test_names_notes_and_colours_go_to_the_topics_that_match(project: Project) -> None:
    before = load_topics(project)
    set_count(project, 4)
    named = [topic.id for topic in load_topics(project).topics]
    for number, topic in enumerate(named):
        edit_topics(project, "topic_renamed", topic=topic, name=f"Mine {number}")
    edit_topics(project, "topic_noted", topic=named[0], note="noted")
    edit_topics(project, "topic_coloured", topic=named[0], colour="#123456")
    edit_topics(project, "units_excluded", units=[7])
    old = load_topics(project).topic_of_unit
    made = remake(project, neighbours=12, seed=5)
    view = load_topics(project)
    names = [topic.name for topic in view.topics if topic.named]
    assert made["carried"] == len(names) >= 2
    assert set(names) | set(made["lost"]) == {f"Mine {number}" for number in range(4)}
    assert view.count == 4 != before.count
    assert view.topic_of_unit[7] == EXCLUDED
    for topic in view.topics:
        if topic.named:
            was = old == named[int(topic.name[-1])]
            now = view.topic_of_unit == topic.id
            assert (was & now).sum() / (was | now).sum() > 0.45
    first = next(topic for topic in view.topics if topic.name == "Mine 0")
    assert (first.note, first.colour) == ("noted", "#123456")
    project.undo()
    assert not any(topic.named for topic in load_topics(project).topics)


def test_a_made_topic_without_a_match_is_made_again(project: Project) -> None:
    make_topic(project, np.array([3, 90, 200]), "Scattered")
    remake(project, neighbours=12)
    made = next(topic for topic in load_topics(project).topics if topic.name == "Scattered")
    units = np.flatnonzero(load_topics(project).topic_of_unit == made.id)
    assert units.tolist() == [3, 90, 200]


def overlap(view: TopicView, units: "np.ndarray[Any, np.dtype[np.int64]]") -> float:
    """Return the largest Jaccard of some texts with a topic."""
    chosen = np.zeros(len(view.topic_of_unit), dtype=bool)
    chosen[units] = True
    masks = [view.topic_of_unit == topic.id for topic in view.topics]
    return max((mask & chosen).sum() / (mask | chosen).sum() for mask in masks)


def test_topics_merged_without_a_word_are_one_topic_on_the_next_map(whole: Project) -> None:
    set_count(whole, 12)
    first, second, *_ = load_topics(whole).topics
    edit_topics(whole, "topics_merged", topics=[first.id, second.id])
    held = np.flatnonzero(load_topics(whole).topic_of_unit == first.id)
    made = remake(whole, neighbours=12, seed=5)
    view = load_topics(whole)
    assert (made["carried"], made["lost"]) == (1, [])
    assert overlap(view, held) > 0.5
    whole.undo()
    assert overlap(load_topics(whole), held) < overlap(view, held)
    whole.redo()
    remake(whole, neighbours=10)
    assert overlap(load_topics(whole), held) > 0.5, "and on the one after"


def test_a_topic_split_without_a_word_is_split_on_the_next_map(whole: Project) -> None:
    set_count(whole, 2)
    first = load_topics(whole).topics[0]
    units = np.flatnonzero(load_topics(whole).topic_of_unit == first.id)
    split_topic(whole, first.id)
    view = load_topics(whole)
    parts = [
        units[view.topic_of_unit[units] == part] for part in np.unique(view.topic_of_unit[units])
    ]
    made = remake(whole, neighbours=12)
    assert made["carried"] == 2
    assert load_topics(whole).count == 2
    assert all(overlap(load_topics(whole), part) > 0.6 for part in parts)


def test_names_come_over_to_a_table_with_more_rows(
    project: Project, mail: Path, tmp_path: Path
) -> None:
    topic = load_topics(project).topics[0]
    edit_topics(project, "topic_renamed", topic=topic.id, name="Mine")
    more = tmp_path / "more.csv"
    more.write_text(mail.read_text() + 'x-1,2003-01-01,ham,"late","A row that came later"\n')
    run_step("ingest", str(project.folder), {"files": [str(more)], "text": "text"})
    with pytest.raises(NotReady):
        load_topics(project)
    assert remake(project)["carried"] == 1
    assert "Mine" in {topic.name for topic in load_topics(project).topics}


def test_edits_of_another_map_are_not_undone_in_this_one(project: Project) -> None:
    topic = load_topics(project).topics[0]
    edit_topics(project, "topic_renamed", topic=topic.id, name="Mine")
    remake(project, neighbours=12)
    if project.state.can_undo and project.state.can_undo.kind == "topics_carried":
        project.undo()
    assert project.state.can_undo is None


def test_the_settings_of_the_map_are_kept_in_the_project(project: Project) -> None:
    first = project.current("layout").key
    remake(project, neighbours=12, spread=0.3, engine="fast")
    assert map_options(project) | {"neighbours": 12, "engine": "fast"} == map_options(project)
    assert project.current("layout").settings["min_dist"] == 0.3
    assert project.current("clusters").settings["engine"] == "fast"
    assert project.current("layout").key != first
    again = remake(project)
    assert again["layout"] == project.current("layout").key != first


def test_an_unknown_engine_is_refused_in_words(project: Project) -> None:
    with pytest.raises(SettingInvalid, match="There is no engine slow"):
        remake(project, engine="slow")


def test_topics_saved_as_labels_stay_as_they_were(whole: Project) -> None:
    first = load_topics(whole).topics[0]
    save_as_labels(whole, "my topics")
    assert label_sources(whole)[0] == "my topics", "what a person labelled is learned first"
    edit_topics(whole, "topic_renamed", topic=first.id, name="Renamed")
    labels = labels_of_rows(whole, "my topics")
    assert labels.count(first.name) == first.rows
    assert labels[3] == ""
    trained = run_step("train", str(whole.folder), {"label": "my topics", "method": "probe"})
    assert trained["classes"] == 6


def test_rows_are_labelled_and_learned_from(project: Project) -> None:
    label_rows(project, np.arange(0, 60), "kind", "first")
    label_rows(project, np.arange(60, 120), "kind", "second")
    assert "kind" in label_sources(project)
    assert labels_of_rows(project, "kind").count("second") == 60
    project.undo()
    assert labels_of_rows(project, "kind").count("second") == 0


def test_labels_called_like_a_column_are_refused(project: Project) -> None:
    with pytest.raises(InputError, match="already"):
        label_rows(project, np.arange(3), "subject", "x")


def test_a_selection_is_described_and_taken_away(project: Project) -> None:
    view = load_topics(project)
    spam = np.array(project.table(["label"]).column(0).to_pylist()) == "spam"
    units = np.unique(view.unit_of_row[spam & (view.unit_of_row >= 0)])
    described = describe_units(project, view, units)
    assert {"spam"} <= {value.value for value in described.values}
    rows = rows_of_units(view, units)
    table = rows_to_take_away(project, rows)
    assert table.num_rows == len(rows)
    assert table.column("id").to_pylist() == [
        project.table(["id"]).column(0).to_pylist()[row] for row in rows
    ]
    assert "textlode_topic_name" in table.column_names


def test_columns_to_colour_by_leave_out_texts_and_ids(project: Project) -> None:
    kinds = column_kinds(project)
    assert {"label", "date"} <= kinds.keys()
    assert not {"text", "id"} & kinds.keys()


def test_the_nearest_texts_of_a_text_are_others(project: Project) -> None:
    near = nearest_units(project, 10)
    assert len(set(near)) == 5
    assert 10 not in near
    vectors = open_map(project).vectors
    nearness = vectors @ vectors[10]
    assert nearness[near[0]] == np.partition(nearness, -2)[-2]


def test_the_words_of_a_map_are_never_counted_to_open_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.record("language_set", language="de")
    monkeypatch.setattr("core.steps.mapping.count_terms", lambda *_: pytest.fail("counted"))
    assert len(open_map(project).terms.terms) > 100


def test_left_out_is_not_excluded(project: Project) -> None:
    project.record("left_out_set", share=0.2)
    view = load_topics(project)
    assert (view.topic_of_unit == LEFT_OUT).any()
    assert view.excluded_rows == 0
