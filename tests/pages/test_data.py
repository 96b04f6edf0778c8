"""The Data page: findings with their switches, the columns in figures, roles, a wish to reread."""

import json
import time
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.i18n import translate
from core.project import Catalogue, Project
from core.settings import Settings
from core.steps import CleanSettings, run_step, set_cleaning
from pages.ui.columns import titles_in
from pages.ui.jobs import job_store, submit
from tests.conftest import PROJECT
from tests.pages.conftest import OpenPage


@pytest.fixture
def found(project: Project) -> Project:
    """A project whose texts have been looked at."""
    run_step("findings", str(project.folder), {})
    return project


def words(app: AppTest) -> str:
    kinds = (app.title, app.markdown, app.caption, app.info, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def switch(app: AppTest, start: str) -> object:
    return next(one for one in app.toggle if one.label.startswith(start))


def test_a_finding_is_switched_on_and_taken_back(open_page: OpenPage, found: Project) -> None:
    app = open_page("data", PROJECT)
    assert "**299 of 300 rows** go to the map. Not on it: no text 1." in words(app)
    switch(app, "Leave out rows that repeat").set_value(True).run()
    assert found.state.cleaning == ("repeated",)
    assert "**298 of 300 rows** go to the map" in words(app)
    assert "The map was made before this was switched" in words(app)
    app.button(key="undo").click().run()
    assert found.state.cleaning == ()
    assert not switch(app, "Leave out rows that repeat").value
    assert "made before" not in words(app)


def test_the_texts_are_looked_at_outside_the_page(
    open_page: OpenPage, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawing submits a job; neither the texts nor the whole table are read for it."""
    asked: list[str] = []
    monkeypatch.setattr("pages.ui.findings.submit", lambda step, *_, **__: asked.append(step))
    monkeypatch.setattr(Project, "table", lambda *_, **__: pytest.fail("read the whole table"))
    app = open_page("data", PROJECT)
    assert not app.exception
    assert asked == ["findings"]


def test_roles_are_changed_and_the_language_with_them(
    open_page: OpenPage, found: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_step("findings", str(found.folder), {"column": "subject"})
    app = open_page("data", PROJECT)
    next(box for box in app.selectbox if box.label == "Text").select("subject").run()
    assert not app.exception
    assert found.state.roles["text"] == "subject"
    assert found.state.language == "en"
    assert "There is no map" not in words(app)


def test_without_a_text_column_one_is_asked_for(open_page: OpenPage, found: Project) -> None:
    found.record("roles_set", roles={})
    app = open_page("data", PROJECT)
    assert not app.exception
    assert "Choose the column that holds the texts." in words(app)
    assert not [button for button in app.button if button.label == "Make the map"]


def test_the_profile_says_what_each_column_holds(open_page: OpenPage, found: Project) -> None:
    frames = [one.value for one in open_page("data", PROJECT).dataframe]
    profile = next(frame for frame in frames if "chart" in frame)
    line = profile.set_index("name").loc["text"]
    assert (line["type"], line["missing"], line["languages"]) == ("text", "0.3%", "English 100%")
    assert sum(line["chart"]) == 299


def read(home: Path, file: Path, **settings: object) -> Project:
    """A project of one file, whose texts have been looked at."""
    project = Catalogue(home / "projects").create(file.stem)
    run_step("ingest", str(project.folder), {"files": [str(file)], **settings})
    run_step("findings", str(project.folder), {})
    return project


def test_what_is_odd_about_a_file_is_said(open_page: OpenPage, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    lines = [f"{n};letter {n} came much too late;{n % 3}" for n in range(20)]
    lines[4] = "4;a cell is missing here"
    lines[7] += ";one;more"
    path.write_text("Complaints;;\n\nid;text;stars\n" + "\n".join(lines))
    app = open_page("data", read(home, path).id)
    assert "rows with too few cells: 1, rows with too many cells: 1" in words(app)
    labels = [one.label for one in app.expander]
    assert "Lines above and below the table: 1" in labels
    assert "Lines set aside, or without their last cells: 1" in labels
    assert "Rows with too few cells: 1" in labels
    assert "They stand in the file in line: 8" in words(app)


def test_reasons_and_odd_bytes_are_said_in_the_language_of_the_reader(
    open_page: OpenPage, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "odd.csv"
    lines = [f"{n};Brief {n} kam später, schön wär's;{n % 3}" for n in range(20)]
    lines[7] += ";one;more"
    path.write_bytes("\n".join(["id;text;stars", *lines]).encode("cp1252"))
    project = read(home, path, reading={"encoding": "utf-8"})
    app = open_page("data", project.id, language="zh_CN")
    assert "不是 UTF-8 的字节：60 个，已按 Windows-1252 读取。" in words(app)
    rejects = next(one.value for one in app.dataframe if "reason" in one.value)
    assert rejects["reason"][0].startswith("该行已在表中")
    assert "Bytes that are not UTF-8: 60." in words(open_page("data", project.id)).replace("\\", "")


def test_one_column_has_no_delimiter(open_page: OpenPage, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text("text\n" + "".join(f"letter {n} came too late\n" for n in range(20)))
    said = words(open_page("data", read(home, path).id))
    assert "**20 rows, 1 column, UTF-8, names in line 1**" in said
    assert "not certain" not in said


def test_made_up_names_are_said_in_the_language_of_the_reader(
    open_page: OpenPage, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "nameless.csv"
    path.write_text("".join(f"{n},letter {n} came much too late,{n % 3}\n" for n in range(20)))
    project = read(home, path)
    app = open_page("data", project.id, language="zh_CN")
    box = next(one for one in app.selectbox if one.label == "文本")
    assert (box.options[:3], box.value) == (["第 1 列", "第 2 列", "第 3 列"], "column 2")
    frames = [list(one.value.columns) for one in app.dataframe]
    assert ["第 1 列", "第 2 列", "第 3 列"] in frames
    profile = next(one.value for one in app.dataframe if "chart" in one.value)
    assert profile["name"].tolist() == ["第 1 列", "第 2 列", "第 3 列"]
    assert project.column_names == ["column 1", "column 2", "column 3"]
    assert "column 1" in next(one for one in open_page("data", project.id).selectbox).options


def test_a_name_that_a_file_has_is_never_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.columns._", partial(translate, language="zh_CN"))
    title_of = titles_in({"names": ["column 1", "", "b", ""]})
    names = ("column 1", "column 2", "b", "column 4_2")
    assert [title_of(name) for name in names] == ["column 1", "第 2 列", "b", "第 4 列_2"]
    title_of = titles_in({"names": ["第 2 列", "", "x"]})
    assert [title_of(name) for name in ("第 2 列", "column 2", "x")] == ["第 2 列", "column 2", "x"]


def test_what_a_workbook_does_not_show_is_said(
    open_page: OpenPage, home: Path, tmp_path: Path
) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["id", "text"])
    book.active.append([1, "the only visible letter"])
    sheet = book.create_sheet("Lists")
    sheet.sheet_state = "hidden"
    sheet.append(["id", "text", "twice"])
    for n in range(2, 22):
        sheet.append([n, f"letter {n} came much too late", f"=A{n}*2"])
    sheet.merge_cells("B3:B5")
    book.save(tmp_path / "letters.xlsx")
    project = read(home, tmp_path / "letters.xlsx", reading={"table": "Lists"})
    app = open_page("data", project.id)
    assert r"sheet Lists \(hidden\)" in words(app)
    assert r"Merged cells in the table: 1 (B3\:B5)." in words(app)
    assert "Formulas that were never calculated: 20 (C2, C3, C4, C5, C6, …)." in words(app)
    assert "20 个公式从未计算过" in words(open_page("data", project.id, language="zh_CN"))


def test_chinese_sentences_have_chinese_stops(open_page: OpenPage, found: Project) -> None:
    said = words(open_page("data", PROJECT, language="zh_CN"))
    facts = next(line for line in said.splitlines() if "最长的文本" in line)
    assert "。" in facts
    assert ". " not in facts


def test_a_row_without_a_text_has_an_empty_cell(open_page: OpenPage, found: Project) -> None:
    set_cleaning(found, CleanSettings(("repeated",)))
    run_step("map", str(found.folder), {"encoder": "instant", "topics": 6})
    app = open_page("data", PROJECT)
    left_out = next(one.value for one in app.dataframe if "reason" in one.value)
    assert None not in left_out["text"].tolist()
    assert "" in left_out["text"].tolist()


def test_a_group_names_its_rows(open_page: OpenPage, found: Project) -> None:
    said = words(open_page("data", PROJECT))
    assert "**2 rows**: 5, 6" in said
    assert "The first row of each group stays." in said


def test_one_row_is_said_in_the_singular(open_page: OpenPage, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "row.csv"
    path.write_text("id,text\n1,The only letter that came today\n")
    one = Catalogue(home / "projects").create("One")
    run_step("ingest", str(one.folder), {"files": [str(path)], "text": "text"})
    run_step("findings", str(one.folder), {})
    said = words(open_page("data", one.id))
    assert "**1 row, 2 columns" in said
    assert "1 rows" not in said


def test_each_encoder_says_what_it_takes_here(open_page: OpenPage, project: Project) -> None:
    texts = project.current("table").json("profile")["columns"]
    characters = next(c["mean_length"] * c["distinct"] for c in texts if c["name"] == "text")
    paces = Settings.from_environment().vectors_folder / "pace.json"
    paces.write_text(json.dumps({"minilm": characters / 180}))
    app = open_page("data", PROJECT)
    minilm, multilingual, _ = app.radio(key=f"encoder-{project.id}").proto.captions
    assert "90 MB; about 3 min for these texts. Reads English." in minilm
    assert "Chinese" in multilingual
    assert "it has not run on this machine yet" in multilingual


@pytest.mark.parametrize(
    ("name", "content", "offered"),
    [
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, False),
        ("page.csv", b"<!doctype html><html><body>x</body></html>", False),
        ("broken.json", b'[{"a": 1}, {"a"', False),
        ("noise.csv", bytes(range(1, 32)) * 200, True),
    ],
)
def test_another_reading_is_offered_only_where_it_can_help(
    open_page: OpenPage, home: Path, name: str, content: bytes, offered: bool
) -> None:
    path = home / name
    path.write_bytes(content)
    opened = Catalogue(home / "projects").create("Odd")
    job = submit("ingest", opened, files=[str(path)])
    while not job_store().get(job.id).is_over:
        time.sleep(0.05)
    app = open_page("data", opened.id)
    assert app.error
    assert ("Read it differently" in [one.label for one in app.expander]) == offered
