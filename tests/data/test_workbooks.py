"""Workbooks as people make them: merged cells, formulas, totals, hidden sheets, tables anywhere."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from core.data import ReadOptions, ReadResult, preview_table, read_table
from core.data.sheet_facts import find_sheet_facts
from core.errors import FileProblem

ROWS = [[n, f"the parcel number {n} came late", n * 2.5] for n in range(12)]
Fill = Callable[[Any], None]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that saves a workbook of some rows, which `fill` may change."""

    def save(rows: list[list[Any]], *merged: str, fill: Fill | None = None) -> Path:
        made = openpyxl.Workbook()
        for row in rows:
            made.active.append(row)
        for cells in merged:
            made.active.merge_cells(cells)
        if fill is not None:
            fill(made)
        made.save(tmp_path / "x.xlsx")
        return tmp_path / "x.xlsx"

    return save


def remarks(result: ReadResult) -> str:
    return " ".join(map(str, result.remarks))


class TestMergedNames:
    """A name merged over several columns belongs to each of them."""

    HEADS = (["Region", "Q1", None, None, "Q2", None], [None, "sold", "back", "net", "sold", "net"])
    BODY = tuple([f"town {n}", n, n + 1, n + 2, n + 3, n + 4] for n in range(8))
    NAMES = ("Region", "Q1 sold", "Q1 back", "Q1 net", "Q2 sold", "Q2 net")

    def test_over_columns_and_over_lines(self, book: Callable[..., Path]) -> None:
        result = read_table(book([*self.HEADS, *self.BODY], "A1:A2", "B1:D1", "E1:F1"))
        assert result.names == self.NAMES
        assert result.row_count == 8
        assert result.remarks == ()

    def test_below_a_merged_title_and_beside_a_blank_column(
        self, book: Callable[..., Path]
    ) -> None:
        title = ["Sales of the year", *[None] * 5]
        rows = [[None, *row] for row in (title, *self.HEADS, *self.BODY)]
        result = read_table(book(rows, "B1:G1", "B2:B3", "C2:E2", "F2:G2"))
        assert result.names == self.NAMES
        assert [line.strip() for line in result.preamble] == ["Sales of the year"]
        assert (result.blank_columns, result.dialect.line_of_names) == (1, 2)
        assert result.table.slice(0, 1).to_pylist()[0]["Region"] == "town 0"

    def test_one_line_of_names(self, book: Callable[..., Path]) -> None:
        result = read_table(book([["id", "remark", None], *ROWS], "B1:C1"))
        assert result.names == ("id", "remark", "remark")
        assert result.table.column_names == ["id", "remark", "remark_2"]


def test_merged_cells_in_the_table_keep_their_place_and_are_told(book: Callable[..., Path]) -> None:
    rows = [[f"region {n // 4}" if n % 4 == 0 else None, *row] for n, row in enumerate(ROWS)]
    path = book([["region", "id", "text", "price"], *rows], "A2:A5", "A6:A9", "A10:A13", "D3:E3")
    result = read_table(path)
    assert result.table["region"].to_pylist()[:5] == ["region 0", "", "", "", "region 1"]
    assert "Merged cells in the table: 4 (A2:A5, D3:E3, A6:A9, A10:A13)" in remarks(result)
    assert "the others are empty" in remarks(result)


def test_formulas_without_values_are_told_with_their_cells(book: Callable[..., Path]) -> None:
    rows = [[*row, f"=C{n}*2"] for n, row in enumerate(ROWS, 2)]
    result = read_table(book([["id", "text", "price", "twice"], *rows]))
    assert set(result.table["twice"].to_pylist()) == {""}
    assert "never calculated: 12 (D2, D3, D4, D5, D6, …)" in remarks(result)
    assert "save it, and read it again" in remarks(result)


