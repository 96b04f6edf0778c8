"""What leaves is what came in: every row, in its order, with what was added behind it."""

import csv
import json
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from core.data import ReadOptions, read_table
from core.errors import SettingInvalid
from core.project import Project
from core.steps import load_topics, run_step
from core.steps.exporting import added_columns

HOSTILE = [
    {"id": "007", "text": " blanks around ", "note": "1e5"},
    {"id": "8", "text": 'say "hi", twice; or | thrice', "note": "-5"},
    {"id": "9", "text": "two\nlines\tand a tab", "note": "=1+1"},
    {"id": "10", "text": "", "note": "@SUM(A1)"},
    {"id": "11", "text": "物流很快 😀 عربي naïve", "note": "NULL"},
    {"id": "12", "text": "back\\slash\\", "note": "'quoted'"},
    {"id": "13", "text": "<b>bold</b> & more", "note": "2024-01-02"},
]
FORMULAS = 2


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of values that files tend to lose; it has labels and no map."""
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    source = tmp_path / "hostile.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(HOSTILE[0]), lineterminator="\r\n", delimiter=";")
        writer.writeheader()
        writer.writerows(HOSTILE)
        file.write("14;too long;x;surplus\r\n")
    project = Project.create(tmp_path / "project", "Hostile")
    reading = {"encoding": "utf-8", "delimiter": ";", "quote": '"', "header_rows": 1}
    run(project, "ingest", files=[str(source)], text="text", reading=reading)
    project.record("labelled", column="mood", rows=[1, 3], label="good")
    return project


def run(project: Project, step: str, **settings: object) -> dict[str, object]:
    return run_step(step, str(project.folder), settings)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        delimiter = ";" if ";" in file.readline() else ","
        file.seek(0)
        return list(csv.DictReader(file, delimiter=delimiter))


def read_xlsx(path: Path) -> list[dict[str, str]]:
    names, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    return [{n: v or "" for n, v in zip(names, row, strict=True)} for row in rows]


def read_json_lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


READERS = {
    "csv": read_csv,
    "xlsx": read_xlsx,
    "parquet": lambda path: pq.read_table(path).to_pylist(),
    "jsonl": read_json_lines,
}


@pytest.mark.parametrize("ending", READERS)
@pytest.mark.parametrize("style", ["plain", "excel"])
def test_every_cell_comes_back(hostile: Project, tmp_path: Path, ending: str, style: str) -> None:
    out = tmp_path / f"out.{ending}"
    made = run(hostile, "export", out=str(out), csv=style)
    rows = READERS[ending](out)
    harmless = ending == "csv"
    meant = [
        {**row, "note": ("'" if harmless and row["note"][0] in "=@" else "") + row["note"]}
        for row in HOSTILE
    ]
    assert [{name: row[name] for name in HOSTILE[0]} for row in rows[:-1]] == meant
    assert rows[-1]["text"] == "too long"
    assert made["rows"] == len(rows) == len(HOSTILE) + 1
    assert made["defused"] == (0 if ending in ("parquet", "jsonl") else FORMULAS)
    assert [row["textlode_label_mood"] or "" for row in rows[:4]] == ["", "good", "", "good"]


def test_the_dialect_of_the_source(hostile: Project, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    run(hostile, "export", out=str(out), csv="source")
    assert out.read_bytes().startswith(
        b"id;text;note;textlode_label_mood\r\n007; blanks around ;1e5;"
    )
    options = ReadOptions(encoding="utf-8", delimiter=";", quote='"', header_rows=1)
    back = read_table(out, options).table.to_pylist()
    assert [row["text"] for row in back[:-1]] == [row["text"] for row in HOSTILE]


def test_what_the_encoding_of_the_source_cannot_carry_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    source = tmp_path / "old.csv"
    source.write_bytes("nr;text\n1;Größe\n2;schön\n3;über\n".encode("cp1252"))
    project = Project.create(tmp_path / "project", "Old")
    run(project, "ingest", files=[str(source)], text="text")
    project.record("labelled", column="mood", rows=[0, 2], label="好")
    made = run(project, "export", out=str(tmp_path / "out.csv"), csv="source")
    assert (made["encoding"], made["lost"]) == ("cp1252", 2)
    text = (tmp_path / "out.csv").read_text("cp1252")
    assert text.splitlines()[1:] == ["1;Größe;?", "2;schön;", "3;über;?"]
    assert run(project, "export", out=str(tmp_path / "out.csv"))["lost"] == 0


def test_a_source_that_was_no_csv_has_no_dialect(hostile: Project, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    run(hostile, "export", out=str(book))
    other = Project.create(tmp_path / "other", "Other")
    run(other, "ingest", files=[str(book)], text="text")
    with pytest.raises(SettingInvalid, match="was no CSV"):
        run(other, "export", out=str(tmp_path / "out.csv"), csv="source")
    with pytest.raises(SettingInvalid, match="There is no way odd"):
        run(other, "export", out=str(tmp_path / "out.csv"), csv="odd")


def test_what_was_set_aside_lies_beside_with_its_reason(hostile: Project, tmp_path: Path) -> None:
    made = run(hostile, "export", out=str(tmp_path / "out.xlsx"), language="zh_CN")
    rejects = read_csv(Path(str(made["rejects"])))
    assert made["rejected"] == len(rejects) == 1
    assert "surplus" in rejects[0]["content"]
    assert "该行已在表中" in rejects[0]["reason"]


def test_nothing_set_aside_leaves_no_file(project: Project, tmp_path: Path) -> None:
    assert run(project, "export", out=str(tmp_path / "out.csv"))["rejects"] == ""
    assert [path.name for path in tmp_path.glob("out*")] == ["out.csv"]


def test_each_row_has_its_own_topic(project: Project, tmp_path: Path) -> None:
    """The batches of the file and the slices of the added columns keep step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.steps.exporting.BATCH_ROWS", 7)
        run(project, "export", out=str(tmp_path / "out.parquet"))
    table = pq.read_table(tmp_path / "out.parquet")
    topics = load_topics(project)
    assert table["textlode_topic_name"].to_pylist() == topics.names_of_rows()
    assert table["textlode_topic_id"].null_count == int((topics.topic_of_row < 0).sum())
    assert table.select(project.column_names).equals(project.table())


