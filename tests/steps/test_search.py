"""Searching a project: by the words of all columns, and by meaning."""

import numpy as np
import pytest

from core.explore import search_words
from core.project import Project
from core.steps import load_topics, open_map, run_step, search_all_columns
from pages.ui import map_controls
from pages.ui.scene import Search, Selection, find_words, map_hint


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
    for query, one in found.items():
        assert one["found"] == len(one["units"])
        nearest = run_step("search", str(project.folder), {"query": query, "nearest": 3})
        assert nearest == {**one, "units": one["units"][:3]}


@pytest.mark.parametrize(
    ("drawn", "found", "hint"),
    [
        (False, 3, "3 of 297 texts stand out by their meaning (cosine from 0.40): they are lit."),
        (False, 5000, "5,000 of 297 texts stand out by their meaning (cosine from 0.40): the "
         "nearest 3 are lit."),
        (True, 3, "Of the 3 texts near in meaning 3 rows are selected and lit."),
        (True, 5000, "Of the 3 nearest of 5,000 texts near in meaning 3 rows are selected and "
         "lit."),
    ],
)  # fmt: skip
def test_the_page_says_when_only_the_nearest_are_lit(
    project: Project, drawn: bool, found: int, hint: str
) -> None:
    units = np.arange(3)
    search = Search("money", units, nearest_from=0.4, found_in_all=found)
    opened, topics = open_map(project), load_topics(project)
    said = map_hint(opened, topics, Selection(units, drawn, search))
    assert said == hint.replace("297", str(len(opened.texts)))


def test_few_searches_by_meaning_are_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def ask(step: str, project: Project, query: str) -> dict[str, object]:
        asked.append(query)
        return {"units": [7, 3], "found": 2, "limit": 0.5}

    monkeypatch.setattr(map_controls, "ask", ask)
    map_controls._near.cache_clear()
    queries = [f"q{n}" for n in range(map_controls.LATEST + 1)]
    for query in [*queries, queries[-1], queries[0]]:
        found = map_controls._find_meaning(project, query)
        assert (found.units.tolist(), found.found_in_all) == ([7, 3], 2)
    assert asked == [*queries, queries[0]]
    map_controls._near.cache_clear()


@pytest.mark.parametrize("query", ["linux", "spam"])
def test_the_page_searches_all_columns_when_asked(project: Project, query: str) -> None:
    opened = open_map(project)
    texts = find_words(project, opened, query, everywhere=False).units
    everywhere = find_words(project, opened, query, everywhere=True).units
    assert texts is not None and everywhere is not None
    # Some have it in their text, others in their subject alone.
    assert 0 < len(texts) < len(everywhere)
    assert set(texts.tolist()) <= set(everywhere.tolist())
