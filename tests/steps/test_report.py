"""The report of a project says what is in it, and nothing in a text becomes part of the page."""

import re
from pathlib import Path

import pytest

from core.errors import NotReady, SettingInvalid
from core.project import Project
from core.steps import load_topics, run_step


def write(project: Project, folder: Path, language: str = "en") -> str:
    out = folder / "sub" / "report.html"
    run_step("report", str(project.folder), {"out": str(out), "language": language})
    return out.read_text("utf-8")


def test_it_names_every_topic_with_its_rows(project: Project, tmp_path: Path) -> None:
    page = write(project, tmp_path)
    topics = load_topics(project)
    for topic in topics.topics:
        assert page.count(topic.name) >= 2, "in the table and on the map"
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


def test_it_comes_in_chinese(project: Project, tmp_path: Path) -> None:
    page = write(project, tmp_path, "zh_CN")
    assert '<html lang="zh-CN">' in page
    words = re.sub(
        r"<(style|svg).*?</\1>|<blockquote.*?</blockquote>|<[^>]+>", "", page, flags=re.S
    )
    assert "主题报告" in words
    left = set(re.findall(r"\b(?:rows|topics|texts|left out|Share|Made|seed|names)\b", words))
    assert left == set()


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
