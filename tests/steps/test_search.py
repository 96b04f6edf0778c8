"""Searching a project: by the words of all columns, and by meaning."""

import numpy as np
import pytest

from core.explore import search_words
from core.project import Project
from core.steps import open_map, run_step, search_all_columns


def test_words_in_other_columns_find_the_texts_of_their_rows(project: Project) -> None:
    opened = open_map(project)
    subjects = project.table(["subject"]).column(0)
    rows = np.flatnonzero(search_words(subjects, "spam") & (opened.unit_of_row >= 0))
    in_texts = np.flatnonzero(search_words(opened.texts.column, "spam"))
    both = np.union1d(opened.unit_of_row[rows], in_texts)
    found = search_all_columns(project, opened, "spam")
    # The column of labels says "spam" as well.
    labelled = np.flatnonzero(search_words(project.table(["label"]).column(0), "spam"))
    both = np.union1d(both, opened.unit_of_row[labelled])
    assert found.tolist() == both[both >= 0].tolist()
    assert len(found) > len(in_texts)


def test_parts_of_a_query_may_stand_in_different_columns(project: Project) -> None:
    opened = open_map(project)
    row = 42
    cells = project.current("table").row("table", row)
    word = max(cells["text"].split(), key=lambda one: (one.isalpha(), len(one)))
    query = f'"{cells["id"]}" "{word}" "{cells["label"]}"'
    assert search_all_columns(project, opened, query).tolist() == [opened.unit_of_row[row]]
    assert search_all_columns(project, opened, query + " nowhereatall").tolist() == []
    assert search_all_columns(project, opened, '""').tolist() == []


def test_the_number_found_by_meaning_follows_the_nearness(project: Project) -> None:
    found = {
        query: run_step("search", str(project.folder), {"query": query})
        for query in ("free money from home", "linux kernel patch")
    }
    counts = [len(one["units"]) for one in found.values()]
    assert counts[0] != counts[1]
    assert all(0 < count < len(open_map(project).texts) / 2 for count in counts)
    for one in found.values():
        assert one["nearness"] == sorted(one["nearness"], reverse=True)
        assert one["nearness"][-1] >= one["limit"] - 1e-4


@pytest.mark.parametrize("query", ["linux", "spam"])
def test_the_page_searches_all_columns_when_asked(project: Project, query: str) -> None:
    from pages.ui.scene import find_words

    opened = open_map(project)
    texts = find_words(project, opened, query, everywhere=False).units
    everywhere = find_words(project, opened, query, everywhere=True).units
    assert texts is not None and everywhere is not None
    # Some have it in their text, others in their subject alone.
    assert 0 < len(texts) < len(everywhere)
    assert set(texts.tolist()) <= set(everywhere.tolist())
