"""The first rows of a file are seen without the rest of it."""

import gzip
import zipfile
from pathlib import Path

import pytest

from core.data import preview_table, read_table
from core.data import reading as module
from core.errors import FileProblem

LINES = "".join(f"{n},a text of number {n},good\n" for n in range(60_000))
CONTENT = f"id,text,label\n{LINES}".encode()


@pytest.fixture(autouse=True)
def look_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKED_THROUGH", 1 << 20)


def test_what_is_damaged_below_does_not_hide_the_first_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(CONTENT)[:-2000])
    rows = preview_table(path, rows=50).table
    assert rows.num_rows == 50
    assert rows.slice(1, 1).to_pylist() == [
        {"id": "1", "text": "a text of number 1", "label": "good"}
    ]
    with pytest.raises(FileProblem, match="breaks off"):
        read_table(path)


def test_a_packed_kind_that_is_read_as_a_whole_is_unpacked_as_a_whole(tmp_path: Path) -> None:
    rows = ",".join(f'{{"id": {n}, "text": "a text of number {n}"}}' for n in range(40_000))
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.json", f"[{rows}]")
    assert preview_table(tmp_path / "x.zip", rows=50).row_count == 50


def test_json_lines_by_another_name_are_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"id": 1, "text": "one"}\n{"id": 2, "text": "two"}\nnot json\n')
    result = preview_table(path)
    assert (result.dialect.format, result.row_count) == ("jsonl", 2)
    assert result.rejects["reason"].to_pylist() == ["From character 1 on, the line is not JSON."]
