"""Small files, where a few lines have to say how all are cut."""

from pathlib import Path

import pytest

from core.data import read_table
from core.data.records import Marks, RecordReader

QUOTED = "id,text\n" + "".join(f'{n},"<b>x</b> is cell {n} of the table"\n' for n in range(40))
LETTERS = "letter\n" + "".join(f"Letter {n} about the weather\n" for n in range(30))


@pytest.mark.parametrize(
    ("content", "names", "rows"),
    [
        ("a,b\n1,2\n3,4\n5,6\n", ["a", "b"], 3),
        ("x,y\n1,2\n", ["x", "y"], 1),
        ("price\n1,5\n2,5\n3,5\n", ["price"], 3),
        ("price;n\n1,5;2\n2,5;3\n", ["price", "n"], 2),
        ("id;text\n" + "".join(f"{n};nice, {n} pounds\n" for n in range(9)), ["id", "text"], 9),
        (QUOTED, ["id", "text"], 40),
        (LETTERS, ["letter"], 30),
    ],
)
def test_a_small_file_is_cut_as_it_is_meant(
    tmp_path: Path, content: str, names: list[str], rows: int
) -> None:
    path = tmp_path / "small.csv"
    path.write_text(content, encoding="utf-8")
    table = read_table(path).table
    assert (table.column_names, table.num_rows) == (names, rows)


def test_a_long_value_behind_more_numbers_than_there_are_columns() -> None:
    lines = ['1;2;3;4;"a;b\n', "3;4\n", 'e";5\n', "word;some text\n"]
    records = list(RecordReader(Marks(";"), 2).read(lines))
    assert records[-1].cells == ["word", "some text"]
