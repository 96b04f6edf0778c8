"""The report of a project says what is in it, and nothing in a text becomes part of the page."""

import re
from pathlib import Path

import numpy as np
import pytest

from core.errors import NotReady, SettingInvalid
from core.project import Project
from core.steps import load_topics, make_topic, run_step


def write(project: Project, folder: Path, language: str = "en") -> str:
    out = folder / "sub" / "report.html"
    run_step("report", str(project.folder), {"out": str(out), "language": language})
    return out.read_text("utf-8")


def test_it_names_every_topic_with_its_rows(project: Project, tmp_path: Path) -> None:
    page = write(project, tmp_path)
    topics = load_topics(project)
    counts = [page.count(topic.name) for topic in topics.topics]
    assert min(counts) >= 1, "in the table"
    # On the map a name that would lie over another is left out.
    assert np.mean([count >= 2 for count in counts]) >= 0.8, "on the map"
    for topic in topics.topics:
        assert f'<td class="figure">{topic.rows}</td>' in page
    figures = [int(n) for n in re.findall(r'<td class="figure">(\d+)</td>', page)]
    assert sum(figures[:-1]) == figures[-1] == project.row_count
    assert "mail.csv" in page and "Word vectors, instant" in page and "seed 20260" in page


def test_it_needs_nothing_else_and_runs_nothing(project: Project, tmp_path: Path) -> None:
    clusters = project.state.current["clusters"]
    topic = load_topics(project).topics[0]
    evil = '<script>alert(1)</script><img src="http://example.org">'
    project.record("topic_renamed", clusters=clusters, topic=topic.id, name=evil)
    project.record("renamed", name=evil)
    page = write(project, tmp_path)
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<(script|img|link|iframe|object|form)", page)
    assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?http""", page)


def test_it_holds_the_model_in_use(project: Project, tmp_path: Path) -> None:
    assert "Precision" not in write(project, tmp_path)
    trained = run_step("train", str(project.folder), {"label": "label", "method": "probe"})
    page = write(project, tmp_path)
    assert f"{100 * trained['accuracy']:.1f}% of {trained['rows']['test']} test rows" in page
    assert "<bdi>spam</bdi>" in page


def test_rows_that_cleaning_left_out_are_not_said_to_have_no_text(
    project: Project, tmp_path: Path
) -> None:
    run_step("clean", str(project.folder), {"remedies": ["repeated", "markup"]})
    run_step("map", str(project.folder), {"encoder": "instant", "topics": 6})
    page = write(project, tmp_path)
    repeated, empty = (r"by cleaning: repeats a text above", r"Without a text")
    for words in (repeated, empty):
        assert re.search(words + r'</td><td class="figure">1</td>', page)
    assert "<dt>left out by cleaning</dt><dd>1</dd>" in page
    assert "<dt>without a text</dt><dd>1</dd>" in page
    assert "HTML taken out of the texts; rows left out (repeats a text above): 1</dd>" in page
    view = load_topics(project)
    inside = sum(topic.rows for topic in view.topics)
    assert f"{inside} texts fall into {len(view.topics)} topics." in page
    figures = [int(n) for n in re.findall(r'<td class="figure">(\d+)</td>', page)]
    assert sum(figures[:-1]) == figures[-1] == project.row_count
    assert "rows left out" not in write_before_cleaning(project, tmp_path)


def write_before_cleaning(project: Project, folder: Path) -> str:
    run_step("clean", str(project.folder), {"remedies": []})
    run_step("map", str(project.folder), {"encoder": "instant", "topics": 6})
    return write(project, folder)


def test_how_it_was_made_says_what_a_person_did_and_leaves_out_what_chose_itself(
    project: Project, tmp_path: Path
) -> None:
    assert "6 of at most" in write(project, tmp_path)
    make_topic(project, np.arange(20), "Mine")
    page = write(project, tmp_path)
    assert "7, after the map was cut into 6 of at most" in page
    assert "changes to names and topics: 1<" in page
    assert "epochs" not in page


def test_lines_set_aside_and_rows_that_lost_cells_are_counted(tmp_path: Path, mail: Path) -> None:
    broken = tmp_path / "broken.csv"
    lines = mail.read_text("utf-8")
    broken.write_text("made yesterday\n\n" + lines + 'x-1,2003-01-01,ham,"s","text",more\n')
    project = Project.create(tmp_path / "p", "P")
    run_step("ingest", str(project.folder), {"files": [str(broken)], "text": "text"})
    run_step("map", str(project.folder), {"encoder": "instant"})
    page = write(project, tmp_path)
    assert "<dt>Not in the table</dt><dd>lines set aside: 1; rows without their last cells" in page


def test_it_comes_in_chinese(project: Project, tmp_path: Path) -> None:
    page = write(project, tmp_path, "zh_CN")
    assert '<html lang="zh-CN">' in page
    words = re.sub(
        r"<(style|svg).*?</\1>|<blockquote.*?</blockquote>|<[^>]+>", "", page, flags=re.S
    )
    assert "主题报告" in words
    left = set(re.findall(r"\b(?:rows|topics|texts|left out|Share|Made|seed|names)\b", words))
    assert left == set()
    assert not re.search(r"[\u4e00-\u9fff] ?[,;:(]|[,;:)] ?[\u4e00-\u9fff]", words)


def test_a_project_without_a_map_is_not_ready(tmp_path: Path, mail: Path) -> None:
    project = Project.create(tmp_path / "p", "P")
    run_step("ingest", str(project.folder), {"files": [str(mail)]})
    with pytest.raises(NotReady, match="Make the map"):
        write(project, tmp_path)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"out": "r.pdf"}, "does not end in .html"),
        ({"out": "r.html", "language": "x"}, "language x"),
    ],
)
def test_wrong_settings(project: Project, settings: dict[str, str], words: str) -> None:
    with pytest.raises(SettingInvalid, match=words):
        run_step("report", str(project.folder), settings)
