"""A table leaves as a file that gives the same table back, and that no spreadsheet runs."""

import csv
import datetime
import json
import os

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data import (
    EXCEL_CSV,
    PLAIN_CSV,
    ColumnType,
    CsvForm,
    Dialect,
    FileFormat,
    ReadOptions,
    RowStream,
    find_cell_types,
    read_table,
    write_stream,
    write_table,
)
from core.errors import InputError, OutOfRoom
from core.progress import Progress

TABLE = pa.table(
    {
        "text": ["007", " a,b ", 'say "hi"', "two\nlines", "", None],
        "n": [1, 2, None, 4, 5, 6],
        "share": [0.5, 1.0, float("nan"), None, 1e-7, 2.25],
        "is": [True, False, None, True, True, False],
        "when": pa.array([datetime.datetime(2024, 1, 2, 3, 4, 5)] * 5 + [None]),
    }
)
FORMULAS = ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]
HARMLESS = ["-5", "+1.5", "-1,5", "-3%", "1e5", "-1e-5", "plain", ""]


def read_csv(path, encoding="utf-8"):
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file))


def test_csv_holds_the_values(tmp_path):
    path = tmp_path / "x.csv"
    assert write_table(TABLE, path, FileFormat.CSV).rows == 6
    rows = read_csv(path)
    assert rows[0] == TABLE.column_names
    assert [row[0] for row in rows[1:]] == ["007", " a,b ", 'say "hi"', "two\nlines", "", ""]
    assert rows[1][1:] == ["1", "0.5", "true", "2024-01-02 03:04:05.000000"]
    assert rows[3][1:4] == ["", "nan", ""]


def test_the_mark_for_excel(tmp_path):
    write_table(TABLE, tmp_path / "a.csv", FileFormat.CSV, EXCEL_CSV)
    write_table(TABLE, tmp_path / "b.csv", FileFormat.CSV)
    marked, bare = (tmp_path / "a.csv").read_bytes(), (tmp_path / "b.csv").read_bytes()
    assert marked == b"\xef\xbb\xbf" + bare


def test_formulas_in_csv_get_an_apostrophe_and_are_counted(tmp_path):
    table = pa.table({"=name": FORMULAS + HARMLESS})
    written = write_table(table, tmp_path / "x.csv", FileFormat.CSV)
    assert written.defused == len(FORMULAS) + 1
    rows = [row[0] for row in read_csv(tmp_path / "x.csv")]
    assert rows == ["'=name", *(f"'{cell}" for cell in FORMULAS), *HARMLESS]


