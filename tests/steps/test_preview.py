"""A quick look at a file as it would be read, before it is read again."""

import zipfile
from pathlib import Path

import pytest

from core.data import tables_in
from core.errors import FileProblem, SettingInvalid
from core.project import Project
from core.steps import run_step


def look(project: Project, file: Path, **reading: object) -> dict[str, object]:
    return run_step("preview", str(project.folder), {"file": str(file), "reading": reading})


@pytest.fixture
def empty(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "project", "Empty")


def test_each_wish_changes_what_is_seen(empty: Project, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    rows = "".join(f"{n};Käse, number {n}\n" for n in range(12))
    file.write_bytes(f"A title\n\nid;text\n{rows}".encode("cp1252"))
    seen = look(empty, file)
    assert (seen["columns"], seen["rows"][0]) == (["id", "text"], ["0", "Käse, number 0"])
    assert look(empty, file, delimiter=",")["rows"][0] == ["0;Käse", " number 0"]
    assert look(empty, file, encoding="koi8-r")["rows"][0][1] != "Käse, number 0"
    assert look(empty, file, skip_lines=3, header_rows=0)["rows"] == seen["rows"]


def test_a_wish_that_cannot_be_is_refused_in_words(empty: Project, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(SettingInvalid, match="klingon is no encoding known here"):
        look(empty, file, encoding="klingon")


def test_wide_tables_and_long_cells_are_cut(empty: Project, tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    names = ",".join(f"column{n}" for n in range(80))
    file.write_text(f"{names}\n" + ",".join(["x" * 999] * 80) + "\n")
    seen = look(empty, file)
    assert (len(seen["columns"]), seen["all_columns"]) == (50, 80)
    assert {len(cell) for cell in seen["rows"][0]} == {200}


def test_the_sheets_of_a_workbook_are_named_and_chosen(empty: Project, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["made by", "me"])
    sheet = book.create_sheet("Reviews")
    for row in (["id", "review"], [1, "good"], [2, "bad"]):
        sheet.append(row)
    file = tmp_path / "book.xlsx"
    book.save(file)
    assert tables_in(file) == ("Notes", "Reviews")
    assert look(empty, file, table="Reviews")["rows"] == [["1", "good"], ["2", "bad"]]


def test_the_files_of_a_zip_are_named_and_chosen(empty: Project, tmp_path: Path) -> None:
    file = tmp_path / "both.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("one.csv", "a,b\n1,2\n")
        archive.writestr("two.csv", "c,d\n3,4\n")
        archive.writestr("__MACOSX/._two.csv", "x")
    assert tables_in(file) == ("one.csv", "two.csv")
    with pytest.raises(FileProblem, match="holds 2 files"):
        look(empty, file)
    assert look(empty, file, table="two.csv")["columns"] == ["c", "d"]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04 torn"])
def test_one_table_has_no_names_to_choose(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert tables_in(file) == ()
