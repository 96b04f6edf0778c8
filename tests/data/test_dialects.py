"""How a file is written is found out, and told in the result."""

from pathlib import Path
from typing import Any

import pytest

from core.data import ReadResult, read_table

ROWS = "".join(f"{n},some words {n},{n * 2}\n" for n in range(8))
PLAIN = f"id,text,n\n{ROWS}"
BACKSLASH = 'id,text,n\n1,"he said \\"no\\", and left",3\n2,"plain",4\n3,"say \\"hi\\"",5\n'
BARE_BACKSLASH = "id,text,n\n1,one\\, two,3\n2,plain,4\n3,x\\, y,5\n4,p\\,q,1\n"
SINGLE = "id,text,n\n1,'a, b',2\n2,'c','3'\n3,'it''s, ok',4\n"


def read(folder: Path, content: str | bytes) -> ReadResult:
    path = folder / "x.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (PLAIN, {"encoding": "utf-8", "delimiter": ",", "line_end": "\n", "quote": ""}),
        (PLAIN.replace(",", "||"), {"delimiter": "||"}),
        (PLAIN.replace("\n", "\r"), {"line_end": "\r"}),
        (PLAIN.replace("\n", "\r\n"), {"line_end": "\r\n"}),
        (PLAIN.replace("\n", "\r", 3).replace("\n", "\r\n", 2), {"line_end": "mixed"}),
        (BACKSLASH, {"quote": '"', "escape": "\\"}),
        (BARE_BACKSLASH, {"quote": "", "escape": "\\"}),
        (SINGLE, {"quote": "'", "escape": "'"}),
        (ROWS, {"header_rows": 0, "line_of_names": 0}),
        (f"A title\n\n{PLAIN}", {"header_rows": 1, "line_of_names": 3, "first_line": 3}),
    ],
)
def test_the_dialect_is_told(tmp_path: Path, content: str, told: dict[str, Any]) -> None:
    found = read(tmp_path, content)
    assert {name: found.dialect.to_json()[name] for name in told} == told
    assert found.rejected == found.repaired_rows == 0


def test_escapes_are_no_part_of_the_values(tmp_path: Path) -> None:
    quoted, bare = read(tmp_path, BACKSLASH).table, read(tmp_path, BARE_BACKSLASH).table
    assert quoted["text"].to_pylist() == ['he said "no", and left', "plain", 'say "hi"']
    assert bare["text"].to_pylist() == ["one, two", "plain", "x, y", "p,q"]


@pytest.mark.parametrize("rows", [8, 60_000])
def test_zeros_are_told_and_are_no_part_of_a_value(tmp_path: Path, rows: int) -> None:
    lines = [f"{n},some words {n},good\n" for n in range(rows)]
    lines[5] = "5,so\0me words,go\0od\n"
    result = read(tmp_path, "id,text,label\n" + "".join(lines))
    assert list(result.table.slice(5, 1).to_pylist()[0].values()) == ["5", "some words", "good"]
    assert [str(one) for one in result.remarks] == [
        "Zeros (NUL) among the characters: 2. They are no part of a value."
    ]


def test_blank_lines_and_columns_are_counted_and_rows_of_empty_cells_are_rows(
    tmp_path: Path,
) -> None:
    rows = "".join(f",{n},,some words {n},{n},\n" for n in range(6))
    result = read(tmp_path, f",id,,text,n,\n\n{rows}\n\n,,,,,\n,7,,more words,8,\n")
    assert (result.row_count, result.blank_columns, result.blank_lines) == (8, 3, 3)
    assert list(result.names) == ["id", "text", "n"]
    assert result.table["id"].to_pylist()[-2:] == ["", "7"]


def test_duplicate_and_empty_names_are_told_apart(tmp_path: Path) -> None:
    result = read(tmp_path, "a,a,,b\n1,x,3,4\n5,y,7,8\n2,z,4,5\n")
    assert result.names == ("a", "a", "", "b")
    assert result.table.column_names == ["a", "a_2", "column 3", "b"]