SHEET = (
    '<x:c r="A1"><x:f>1+1</x:f></x:c><c r="A2"><f>1+1</f><v>2</v></c>'
    '<c r="A3" t="str"><f>""</f><v></v></c><c r="B4" s="3"><f t="shared" si="0"/><v/></c>'
    '<c r="C5"/><c r="D6" t="inlineStr"><is><t>&lt;f&gt;</t></is></c>'
    '<mergeCell ref="B2:AA1"/>'
)


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 20])
def test_a_sheet_is_looked_through_in_blocks_of_any_size(
    size: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("core.data.sheet_facts.BLOCK", size)
    (tmp_path / "sheet.xml").write_text(SHEET)
    with (tmp_path / "sheet.xml").open("rb") as sheet:
        facts = find_sheet_facts(sheet)
    assert (facts.uncalculated, facts.uncalculated_cells) == (("A1", "B4"), 2)
    merged = facts.merged[0]
    assert (merged.top, merged.left, merged.bottom, merged.right) == (1, 1, 2, 26)


@pytest.mark.parametrize("above", [[], [[None]]])
def test_a_total_below_the_table_is_no_row(
    book: Callable[..., Path], above: list[list[None]]
) -> None:
    result = read_table(book([["id", "text", "price"], *ROWS, *above, ["Total", None, 165]]))
    assert result.row_count == 12
    assert result.footer == ("Total\t\t165",)
    assert result.rejects.select(["line", "reason", "content"]).to_pylist() == [
        {"line": 14 + len(above), "reason": "Below the table.", "content": "Total\t\t165"}
    ]


def test_a_preview_looks_through_the_start_of_a_sheet_alone(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.data.spreadsheet.LOOKED_AT", 0)
    path = book([["id", "remark", None], *ROWS], "B1:C1")
    assert read_table(path).names == ("id", "remark", "remark")
    assert preview_table(path).names == ("id", "remark", "")


class TestBesideTheTable:
    """Cells left of a table, far enough below its start that it was not known to have them."""

    TABLE = ([None, "id", "text"], *([None, n, f"some words {n}"] for n in range(400)))

    @pytest.mark.parametrize("above", [[], [[]]])
    def test_a_note_is_no_row(self, book: Callable[..., Path], above: list[list[None]]) -> None:
        result = read_table(book([*self.TABLE, *above, ["Source: us"]]))
        assert (result.names, result.row_count) == (("id", "text"), 400)
        assert result.footer == ("Source: us",)
        assert result.rejects["content"].to_pylist() == ["Source: us"]

    def test_a_number_stays(self, book: Callable[..., Path]) -> None:
        result = read_table(book([*self.TABLE, [], [2024]]))
        assert result.table.to_pylist()[-1] == {"column 1": "2024", "id": "", "text": ""}

    def test_a_note_right_of_the_table(self, book: Callable[..., Path]) -> None:
        result = read_table(book([*self.TABLE, [], [*[None] * 5, "Source: us"]]))
        assert (result.row_count, result.footer) == (400, ("\t\t\t\t\tSource: us",))
        assert result.rejects["content"].to_pylist() == ["\t\t\t\t\tSource: us"]


class TestBlankCells:
    """Cells that hold blanks alone are as good as none."""

    def test_a_sheet_of_them_is_passed_over(self, book: Callable[..., Path]) -> None:
        def further(made: Any) -> None:
            for row in (["id", "text"], [1, "some words"]):
                made.create_sheet("More") if "More" not in made else None
                made["More"].append(row)

        assert read_table(book([[" "]], fill=further)).dialect.table == "More"

    def test_a_workbook_of_them_is_empty(self, book: Callable[..., Path]) -> None:
        with pytest.raises(FileProblem, match="every sheet is empty"):
            read_table(book([[" "]]))


def test_far_cells_beside_the_table_are_said_of_a_sheet(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.data.spreadsheet.MOST_EMPTY_CELLS", 500)
    rows = [[*row, *[None] * 90, "x"] for row in ROWS]
    with pytest.raises(FileProblem, match=r"a sheet with 94 columns.*Delete what stands beside"):
        read_table(book([["id", "text", "price"], *rows]))


def test_the_last_row_of_a_sheet_stays_a_row(book: Callable[..., Path]) -> None:
    assert read_table(book([["id", "text", "price"], *ROWS, [12, None, None]])).row_count == 13


class TestSeveral:
    """Hidden sheets, and several tables in one sheet."""

    def test_hidden_sheets_are_called_so(self, book: Callable[..., Path]) -> None:
        def hide(made: Any) -> None:
            for name, state in (("Lists", "hidden"), ("Codes", "veryHidden"), ("More", "visible")):
                made.create_sheet(name).append(["id", "text"])
                made[name].append([1, "some words"])
                made[name].sheet_state = state

        path = book([["id", "text", "price"], *ROWS], fill=hide)
        assert read_table(path).hidden == ("Lists", "Codes")
        assert read_table(path).tables == ("Lists", "Codes", "More")
        chosen = read_table(path, ReadOptions(table="Codes"))
        assert (chosen.dialect.table, "Codes" in chosen.to_json()["hidden"]) == ("Codes", True)

    TOWNS = (["city", "river"], ["Paris", "Seine"], ["Rome", "Tiber"], ["Bern", "Aare"])

    @pytest.mark.parametrize("title", [[], [["Towns and rivers"]]])
    def test_the_first_table_of_a_sheet_is_the_table(
        self, book: Callable[..., Path], title: list[list[str]]
    ) -> None:
        line = 15 + len(title)
        path = book([["id", "text", "price"], *ROWS, [None], *title, *self.TOWNS])
        result = read_table(path)
        assert result.row_count == 12
        assert result.tables == (f"Sheet: line {line}",)
        assert result.rejects["line"].to_pylist() == list(range(15, line + 4))
        assert result.rejects["reason"][len(title)].as_py().endswith(f"begins in line {line}.")
        further = read_table(path, ReadOptions(table=f"Sheet: line {line}"))
        assert further.names == ("city", "river")
        assert further.table["river"].to_pylist() == ["Seine", "Tiber", "Aare"]

    def test_lines_that_all_are_skipped_are_said(self, book: Callable[..., Path]) -> None:
        with pytest.raises(FileProblem, match="no cells below line 900: skip fewer"):
            read_table(book([["id", "text"], [1, "a"]]), ReadOptions(skip_lines=900))


def test_rows_far_below_many_blank_ones_are_read(book: Callable[..., Path]) -> None:
    def jump(made: Any) -> None:
        for column, value in zip("ABC", [99, "far below", 1.5], strict=True):
            made.active[f"{column}9000"] = value

    result = read_table(book([["id", "text", "price"], *ROWS], fill=jump))
    assert result.table["text"].to_pylist()[-1] == "far below"


def test_each_row_is_as_wide_as_its_cells(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filled up to all columns of a sheet, a row of three cells took thirty times as long."""
    widths: list[int] = []
    real = ReadOnlyWorksheet._get_row

    def get_row(*arguments: Any, **options: Any) -> tuple[Any, ...]:
        row = real(*arguments, **options)
        widths.append(len(row))
        return row

    monkeypatch.setattr(ReadOnlyWorksheet, "_get_row", get_row)
    read_table(book([["id", "text", "price"], *ROWS]))
    assert widths == [3] * 13


def test_shared_and_empty_formulas_are_told_apart() -> None:
    cells = (
        b'<c r="A1"><f t="shared" si="0"/></c><c r="A2"><f/><v/></c>'
        b'<c r="A3"><f>1+1</f><v>2</v></c>'
        b'<c r="A4"><f t="array" ref="A4:A5">SUM(B1:B2)</f> <v></v></c>'
    )
    assert find_sheet_facts(io.BytesIO(cells)).uncalculated == ("A1", "A2", "A4")
