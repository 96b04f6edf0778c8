"""Several files become one table when their columns agree, and say in words when they do not."""

from pathlib import Path

import pytest

from core.data import ReadResult, read_tables
from core.errors import FileProblem

MAY = "id,text\n1,good one\n2,bad one\n3,odd one\n"
JUNE = "id,text\n4,late one\n5,torn one\n"


def read(folder: Path, **contents: str | bytes) -> ReadResult:
    """Write each content as NAME.csv and read them in their order."""
    paths = [folder / f"{name}.csv" for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_tables(paths)


def refused(folder: Path, **contents: str | bytes) -> str:
    with pytest.raises(FileProblem) as caught:
        read(folder, **contents)
    return str(caught.value)


def test_equal_columns_become_one_table_with_the_source_of_each_row(tmp_path: Path) -> None:
    result = read(tmp_path, may=MAY, june=JUNE)
    assert result.table.column_names == list(result.names) == ["id", "text", "source"]
    assert result.table["id"].to_pylist() == ["1", "2", "3", "4", "5"]
    assert result.table["source"].to_pylist() == ["may.csv"] * 3 + ["june.csv"] * 2


def test_each_file_may_have_a_dialect_and_an_order_of_its_own(tmp_path: Path) -> None:
    june = "text;id\r\nspät, Größe falsch;4\r\nzerrissen;5\r\n".encode("cp1252")
    table = read(tmp_path, may=MAY, june=june).table
    assert table.column_names == ["id", "text", "source"]
    assert table.slice(3, 1).to_pylist() == [
        {"id": "4", "text": "spät, Größe falsch", "source": "june.csv"}
    ]


def test_a_column_that_is_called_source_keeps_its_name(tmp_path: Path) -> None:
    content = "id,source\n1,shop\n2,mail\n"
    table = read(tmp_path, a=content, b=content).table
    assert table.column_names == ["id", "source", "source_2"]
    assert table["source"].to_pylist() == ["shop", "mail"] * 2


def test_what_was_set_aside_names_its_file(tmp_path: Path) -> None:
    june = JUNE.replace("5,torn one", "5,torn one,more")
    result = read(tmp_path, may=f"Report of May\n\n{MAY}", june=june)
    assert result.preamble == ("Report of May",)
    assert result.rejects.select(["line", "content", "source"]).to_pylist() == [
        {"line": 3, "content": "5,torn one,more", "source": "june.csv"}
    ]
    assert [(one.row, one.cells) for one in result.surplus] == [(4, ("more",))]
    assert [one.row_count for one in result.sources] == [3, 2]


def test_other_columns_are_named(tmp_path: Path) -> None:
    said = refused(tmp_path, may=MAY, june="id,price,city\n4,3.5,Rome\n5,4.5,Oslo\n")
    assert said.startswith("june.csv has not the columns of may.csv. It lacks: text.")
    assert "price, city" in said


def test_a_file_without_names_is_named(tmp_path: Path) -> None:
    june = "4,late one\n5,torn one\n6,lost one\n"
    assert refused(tmp_path, may=MAY, june=june).startswith("may.csv names its columns, june.csv")
    assert refused(tmp_path, june=june, may=MAY).startswith("may.csv names its columns, june.csv")


@pytest.mark.parametrize("bad", [b"", b"\n\n", b"\x89PNG\r\n\x1a\n" + bytes(99)])
def test_a_bad_or_empty_file_is_named(tmp_path: Path, bad: bytes) -> None:
    assert "bad.csv" in refused(tmp_path, may=MAY, bad=bad, june=JUNE)


def test_a_file_with_names_only_adds_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, may=MAY, none="id,text\n").row_count == 3


def test_no_file_is_said_in_words() -> None:
    with pytest.raises(FileProblem, match="No file"):
        read_tables([])
