"""Lines that stand in quotes as a whole, as where a spreadsheet took each line for one value."""

from pathlib import Path

import pytest

from core.data import ReadResult, read_table
from core.data import delimited as module
from core.data.detection import detect_marks

NAMES = ["id", "text", "label"]
SIZES = [5, 3000]


def rows(count: int) -> list[list[str]]:
    return [[str(n), f"some words, number {n}", "good"] for n in range(count)]


def plain(row: list[str]) -> str:
    return ",".join(f'"{cell}"' if "," in cell else cell for cell in row)


def within(line: str, quote: str = '"') -> str:
    return quote + line.replace(quote, quote * 2) + quote


def read(folder: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> ReadResult:
    """Read by whichever way the file takes; the careful way has to find the same."""
    path = folder / "x.csv"
    path.write_text("\n".join(lines) + "\n")
    found = read_table(path)
    with monkeypatch.context() as patch:
        patch.setattr(module, "read_fast", lambda *_: None)
        patch.setattr(module, "suits_pieces", lambda _: False)
        carefully = read_table(path)
    assert found.table.to_pylist() == carefully.table.to_pylist()
    assert found.names == carefully.names
    return found


def cells(result: ReadResult) -> list[list[str]]:
    return [list(row.values()) for row in result.table.to_pylist()]


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("names_too", [True, False])
def test_all_lines_in_quotes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, quote: str, names_too: bool
) -> None:
    names = within("id,text,label", quote) if names_too else "id,text,label"
    lines = [names, *(within(plain(row), quote) for row in rows(count))]
    result = read(tmp_path, lines, monkeypatch)
    assert list(result.names) == NAMES
    assert cells(result) == rows(count)
    assert str(result.remarks[0]).startswith(f"Lines that stand in quotes as a whole ({quote})")
    assert (result.repaired_rows, result.rejected) == (0, 0)


@pytest.mark.parametrize(("quote", "found"), [(None, '"'), ('"', '"'), ("'", "'"), ("", "")])
@pytest.mark.parametrize("delimiter", [None, ","])
def test_a_quote_that_is_given_is_taken(
    quote: str | None, found: str, delimiter: str | None
) -> None:
    lines = ['"x y"\n', '"foo bar"\n', '"baz q"\n']
    assert detect_marks(lines, delimiter, quote).marks.quote == found


def test_nothing_is_said_of_each_line_where_one_stands_without_quotes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [within(plain(row)) for row in rows(40)]
    lines[20] = plain(rows(40)[20])
    result = read(tmp_path, [within("id,text,label"), *lines], monkeypatch)
    assert cells(result) == rows(40)
    assert [str(one) for one in result.remarks] == [
        'Lines that stand in quotes as a whole ("): the quotes were taken off.'
    ]


@pytest.mark.parametrize("places", [range(0, 3000, 5), [2500]])
def test_some_lines_in_quotes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: list[int]
) -> None:
    lines = [plain(row) for row in rows(3000)]
    for place in places:
        lines[place] = within(lines[place])
    result = read(tmp_path, [",".join(NAMES), *lines], monkeypatch)
    assert cells(result) == rows(3000)
    assert result.repaired_rows == len(places)


@pytest.mark.parametrize("quote", ['"', "'"])
def test_the_first_and_the_last_value_in_quotes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quote: str
) -> None:
    def ends(n: int) -> str:
        return f"{quote}{n}{quote},some words {n},{quote}good{quote}"

    expected = [[str(n), f"some words {n}", "good"] for n in range(3000)]
    lines = [",".join(row) for row in expected]
    lines[2500] = ends(2500)
    assert cells(read(tmp_path, ["id,text,label", *lines], monkeypatch)) == expected
    lines = [ends(n) for n in range(3000)]
    result = read(tmp_path, ["id,text,label", *lines], monkeypatch)
    assert cells(result) == expected
    assert (result.repaired_rows, result.dialect.quote) == (0, quote)


@pytest.mark.parametrize("names", [["text"], []])
def test_texts_in_quotes_with_a_comma_in_each_are_one_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str]
) -> None:
    texts = [f"they came, saw parcel {n}" for n in range(30)]
    result = read(tmp_path, [*names, *map(within, texts)], monkeypatch)
    assert cells(result) == [[text] for text in texts]
