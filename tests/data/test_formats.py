"""A good table in each format that is read: every value as the file has it."""

import csv
import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data import read_table
from core.data.formats import Kind
from core.errors import FileProblem

NAMES = ["id", "text", "amount"]
ROWS = [["007", "Grüße, 世界", "1.50"], ["008", "", "2"], ["009", "NA", "-3.25"]]


def write_delimited(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([NAMES, *ROWS])


def write_xlsx(path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in [NAMES, *ROWS]:
        book.active.append(row)
    book.save(path)


def write_parquet(path: Path) -> None:
    columns = zip(*ROWS, strict=True)
    pq.write_table(pa.table([pa.array(column) for column in columns], NAMES), path)


def write_json(path: Path) -> None:
    path.write_text(json.dumps([dict(zip(NAMES, row, strict=True)) for row in ROWS]))


def write_json_lines(path: Path) -> None:
    lines = [json.dumps(dict(zip(NAMES, row, strict=True))) for row in ROWS]
    path.write_text("\n".join(lines))


WRITERS: dict[Kind, Callable[[Path], None]] = {
    Kind.DELIMITED: write_delimited,
    Kind.XLSX: write_xlsx,
    Kind.PARQUET: write_parquet,
    Kind.JSON: write_json,
    Kind.JSON_LINES: write_json_lines,
}


def values(path: Path) -> list[list[str]]:
    columns = read_table(path).table.columns
    return [list(row) for row in zip(*(column.to_pylist() for column in columns), strict=True)]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_table_is_read_as_it_was_written(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / f"table.{kind}"
    WRITERS[kind](path)
    result = read_table(path)
    assert result.table.column_names == NAMES
    assert values(path) == ROWS
    assert result.rejects.num_rows == 0


@pytest.mark.parametrize("kind", [Kind.XLSX, Kind.PARQUET])
def test_the_bytes_say_the_format_whatever_the_name_says(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    WRITERS[kind](path)
    assert values(path) == ROWS


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("kind", [Kind.JSON, Kind.JSON_LINES])
@pytest.mark.parametrize("ending", ["json", "jsonl", "txt"])
def test_json_that_begins_with_a_byte_order_mark(
    kind: Kind, encoding: str, ending: str, tmp_path: Path
) -> None:
    """PowerShell writes so."""
    WRITERS[kind](tmp_path / "plain")
    path = tmp_path / f"table.{ending}"
    path.write_bytes((tmp_path / "plain").read_text().encode(encoding))
    if (kind, ending) == (Kind.JSON, "jsonl"):
        pytest.skip("the ending says lines")
    assert (read_table(path).dialect.format, values(path)) == (str(kind), ROWS)


def test_a_web_page_in_utf_16_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "page.csv").write_bytes("<html><body>x, y</body></html>".encode("utf-16"))
    with pytest.raises(FileProblem, match="is a web page"):
        read_table(tmp_path / "page.csv")


def test_typed_cells_of_parquet_become_plain_words(tmp_path: Path) -> None:
    day = datetime.date(2024, 2, 29)
    table = pa.table({"n": [1, None], "x": [0.1, 2.0], "yes": [True, False], "day": [day, None]})
    pq.write_table(table, tmp_path / "typed.parquet")
    assert values(tmp_path / "typed.parquet") == [
        ["1", "0.1", "true", "2024-02-29"],
        [None, "2", "false", None],
    ]


def test_records_of_json_may_lack_keys_and_hold_others(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_text('[{"a": 1, "b": "x"}, {"b": null, "c": {"d": [1, 2]}}, {"a": 1e5}]')
    assert read_table(path).table.column_names == ["a", "b", "c"]
    assert values(path)[0] == ["1", "x", None]
    assert json.loads(values(path)[1][2]) == {"d": [1, 2]}
    assert values(path)[2][0] == "1e5"


def test_a_hidden_sheet_is_read_only_when_asked_for(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title, book.active.sheet_state = "Lists", "hidden"
    shown = book.create_sheet("Report")
    for sheet, word in ((book["Lists"], "secret"), (shown, "text")):
        for row in (["id", word], [1, "a"], [2, "b"]):
            sheet.append(row)
    book.save(tmp_path / "x.xlsx")
    result = read_table(tmp_path / "x.xlsx")
    assert result.table.column_names == ["id", "text"]
    assert result.tables == ("Lists",)


def test_no_row_of_a_long_sheet_is_lost(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["id", "text"])
    for number in range(1000):
        book.active.append([number, f"text {number}"])
    book.save(tmp_path / "long.xlsx")
    ids = read_table(tmp_path / "long.xlsx").table.column("id").to_pylist()
    assert ids == [str(number) for number in range(1000)]
