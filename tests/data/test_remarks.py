"""Lines with delimiters that are about the table are no rows, and are kept; true rows stay rows."""

from pathlib import Path

import pytest

from core.data import ReadResult, read_table

NAMES = "id,text,label"
ROWS = [f"{n},some words here {n},good" for n in range(60)]
WORDS = [f"tag {n},some words here,good" for n in range(60)]


def read(folder: Path, lines: list[str]) -> ReadResult:
    path = folder / "x.csv"
    path.write_text("\n".join(lines) + "\n")
    return read_table(path)


@pytest.mark.parametrize("rows", [ROWS, ROWS * 40])
@pytest.mark.parametrize(
    "below",
    [
        ["# source: A, B, C"],
        ["// end of export, 60 rows"],
        ["Total, 3 rows, exported by X"],
        ["Total, 3 rows"],
        ["", "Exported by X, on Monday, from the desk"],
    ],
)
def test_a_remark_below_the_table(tmp_path: Path, rows: list[str], below: list[str]) -> None:
    result = read(tmp_path, [NAMES, *rows, *below])
    assert result.row_count == len(rows)
    assert result.footer == (below[-1],)
    assert result.rejects["content"].to_pylist() == [below[-1]]


@pytest.mark.parametrize(
    "last",
    [
        "60,Total,good",
        "61,# a hash, good",
        "n/a,# one more,good",
        "#60,a number with a mark,good",
        "60,,",
        "60",
    ],
)
def test_the_last_row_stays_a_row(tmp_path: Path, last: str) -> None:
    assert read(tmp_path, [NAMES, *ROWS, last]).row_count == 61


@pytest.mark.parametrize("last", ["# love it,some words,good", "Total,some words,good"])
def test_words_below_words_are_a_row(tmp_path: Path, last: str) -> None:
    assert read(tmp_path, [NAMES, *WORDS, last]).row_count == 61


@pytest.mark.parametrize("mark", ["#", "# ", "//"])
def test_comments_above_the_table(tmp_path: Path, mark: str) -> None:
    above = [f"{mark}source: A, B", f"{mark}exported 2024-01-02, by X, Y and Z", ""]
    result = read(tmp_path, [*above, NAMES, *ROWS])
    assert result.names == ("id", "text", "label")
    assert result.preamble == tuple(above[:2])
    assert (result.row_count, result.dialect.line_of_names) == (60, 4)


def test_names_that_are_marked_as_a_comment(tmp_path: Path) -> None:
    assert read(tmp_path, [f"# {NAMES}", *ROWS]).names == ("# id", "text", "label")


def test_rows_that_begin_as_comments_do(tmp_path: Path) -> None:
    rows = [f"#{n % 7},some words here {n},good" for n in range(60)]
    assert read(tmp_path, rows).row_count == 60


def test_lines_that_rule_a_report_off(tmp_path: Path) -> None:
    rule = "-" * 40
    rows = [f"| {4500 + n} | some words here {n} | {n}.000,50 |" for n in range(40)]
    result = read(
        tmp_path,
        ["Open orders", rule, "| Order | Text | Amount |", rule, *rows[:20], rule, *rows, rule],
    )
    assert [name.strip() for name in result.table.column_names] == ["Order", "Text", "Amount"]
    assert result.row_count == 60
    assert [*result.preamble, *result.rejects["content"].to_pylist()] == ["Open orders"] + [
        rule
    ] * 4


def test_a_short_row_of_a_few_dashes_stays_a_row(tmp_path: Path) -> None:
    assert read(tmp_path, [NAMES, *ROWS[:30], "--", *ROWS[30:]]).row_count == 61
