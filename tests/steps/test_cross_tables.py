"""Topics by the columns of a project, whatever a person does to them."""

import gc
import re
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import ColumnMissing
from core.project import Project
from core.steps import (
    choose_column,
    column_kinds,
    edit_topics,
    first_column,
    load_topics,
    run_step,
    telling_column,
    topics_by_column,
)
from core.steps.cross_tables import _counted, _groups


def test_every_row_is_in_the_table_once(project: Project) -> None:
    view = load_topics(project)
    for column in project.column_names:
        found = topics_by_column(project, view, column)
        assert found.table.total == project.row_count == 300
        topics = found.table.in_rows[: len(view.topics), 0].tolist()
        assert topics == [topic.rows for topic in view.topics]
        width = len(found.values) + len(found.rest)
        assert found.table.counts.shape == (len(view.topics) + 1, width)


def test_the_counts_are_those_of_the_rows(project: Project) -> None:
    view = load_topics(project)
    found = topics_by_column(project, view, "label")
    labels = np.array(project.table(["label"]).column(0).to_pylist())
    for row, topic in enumerate(view.topics):
        for column, value in enumerate(found.values):
            both = (view.topic_of_row == topic.id) & (labels == value)
            assert found.table.counts[row, column] == both.sum()
    assert set(found.values) == {"ham", "spam"} and found.rest == ()
    assert found.association > 0.3, "mail and spam are about other things"


def test_a_new_name_counts_nothing_anew_and_a_merge_does(project: Project) -> None:
    view = load_topics(project)
    before = topics_by_column(project, view, "label")
    edit_topics(project, "topic_renamed", topic=view.topics[0].id, name="Mine")
    renamed = topics_by_column(project, load_topics(project), "label")
    assert renamed.topics[0] == "Mine" and renamed.table is before.table
    merged = [view.topics[0].id, view.topics[1].id]
    edit_topics(project, "topics_merged", topics=merged)
    after = topics_by_column(project, load_topics(project), "label")
    expected = before.table.counts[:2].sum(axis=0)
    assert (after.table.counts == expected).all(axis=1).any()
    assert after.table.total == before.table.total


def test_excluded_rows_are_in_no_topic(project: Project) -> None:
    view = load_topics(project)
    before = topics_by_column(project, view, "label").table.counts
    edit_topics(project, "topic_excluded", topic=view.topics[0].id)
    after = topics_by_column(project, load_topics(project), "label").table.counts
    assert (after[-1] == before[-1] + before[0]).all()


def test_a_column_is_read_once(project: Project) -> None:
    view = load_topics(project)
    _groups.cache_clear()
    _counted.cache_clear()
    for _ in range(3):
        topics_by_column(project, view, "date")
    assert (_groups.cache_info().misses, _counted.cache_info().misses) == (1, 1)


def test_no_view_is_kept_for_what_was_counted(project: Project) -> None:
    _counted.cache_clear()
    view = replace(load_topics(project))
    kept = weakref.ref(view)
    before = topics_by_column(project, view, "label")
    del view
    gc.collect()
    assert kept() is None
    assert topics_by_column(project, load_topics(project), "label").table is before.table


def test_equal_topics_of_another_map_are_counted_anew(tmp_path: Path) -> None:
    """Two texts in each map, and each time one of them in the first row: but of other rows."""
    file = tmp_path / "two.csv"
    file.write_text(
        "one,two,channel\n"
        "same words here,one text here,web\n"
        "same words here,,shop\n"
        "other words here,other text here,shop\n"
    )
    project = Project.create(tmp_path / "p", "P")
    counts, prints = [], []
    for text in ("one", "two"):
        run_step("ingest", str(project.folder), {"files": [str(file)], "text": text})
        run_step("map", str(project.folder), {"encoder": "instant"})
        view = load_topics(project)
        prints.append(view.fingerprint)
        counts.append(topics_by_column(project, view, "channel").table.counts.tolist())
        assert sum(counts[-1][0]) == view.topics[0].rows
    assert prints[0] == prints[1] and counts[0] != counts[1]


def test_the_first_column_says_much_until_one_is_chosen(project: Project) -> None:
    view = load_topics(project)
    assert set(column_kinds(project)) == {"date", "label"}
    assert first_column(project, view) == telling_column(project, view) == "label"
    choose_column(project, "date")
    revision = project.revision
    choose_column(project, "date")
    assert project.revision == revision
    assert first_column(project, view) == telling_column(project, view) == "date"
    assert Project.open(project.folder).state.can_undo is None


def test_a_column_that_is_not_there(project: Project) -> None:
    with pytest.raises(ColumnMissing, match="no column nothing"):
        topics_by_column(project, load_topics(project), "nothing")


def test_few_rows_with_nothing_to_say(tmp_path: Path) -> None:
    file = tmp_path / "few.csv"
    file.write_text(
        "text,channel,note\nNever arrived at all,web,\nWorks quite well,shop,\nNot my size,web,\n"
    )
    project = Project.create(tmp_path / "p", "P")
    run_step("ingest", str(project.folder), {"files": [str(file)], "text": "text"})
    run_step("map", str(project.folder), {"encoder": "instant"})
    view = load_topics(project)
    found = topics_by_column(project, view, "channel")
    assert found.values == ("web", "shop") and found.table.total == 3
    assert telling_column(project, view) == ""
    empty = topics_by_column(project, view, "note")
    assert (empty.values, empty.rest) == ((), ("no value",))
    each = topics_by_column(project, view, "text")
    assert len(each.values) == 3 and not each.table.standing.any()
    run_step("report", str(project.folder), {"out": str(tmp_path / "r.html")})
    assert "by-column" not in (tmp_path / "r.html").read_text("utf-8")


def test_the_report_has_the_column_asked_for_the_chosen_one_or_the_most_telling(
    project: Project, tmp_path: Path
) -> None:
    def title(**settings: str) -> str:
        out = tmp_path / "r.html"
        run_step("report", str(project.folder), {"out": str(out), **settings})
        return re.search(r"<h2>(Topics by .*?)</h2>", out.read_text("utf-8"))[1]

    assert title() == "Topics by label"
    choose_column(project, "date")
    assert title() == "Topics by date"
    page = (tmp_path / "r.html").read_text("utf-8")
    assert re.search(r"<h3>Topics by label</h3>\s*<p>.* times as frequent in .*</p>", page)
    assert "<h3>Topics by date</h3>" not in page
    assert title(by="subject") == "Topics by subject"
    with pytest.raises(ColumnMissing):
        title(by="nothing")