def test_added_columns_are_explained_and_take_no_name_of_the_file(
    project: Project, tmp_path: Path
) -> None:
    names = [column.name for column in added_columns(project)]
    assert names[:2] == ["textlode_topic_id", "textlode_topic_name"]
    assert all(str(column.meaning) for column in added_columns(project))
    out = tmp_path / "again.csv"
    run(project, "export", out=str(out))
    again = Project.create(tmp_path / "again", "Again")
    run(again, "ingest", files=[str(out)], text="text")
    again.record("labelled", column="x", rows=[0], label="y")
    again.record("labelled", column="topic_name", rows=[0], label="y")
    assert [column.name for column in added_columns(again)] == [
        "textlode_label_x",
        "textlode_label_topic_name",
    ]
    run(again, "map", encoder="instant", topics=3)
    assert "textlode_topic_name_2" in [column.name for column in added_columns(again)]


def test_each_reason_is_said_in_the_language_of_the_reader() -> None:
    from core.data import translate_reasons
    from core.data.records import Record
    from core.data.rejects import REASONS, Rejects

    rejects = Rejects()
    for line, reason in enumerate(REASONS, 1):
        rejects.add(Record(line, [], "raw", False, ""), reason, 7)
    english = translate_reasons(rejects.finish(), "en")["reason"].to_pylist()
    chinese = translate_reasons(rejects.finish(), "zh_CN")["reason"].to_pylist()
    assert english == [reason.format(n=7) for reason in REASONS]
    for template, words in zip(REASONS, chinese, strict=True):
        assert any("\u4e00" <= char <= "\u9fff" for char in words)
        assert ("7" in words) == ("{n}" in template)
