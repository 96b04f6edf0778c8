"""What leaves is what came in: every row, in its order, with what was added behind it."""

import csv
import json
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest

from core.data import ReadOptions, read_table
from core.errors import SettingInvalid
from core.project import Project
from core.steps import load_topics, run_step
from core.steps.exporting import Separator, added_columns, proposed_separator

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


GERMAN = [
    ["Nr", "Datum", "Betrag", "PLZ", "Kommentar"],
    *(
        [f"{n:03}", f"{1 + n % 28:02}.03.2024", f"{1 + n % 3}.{100 + n},50", f"0{1000 + n}", text]
        for n, text in enumerate(
            f"Die {what} war {how}, schöne Grüße"
            for what in ("Lieferung", "Beratung", "Rückgabe", "App", "Filiale", "Größe")
            for how in ("gut", "schlecht", "zu spät", "freundlich", "enttäuschend")
        )
    ),
]


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project from what Excel saves as CSV in Germany."""
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    source = tmp_path / "Umfrage.csv"
    with source.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(GERMAN)
    project = Project.create(tmp_path / "project", "Umfrage")
    run(project, "ingest", files=[str(source)], text="Kommentar", id="Nr")
    run(project, "map", encoder="instant", topics=3)
    return project


def lines(path: Path, delimiter: str, encoding: str) -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


@pytest.mark.parametrize(
    ("asked", "delimiter", "decimal", "encoding"),
    [
        ({}, ",", ".", "utf-8"),
        ({"csv": "excel"}, ";", ",", "utf-8-sig"),
        ({"csv": "excel", "separator": "comma"}, ",", ".", "utf-8-sig"),
        ({"csv": "source"}, ";", ",", "cp1252"),
    ],
)
def test_separator_and_decimal_sign_go_together(
    german: Project,
    tmp_path: Path,
    asked: dict[str, str],
    delimiter: str,
    decimal: str,
    encoding: str,
) -> None:
    out = tmp_path / "out.csv"
    assert run(german, "export", out=str(out), **asked)["delimiter"] == delimiter
    names, *rows = lines(out, delimiter, encoding)
    assert [row[:5] for row in rows] == GERMAN[1:]
    confidence = [row[names.index("textlode_confidence")] for row in rows]
    assert all(decimal in cell for cell in confidence if cell not in ("0", "1"))
    assert not any(",.".replace(decimal, "") in cell for cell in confidence)


def test_a_file_with_commas_proposes_commas_and_a_separator_is_for_excel_alone(
    project: Project, tmp_path: Path
) -> None:
    assert proposed_separator(project) is Separator.COMMA
    run(project, "export", out=str(tmp_path / "x.csv"), csv="excel", separator="semicolon")
    confidence = read_csv(tmp_path / "x.csv")[0]["textlode_confidence"]
    assert float(confidence.replace(",", ".")) <= 1 and "." not in confidence
    for wrong in ({"csv": "excel", "separator": "|"}, {"separator": "semicolon"}):
        with pytest.raises(SettingInvalid, match="one of comma, semicolon"):
            run(project, "export", out=str(tmp_path / "x.csv"), **wrong)


def test_numbers_and_dates_are_such_in_a_workbook_and_what_stays_text_is_named(
    german: Project, tmp_path: Path
) -> None:
    made = run(german, "export", out=str(tmp_path / "out.xlsx"))
    assert made["typed"] == ["Datum", "Betrag"] and made["as_text"] == ["Nr", "PLZ"]
    names, first, *_ = openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows()
    kinds = {
        name.value: (cell.data_type, cell.number_format)
        for name, cell in zip(names, first, strict=True)
    }
    assert kinds["Datum"] == ("d", "dd.mm.yyyy") and kinds["Betrag"] == ("n", "#,##0.00")
    assert kinds["Nr"][0] == kinds["PLZ"][0] == "s"
    assert run(german, "export", out=str(tmp_path / "out.csv"))["typed"] == []


def test_repetitions_have_what_their_twin_has_and_say_whose(tmp_path: Path, odd: Project) -> None:
    run(odd, "clean", remedies=["repeated", "nearly_repeated"])
    run(odd, "map", encoder="instant", topics=3)
    made = run(odd, "export", out=str(tmp_path / "out.parquet"), language="zh_CN")
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    repetitions = [row for row in rows if row["textlode_repeats_row"] is not None]
    assert made["repetitions"] == len(repetitions) == 3
    assert [row["textlode_repeats_row"] for row in repetitions] == [1, 2, 2]
    assert {row["textlode_left_out"] for row in repetitions} == {
        "与上面的文本重复",
        "与上面的文本几乎重复",
    }
    has = ["topic_id", "topic_name", "confidence", "outlier", "x", "y"]
    for row in repetitions:
        twin = rows[row["textlode_repeats_row"] - 1]
        assert twin["textlode_left_out"] is None and twin["textlode_x"] is not None
        for name in has:
            assert row[f"textlode_{name}"] == twin[f"textlode_{name}"]
    # Without them the rows of each topic are as many as the map and the report say.
    own = [row["textlode_topic_id"] for row in rows if row["textlode_repeats_row"] is None]
    assert {topic.id: topic.rows for topic in load_topics(odd).topics} == {
        topic: own.count(topic) for topic in own if topic is not None
    }


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project on texts of which one comes again, one nearly so, and that one again."""
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    rng = np.random.default_rng(1)
    words = ["rain", "cheese", "engine", "harbour", "violin", "desert", "needle", "quarrel"]
    texts = [" ".join(rng.choice(words, 12)) for _ in range(60)]
    near = f"{texts[1]}!"
    texts += [texts[0], near, near]
    source = tmp_path / "odd.csv"
    source.write_text("n,text\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts)))
    project = Project.create(tmp_path / "odd", "Odd")
    run(project, "ingest", files=[str(source)], text="text")
    return project


@pytest.mark.parametrize("style", ["excel", "source"])
def test_semicolons_beside_decimal_points_stay_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, style: str
) -> None:
    """As Excel writes it in Switzerland."""
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    source = tmp_path / "swiss.csv"
    source.write_text(
        "text;price\n" + "".join(f"row {n} says it is late;{n}.5\n" for n in range(30))
    )
    project = Project.create(tmp_path / "swiss", "Swiss")
    run(project, "ingest", files=[str(source)], text="text")
    run(project, "map", encoder="instant")
    run(project, "export", out=str(tmp_path / "x.csv"), csv=style)
    first = read_csv(tmp_path / "x.csv")[0]
    assert first["price"] == "0.5" and "," not in first["textlode_x"] and "." in first["textlode_x"]