WORDS = [
    "007",
    " a,b; c|d ",
    'say "hi"',
    "back\\slash\\",
    "two\nlines",
    "three\r\nlines",
    "",
    "Größe",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "||"])
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("escape", ["", "\\"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_each_dialect_reads_back(tmp_path, encoding, delimiter, quote, escape, line_end):
    dialect = Dialect("csv", encoding, delimiter, quote, escape or quote, line_end=line_end)
    table = pa.table({"n": list(map(str, range(8))), "text": WORDS, "end": ["end"] * 8})
    write_table(table, tmp_path / "x.csv", FileFormat.CSV, CsvForm.like(dialect))
    asked = ReadOptions(encoding=encoding, delimiter=delimiter, quote=quote, escape=dialect.escape)
    assert read_table(tmp_path / "x.csv", asked).table.to_pylist() == table.to_pylist()


def test_a_dialect_that_says_little_is_written_as_plain_csv():
    assert CsvForm.like(Dialect("csv")) == CsvForm()
    assert CsvForm.like(Dialect("csv", line_end="mixed")).line_end == "\r\n"


def test_cells_that_an_encoding_cannot_carry_are_counted(tmp_path):
    table = pa.table({"x": ["Größe", "快", "a 快 b", None]})
    written = write_table(table, tmp_path / "x.csv", FileFormat.CSV, CsvForm(encoding="cp1252"))
    assert written.lost == 2
    assert [row[0] for row in read_csv(tmp_path / "x.csv", "cp1252")] == [
        "x", "Größe", "?", "a ? b", "",
    ]  # fmt: skip
    form = CsvForm(encoding="gb18030")
    assert write_table(table, tmp_path / "x.csv", FileFormat.CSV, form).lost == 0


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_rows_are_asked_for_one_batch_at_a_time(tmp_path, file_format):
    schema = pa.schema([("x", pa.string())])
    told = []

    class Listening(Progress):
        def __call__(self, done, total, message=""):
            told.append((done, total, message))

    def batches():
        for number in range(5):
            assert told[-1][0] == 100 * number, "the batch before has been written"
            yield pa.record_batch([[f"{number}-{row}" for row in range(100)]], schema=schema)

    rows = RowStream(schema, 500, batches())
    path = tmp_path / f"x.{file_format}"
    assert write_stream(rows, path, file_format, progress=Listening()).rows == 500
    written = [step for step in told if step[2] == "Writing rows"]
    assert [done for done, _, _ in written] == [0, 100, 200, 300, 400, 500]


def test_formulas_in_xlsx_are_text(tmp_path):
    table = pa.table({"=name": FORMULAS[:4] + HARMLESS[:-1]})
    written = write_table(table, tmp_path / "x.xlsx", FileFormat.XLSX)
    assert written.defused == 5
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    cells = [row[0] for row in sheet.iter_rows()]
    assert [cell.value for cell in cells] == ["=name", *FORMULAS[:4], *HARMLESS[:-1]]
    assert {cell.data_type for cell in cells} == {"s"}


def test_xlsx_holds_typed_values(tmp_path):
    write_table(TABLE, tmp_path / "x.xlsx", FileFormat.XLSX)
    rows = list(openpyxl.load_workbook(tmp_path / "x.xlsx").active.iter_rows(values_only=True))
    assert rows[1] == ("007", 1, 0.5, True, datetime.datetime(2024, 1, 2, 3, 4, 5))
    assert rows[3] == ('say "hi"', None, None, None, datetime.datetime(2024, 1, 2, 3, 4, 5))


def test_xlsx_cuts_what_a_cell_cannot_hold_and_counts_it(tmp_path):
    table = pa.table({"x": ["y" * 40_000, "=" * 40_000, "bell \x07 \ufffe"]})
    assert write_table(table, tmp_path / "x.xlsx", FileFormat.XLSX).cut == 2
    rows = list(openpyxl.load_workbook(tmp_path / "x.xlsx").active.iter_rows(values_only=True))
    assert [len(row[0]) for row in rows[1:]] == [32_767, 32_767, 6]


def test_xlsx_counts_cells_with_characters_that_it_cannot_hold(tmp_path):
    table = pa.table({"x": ["bell \x07", "plain", None]})
    assert write_table(table, tmp_path / "x.xlsx", FileFormat.XLSX).lost == 1


def test_xlsx_refuses_more_rows_than_a_sheet_has(tmp_path):
    table = pa.table({"x": pa.nulls(1_048_576, pa.string())})
    with pytest.raises(InputError, match="choose CSV or Parquet"):
        write_table(table, tmp_path / "x.xlsx", FileFormat.XLSX)
    assert os.listdir(tmp_path) == []


def test_parquet_holds_the_table(tmp_path):
    write_table(TABLE, tmp_path / "x.parquet", FileFormat.PARQUET)
    assert pq.read_table(tmp_path / "x.parquet").schema.equals(TABLE.schema)


def test_json_lines_hold_the_table_and_no_nan(tmp_path):
    write_table(TABLE, tmp_path / "x.jsonl", FileFormat.JSONL)
    lines = (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert [row["text"] for row in rows] == TABLE["text"].to_pylist()
    assert rows[2]["share"] is None


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_no_rows_no_columns_and_odd_types(tmp_path, file_format):
    odd = pa.table(
        {
            "list": [["a"], None],
            "words": pa.array(["x", "x"]).dictionary_encode(),
            "none": pa.nulls(2),
            "large": pa.array(["l", None], pa.large_string()),
        }
    )
    for number, table in enumerate((odd, odd.slice(0, 0))):
        path = tmp_path / f"{number}.{file_format}"
        assert write_table(table, path, file_format).rows == table.num_rows
        assert path.stat().st_size > 0 or table.num_rows == 0


def test_a_cancelled_file_is_not_there(tmp_path):
    class Cancelling(Progress):
        def __call__(self, done, total, message=""):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_table(TABLE, tmp_path / "x.csv", FileFormat.CSV, progress=Cancelling())
    assert os.listdir(tmp_path) == []


def test_a_place_that_cannot_be_written_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutOfRoom, match="could not be written"):
        write_table(TABLE, tmp_path / "file" / "x.csv", FileFormat.CSV)


def test_added_numbers_have_the_decimal_sign_of_the_file_and_texts_their_own(tmp_path):
    form = CsvForm(delimiter=";", decimal=",")
    table = pa.table({"text": ["0.5", "1,5"], "share": [0.5, None], "n": [1, 2]})
    write_table(table, tmp_path / "x.csv", FileFormat.CSV, form)
    assert (tmp_path / "x.csv").read_text() == "text;share;n\n0.5;0,5;1\n1,5;;2\n"


def typed_sheet(path, columns, kinds):
    """Write columns of texts as a workbook, with the types that are found; return its sheet."""
    rows = RowStream.from_table(pa.table(columns))
    types = find_cell_types(kinds, rows.batches)
    write_stream(RowStream(rows.schema, rows.count, rows.batches, types), path, FileFormat.XLSX)
    return openpyxl.load_workbook(path).active


def test_columns_of_numbers_and_dates_are_such_in_a_sheet(tmp_path):
    columns = {
        "day": ["01.02.2024", "31.12.2023", "unknown", None],
        "price": ["1.234,50", "7,00", "=none", "-3,25"],
        "zip": ["01067", "50667", "80331", "99084"],
    }
    kinds = {"day": ColumnType.DATE, "price": ColumnType.NUMBER, "zip": ColumnType.NUMBER}
    sheet = typed_sheet(tmp_path / "x.xlsx", columns, kinds)
    day, price, zipped = ([cell.value for cell in column][1:] for column in sheet.iter_cols())
    assert day == [datetime.datetime(2024, 2, 1), datetime.datetime(2023, 12, 31), "unknown", None]
    assert price == [1234.5, 7, "=none", -3.25] and zipped == columns["zip"]
    assert [cell.number_format for cell in sheet[2]] == ["dd.mm.yyyy", "#,##0.00", "General"]
    assert sheet["B4"].data_type == "s"


def test_a_sheet_keeps_its_names_in_sight_filters_and_is_as_wide_as_needed(tmp_path):
    columns = {"n": ["1", "2"], "text": ["word " * 100] * 2, "说明": ["物流很快物流很快"] * 2}
    sheet = typed_sheet(tmp_path / "x.xlsx", columns, {})
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:C3"
    assert all(cell.font.bold for cell in sheet[1])
    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
    assert widths == [8, 60, 18]


ODD_LETTERS = st.sampled_from([*"ab7 ,;.'=+-@\"\\|\t\n", "ü", "ß", "好", "😀", "＝", "\u00a0"])
ODD_CELLS = st.text(ODD_LETTERS, max_size=12)
WAYS = {
    "plain.csv": PLAIN_CSV,
    "excel.csv": CsvForm(encoding="utf-8-sig", delimiter=";", decimal=","),
    "source.csv": CsvForm(encoding="utf-16", delimiter="\t", line_end="\r\n", escape="\\"),
    "x.xlsx": PLAIN_CSV,
    "x.parquet": PLAIN_CSV,
    "x.jsonl": PLAIN_CSV,
}


@pytest.mark.parametrize("name", WAYS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(ODD_CELLS, min_size=1, max_size=8))
def test_what_is_written_reads_back_in_every_format(tmp_path, name, cells):
    form, path = WAYS[name], tmp_path / name
    count = len(cells)
    columns = {"id": [f"{n:03}" for n in range(count)], "text": cells, "end": ["end"] * count}
    written = write_table(pa.table(columns), path, FileFormat.of(path), form)
    asked = None
    if path.suffix == ".csv":
        escape = form.escape or form.quote
        asked = ReadOptions(form.encoding, form.delimiter, form.quote, escape, header_rows=1)
    elif path.suffix == ".xlsx":
        asked = ReadOptions(header_rows=1)
    back = read_table(path, asked).table.to_pydict()
    harmless = [
        cell if old == cell else cell.removeprefix("'")
        for cell, old in zip(back["text"], cells, strict=True)
    ]
    assert harmless == cells and back["id"] == columns["id"]
    changed = sum(old != new for old, new in zip(cells, back["text"], strict=True))
    assert changed == (written.defused if path.suffix == ".csv" else 0)
