"""The Export page: what it offers, what it says of the file, and what the links lead to."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from core.project import Project
from core.steps import edit_topics, load_topics, run_step
from pages.ui.attachments import routes
from pages.ui.jobs import job_store
from tests.conftest import PROJECT

OpenPage = Callable[..., AppTest]


def links(app: AppTest) -> dict[str, str]:
    return {link.proto.label: link.proto.url for link in app.get("link_button")}


def fetch(app: AppTest, label: str) -> bytes:
    with TestClient(Starlette(routes=list(routes()))) as client:
        answer = client.get(links(app)[label])
    assert answer.status_code == 200
    return answer.content


def finish(project: Project, step: str) -> None:
    """Wait for the newest job of a step."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        job = next(iter(job_store().list(project=str(project.folder), limit=1, steps=(step,))))
        if job.is_over:
            assert job.error is None, job.error
            return
        time.sleep(0.2)
    raise AssertionError(f"{step} did not end")


def test_each_format_is_offered_and_explained(open_page: OpenPage, project: Project) -> None:
    app = open_page("export", PROJECT)
    titles = app.selectbox[0].options
    assert titles == [
        "CSV", "CSV for Excel", "CSV as your file was", "Excel (XLSX)", "Parquet", "JSON Lines",
    ]  # fmt: skip
    said = " ".join(one.value for one in app.markdown)
    assert "`textlode_topic_name` the topic's name" in said
    app.selectbox[0].select("csv-source").run()
    assert any("Encoding UTF-8, values separated by ," in one.value for one in app.caption)


def test_the_file_is_made_once_and_offered_from_then_on(
    open_page: OpenPage, project: Project
) -> None:
    app = open_page("export", PROJECT)
    next(one for one in app.button if one.label == "Make the file").click().run()
    finish(project, "export")
    app.run()
    label = "Download Mail-labelled.csv"
    address = links(app)[label]
    assert fetch(app, label).decode().startswith("id,")
    assert any("were made harmless: 1." in one.value for one in app.caption)
    assert not any("has changed since" in one.value for one in app.caption)
    app.run()
    assert links(app)[label] == address
    project.record("made_current", artifact="explanation", key="explanation-1")
    app.run()
    assert not any("has changed since" in one.value for one in app.caption)
    project.record("labelled", column="x", rows=[0], label="y")
    app.run()
    assert any("has changed since" in one.value for one in app.caption)


def make(app: AppTest, project: Project, choice: str) -> None:
    app.selectbox[0].select(choice).run()
    next(one for one in app.button if one.label == "Make the file").click().run()
    finish(project, "export")
    app.run()


def test_each_kind_of_csv_has_a_name_of_its_own(open_page: OpenPage, project: Project) -> None:
    app = open_page("export", PROJECT)
    for choice in ("csv-plain", "csv-excel", "csv-source", "xlsx-plain"):
        make(app, project, choice)
    downloads = {label.removeprefix("Download ") for label in links(app) if "labelled" in label}
    assert downloads == {
        "Mail-labelled.csv",
        "Mail-labelled-for-Excel.csv",
        "Mail-labelled-as-your-file.csv",
        "Mail-labelled.xlsx",
    }
    said = " ".join(one.value for one in app.caption)
    assert "CSV for Excel, separated by commas" in said
    assert "Numbers and dates for Excel: date." in said
    assert "as they were written: id." in said


def test_the_separator_for_excel_is_proposed_with_its_reason_and_can_be_chosen(
    open_page: OpenPage, project: Project
) -> None:
    app = open_page("export", PROJECT)
    assert not app.radio
    app.selectbox[0].select("csv-excel").run()
    assert app.radio[0].options == ["commas", "semicolons"] and app.radio[0].value == "comma"
    assert any("Proposed here: commas" in one.value for one in app.caption)
    app.radio[0].set_value("semicolon").run()
    next(one for one in app.button if one.label == "Make the file").click().run()
    finish(project, "export")
    app.run()
    assert fetch(app, "Download Mail-labelled-for-Excel.csv").decode("utf-8-sig").startswith("id;")


def test_rows_that_repeat_others_are_counted_beside_the_file(
    open_page: OpenPage, project: Project
) -> None:
    run_step("clean", str(project.folder), {"remedies": ["repeated"]})
    run_step("map", str(project.folder), {"encoder": "instant", "topics": 6})
    app = open_page("export", PROJECT)
    assert "`textlode_repeats_row` the row whose text" in " ".join(o.value for o in app.markdown)
    make(app, project, "parquet-plain")
    assert any("of another and have its topic: 1." in one.value for one in app.caption)


def test_a_report_is_old_once_what_it_tells_of_has_changed(
    open_page: OpenPage, project: Project
) -> None:
    app = open_page("export", PROJECT)
    next(one for one in app.button if one.label == "Write the report").click().run()
    finish(project, "report")
    project.record("labelled", column="x", rows=[0], label="y")
    app.run()
    assert not any("has changed since" in one.value for one in app.caption)
    topic = load_topics(project).topics[0]
    edit_topics(project, "topic_noted", topic=topic.id, note="ask")
    app.run()
    assert any("has changed since" in one.value for one in app.caption)
    project.undo()
    app.run()
    assert not any("has changed since" in one.value for one in app.caption)


def test_the_report_is_written_in_the_language_of_the_page(
    open_page: OpenPage, project: Project
) -> None:
    app = open_page("export", PROJECT, language="zh_CN")
    next(one for one in app.button if one.label == "撰写报告").click().run()
    finish(project, "report")
    app.run()
    assert "主题报告" in fetch(app, "打开报告").decode()


def test_map_and_project_are_made_when_they_are_fetched(
    open_page: OpenPage, project: Project
) -> None:
    run_step("train", str(project.folder), {"label": "label", "method": "probe"})
    app = open_page("export", PROJECT)
    page = fetch(app, "Download the map as a web page").decode()
    assert all(json.dumps(topic.name)[1:-1] in page for topic in load_topics(project).topics)
    assert b"<svg" in fetch(app, "Download the map as a picture (SVG)")
    packed = zipfile.ZipFile(io.BytesIO(fetch(app, "Download the project")))
    assert "project.json" in packed.namelist()
    model = zipfile.ZipFile(io.BytesIO(fetch(app, "Download the model label")))
    assert "classes.json" in model.namelist()


def test_more_rows_than_excel_has_are_refused_before_the_work(
    open_page: OpenPage, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.exports.XLSX_ROWS", 300)
    app = open_page("export", PROJECT)
    app.selectbox[0].select("xlsx-plain").run()
    assert "A sheet of Excel holds 299 rows; this table has 300" in app.warning[0].value
    assert next(one for one in app.button if one.label == "Make the file").disabled


def test_a_table_without_a_map_can_be_exported(
    open_page: OpenPage, mail: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / "projects" / "bare-0001"
    Project.create(folder, "Bare")
    run_step("ingest", str(folder), {"files": [str(mail)]})
    app = open_page("export", "bare-0001")
    assert not app.exception
    assert [one.value for one in app.subheader] == ["The table", "Models", "The whole project"]
