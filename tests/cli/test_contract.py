"""What `textlode read` promises where files leave it open, sentence by sentence."""

import csv
import gzip
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.cli import main

REPOSITORY = Path(__file__).parents[2]
REVIEWS = "id,text,price\n1,good stuff,2.5\n2,bad stuff,3.5\n3,odd stuff,4\n4,new stuff,5\n"
SURPLUS = "The row is in the table without its last {} cells: there are no columns for them."


@dataclass(frozen=True)
class Reading:
    """What a run printed and wrote."""

    status: int
    printed: dict[str, Any]
    out: Path

    @property
    def file(self) -> dict[str, Any]:
        """The first file of the printed object."""
        return dict(self.printed["files"][0])

    def records(self, name: str = "x.csv") -> list[list[str]]:
        with (self.out / name).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    @property
    def rejects(self) -> list[list[str]]:
        return self.records("x.rejects.csv")


@pytest.fixture
def read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Reading]:
    """Return a function that writes x.csv, runs the command on it and says what came of it."""

    def run(content: str | bytes, *arguments: str, name: str = "x.csv") -> Reading:
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(data)
        return run_on([tmp_path / name], tmp_path / "out", capfd, *arguments)

    return run


def run_on(
    files: list[Path], out: Path, capfd: pytest.CaptureFixture[str], *arguments: str
) -> Reading:
    status = main(["read", *map(str, files), "--out", str(out), "--json", *arguments])
    printed, said = capfd.readouterr()
    assert "Traceback" not in said
    assert printed.count("\n") == 1
    return Reading(status, json.loads(printed), out)


class TestNames:
    """No header, header over several rows, preamble, several tables."""

    def test_without_names_the_first_record_is_data(self, read: Callable[..., Reading]) -> None:
        content = "1,good stuff here,2.5\n2,bad stuff there,3.5\n3,other things,1\n4,none,2\n"
        found = read(content)
        assert found.records()[0] == ["1", "good stuff here", "2.5"]
        assert len(found.records()) == found.file["rows"] == 4
        assert found.file["names_missing"] is True
        assert found.file["names"] == []
        assert found.file["columns"] == ["column 1", "column 2", "column 3"]

    def test_names_over_several_rows_are_joined_by_a_space(
        self, read: Callable[..., Reading]
    ) -> None:
        rows = "Ann,Paris,book,3.5\nBob,Rome,pen,1.5\nCid,Oslo,cup,2.5\nDan,Bern,hat,9.5\n"
        found = read(f"Person,Person,Order,Order\nname,city,item,price\n{rows}")
        assert found.records()[0] == ["Person name", "Person city", "Order item", "Order price"]
        assert found.file["rows"] == 4
        assert found.file["names_missing"] is False

    def test_a_preamble_is_dropped_and_kept_with_the_table(
        self, read: Callable[..., Reading]
    ) -> None:
        found = read(f"Reviews of May\nmade by hand\n\n{REVIEWS}")
        assert found.records() == [line.split(",") for line in REVIEWS.splitlines()]
        assert found.file["preamble"] == ["Reviews of May", "made by hand"]
        assert found.file["dialect"]["line_of_names"] == 4

    TOWNS = "city,country,people,river\nParis,France,2000000,Seine\nRome,Italy,2800000,Tiber\n"

    @pytest.mark.parametrize("first", [REVIEWS, "id,text\n1,one\n2,two words\n3,three\n"])
    def test_the_first_of_several_tables_is_the_table(
        self, read: Callable[..., Reading], first: str
    ) -> None:
        more = self.TOWNS + "Oslo,Norway,700000,Aker\nBern,Swiss,130000,Aare\n"
        found = read(f"{first}\n{more}")
        assert found.records() == [line.split(",") for line in first.splitlines()]
        line = first.count("\n") + 2
        assert found.file["tables"] == [f"line {line}"]
        assert [int(row[0]) for row in found.rejects[1:]] == [line + n for n in range(5)]
        assert found.rejects[1][1].endswith(f"begins in line {line}.")

    def test_another_table_can_be_chosen(self, read: Callable[..., Reading]) -> None:
        more = self.TOWNS + "Oslo,Norway,700000,Aker\n"
        found = read(f"{REVIEWS}\n{more}", "--table", "line 7")
        assert found.records() == [line.split(",") for line in more.splitlines()]


class TestRows:
    """Rows too short or too long, stray and unclosed quotes, blanks."""

    def test_short_and_long_rows_are_kept_with_what_they_have(
        self, read: Callable[..., Reading]
    ) -> None:
        lines = REVIEWS.splitlines()
        lines[2], lines[4] = "2,only this", "4,new stuff,5,more,still more"
        found = read("\n".join(lines) + "\n")
        assert found.records()[2] == ["2", "only this", ""]
        assert found.records()[4] == ["4", "new stuff", "5"]
        assert found.file["rows"] == 4
        assert (found.file["short_rows"], found.file["long_rows"]) == (1, 1)
        assert found.file["surplus"] == [{"line": 5, "row": 3, "cells": ["more", "still more"]}]
        assert found.rejects[0] == ["line", "reason", "content"]
        assert found.rejects[1:] == [["5", SURPLUS.format(2), lines[4]]]

    def test_the_rejects_name_every_long_row(self, read: Callable[..., Reading]) -> None:
        rows = [f"{n},some text,2" + (",more" if n % 3 else "") for n in range(3000)]
        found = read("id,text,price\n" + "\n".join(rows) + "\n", "--header-rows", "1")
        columns = len(found.file["columns"])
        lost = [row for row in rows if row.count(",") + 1 > columns]
        assert len(found.rejects) - 1 == found.file["long_rows"] == len(lost)
        assert found.file["rows"] == 3000

    def test_a_stray_quote_is_a_character(self, read: Callable[..., Reading]) -> None:
        content = 'id,text,size\n1,a 5" wheel,3\n2,"in quotes",4\n3,say "hi" now,5\n4,plain,6\n'
        texts = [record[1] for record in read(content).records()[1:]]
        assert texts == ['a 5" wheel', "in quotes", 'say "hi" now', "plain"]

    @pytest.mark.parametrize("bad", [0, 5, 19])
    def test_an_unclosed_quote_costs_its_own_row_at_most(
        self, read: Callable[..., Reading], bad: int
    ) -> None:
        lines = [f'{n},"text, number {n}",{n}' for n in range(20)]
        lines[bad] = f'{bad},"text number {bad},{bad}'
        found = read("id,text,n\n" + "\n".join(lines) + "\n")
        expected = [[str(n), f"text, number {n}", str(n)] for n in range(20) if n != bad]
        records = found.records()[1:]
        assert len(records) == 20
        assert [row for row in records if row[0] != str(bad)] == expected

    def test_a_blank_after_every_delimiter_belongs_to_the_dialect(
        self, read: Callable[..., Reading]
    ) -> None:
        content = 'id, text, price\n1, "one, word", 3\n2, two words, 2\n3,  three, 4\n4, "", 5\n'
        found = read(content)
        assert found.records() == [
            ["id", "text", "price"],
            ["1", "one, word", "3"],
            ["2", "two words", "2"],
            ["3", " three", "4"],
            ["4", "", "5"],
        ]
        assert found.file["dialect"]["blank_after_delimiter"] is True

    def test_blanks_that_some_values_have_belong_to_them(
        self, read: Callable[..., Reading]
    ) -> None:
        content = "id,text,price\n1,one, 3\n2, two words, 2\n3,  three ,4\n4,x,5\n"
        assert read(content).records() == [line.split(",") for line in content.splitlines()]

    def test_values_stay_as_they_were_written(self, read: Callable[..., Reading]) -> None:
        values = ["007", "1e5", "NA", "2024-01-02", " leading", "1.10", "TRUE", "-0", "null"]
        content = "id,value\n" + "".join(f"{n},{value}\n" for n, value in enumerate(values))
        assert [row[1] for row in read(content).records()[1:]] == values

    def test_what_was_detected_can_be_said_otherwise(self, read: Callable[..., Reading]) -> None:
        content = "a;b\n1,5;Größe\n2,5;schön\n3,5;über\n".encode("cp1252")
        said = ("--delimiter", ",", "--encoding", "cp1251", "--header-rows", "0")
        records = read(content, *said, "--skip-lines", "1", "--quote", "").records()
        assert records[0] == ["1", "5;Größe".encode("cp1252").decode("cp1251")]


class TestInputs:
    """Several inputs, their names, and what is written where."""

    def test_the_good_ones_are_written_and_the_bad_ones_each_get_a_line(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        names = ("a.csv", "empty.csv", "b.csv", "gone.csv", "picture.csv", "folder", "pipe")
        files = [tmp_path / name for name in names]
        for file in (files[0], files[2]):
            file.write_text(REVIEWS)
        files[1].write_bytes(b"")
        files[4].write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
        files[5].mkdir()
        os.mkfifo(files[6])
        found = run_on(files, tmp_path / "out", capfd)
        assert found.status == 2
        assert [Path(file["input"]).name for file in found.printed["files"]] == ["a.csv", "b.csv"]
        bad = ["empty.csv", "gone.csv", "picture.csv", "folder", "pipe"]
        assert len(found.printed["errors"]) == len(bad)
        for name, line in zip(bad, found.printed["errors"], strict=True):
            assert name in line and "\n" not in line
        written = {"a.csv", "a.rejects.csv", "b.csv", "b.rejects.csv"}
        assert {path.name for path in found.out.iterdir()} == written

    def test_the_stem_of_a_packed_file_is_that_of_what_is_in_it(
        self, read: Callable[..., Reading], tmp_path: Path
    ) -> None:
        assert Path(read(gzip.compress(REVIEWS.encode()), name="x.csv.gz").file["output"]) == (
            tmp_path / "out" / "x.csv"
        )
        with zipfile.ZipFile(tmp_path / "whole.zip", "w") as archive:
            archive.writestr("inner.csv", REVIEWS)
        content = (tmp_path / "whole.zip").read_bytes()
        assert Path(read(content, name="y.tsv.zip").file["output"]).name == "y.csv"

    def test_equal_stems_have_outputs_of_their_own(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        files = [tmp_path / name for name in ("1/x.csv", "2/x.csv", "3/x.tsv", "4/x.rejects.csv")]
        for number, file in enumerate(files):
            file.parent.mkdir()
            file.write_text(REVIEWS.replace("good", f"number {number}"))
        found = run_on(files, tmp_path / "out", capfd)
        outputs = [file[kind] for file in found.printed["files"] for kind in ("output", "rejects")]
        assert len(set(outputs)) == 8
        for number, file in enumerate(found.printed["files"]):
            assert found.records(file["output"])[1][1] == f"number {number} stuff"

    def test_an_input_is_never_written_over(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        files = [tmp_path / "x.csv", tmp_path / "x-2.csv", tmp_path / "x.rejects.csv"]
        for file in files:
            file.write_text(REVIEWS.replace(",", ";"))
        (tmp_path / "linked").mkdir()
        (tmp_path / "linked" / "y.csv").hardlink_to(files[0])
        (tmp_path / "linked" / "z.csv").symlink_to(files[1])
        found = run_on(files, tmp_path, capfd)
        assert len({file["output"] for file in found.printed["files"]}) == 3
        for stem, source in (("y", files[0]), ("z", files[1])):
            renamed = tmp_path / "from" / f"{stem}.csv"
            renamed.parent.mkdir(exist_ok=True)
            renamed.write_text(REVIEWS)
            run_on([renamed], tmp_path / "linked", capfd)
            assert (tmp_path / "linked" / f"{stem}.csv").read_text() == REVIEWS
            assert not (tmp_path / "linked" / f"{stem}.csv").is_symlink()
            assert source.read_text() == REVIEWS.replace(",", ";")

    def test_no_half_of_a_file_is_left_where_writing_fails(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def break_down(*_: object) -> None:
            raise OSError(28, "No space left on device")

        (tmp_path / "x.csv").write_text(REVIEWS)
        monkeypatch.setattr("core.data.reading.write_rows", break_down)
        found = run_on([tmp_path / "x.csv"], tmp_path / "out", capfd)
        assert found.status == 2 and "No space left" in found.printed["errors"][0]
        assert list(found.out.iterdir()) == []

    @pytest.mark.parametrize("arguments", [[], ["--nonsense"], ["--header-rows", "x"]])
    def test_wrong_use_prints_the_object_too(
        self, arguments: list[str], capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["read", "--json", *arguments]) == 2
        printed, said = capfd.readouterr()
        assert len(json.loads(printed)["errors"]) == 1
        assert len(said.splitlines()) == 1

    def test_an_out_that_is_a_file_is_said_in_words(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        for name in ("x.csv", "file"):
            (tmp_path / name).write_text(REVIEWS)
        found = run_on([tmp_path / "x.csv"], tmp_path / "file", capfd)
        assert found.status == 2 and "Name a folder" in found.printed["errors"][0]


def noise(count: int) -> bytes:
    return random.Random(5).randbytes(count)


def columns(folder: Path) -> Path:
    path = folder / "columns.csv"
    rows = ("1,2\n" if n % 2 else "," * 19_999 + "\n" for n in range(400))
    path.write_text(",".join(f"c{n}" for n in range(20_000)) + "\n" + "".join(rows))
    return path


def cell(folder: Path) -> Path:
    path = folder / "cell.csv"
    path.write_bytes(b'id,text,n\n1,"' + b"word, and\n" * 5_000_000 + b'",3\n2,short,4\n')
    return path


def open_quote(folder: Path) -> Path:
    path = folder / "quote.csv"
    path.write_bytes(b'id,text\n1,"' + b'x,"y ' * 10_000_000 + b"\n2,short\n")
    return path


def bomb(folder: Path) -> Path:
    path = folder / "bomb.csv.gz"
    with gzip.open(path, "wb") as file:
        for _ in range(600):
            file.write(b"a,b\n" * (1 << 18))
    return path


def dense_bomb(folder: Path) -> Path:
    """As many empty cells as pass for a table that was packed well."""
    path = folder / "dense.csv.gz"
    with gzip.open(path, "wb") as file:
        for n in range(270):
            file.write(b"," * 7 + b"\n" + b",,,,,,,\n" * (1 << 17) + noise(9000 + n).hex().encode())
    return path


def packed_texts(folder: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / "texts.parquet"
    places = pa.array([0] * 65_536, pa.int32())
    texts = pa.DictionaryArray.from_arrays(places, pa.array(["x" * 1_000_000]))
    pq.write_table(pa.table({"text": texts}), path)
    return path


def keys(folder: Path) -> Path:
    path = folder / "keys.jsonl"
    path.write_text("".join(f'{{"k{n}": 1}}\n' for n in range(9900)))
    return path


def workbook(folder: Path) -> Path:
    """A workbook whose texts unpack to 400 MB, with as much noise beside as hides that."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["id", "text"])
    book.save(folder / "book.xlsx")
    with zipfile.ZipFile(folder / "book.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/more.xml", "w") as part:
            for _ in range(400):
                part.write(b"<si><t>text</t></si>" * 52_000)
        archive.writestr("xl/media/picture.png", noise(6_000_000))
    return folder / "book.xlsx"


def wide_sheet(folder: Path) -> Path:
    """A sheet with a cell in the last column of each line, and merged cells without end."""
    import openpyxl

    openpyxl.Workbook().save(folder / "empty.xlsx")
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 200_000))
    cells = '<mergeCell ref="A1:XFD1048576"/>' * 500_000
    merged = f"<mergeCells>{cells}</mergeCells>"
    with (
        zipfile.ZipFile(folder / "empty.xlsx") as empty,
        zipfile.ZipFile(folder / "wide.xlsx", "w", zipfile.ZIP_DEFLATED) as wide,
    ):
        for name in empty.namelist():
            content = empty.read(name).decode()
            if name.endswith("sheet1.xml"):
                above, below = content.split("<sheetData></sheetData>")
                content = f"{above}<sheetData>{rows}</sheetData>{merged}{below}"
            wide.writestr(name, content)
    return folder / "wide.xlsx"


class TestNever:
    """No traceback, no hang, no full memory, nothing written elsewhere."""

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "make",
        [columns, cell, open_quote, bomb, dense_bomb, packed_texts, keys, workbook, wide_sheet],
    )
    def test_a_file_of_a_few_megabytes_never_takes_two_gigabytes(
        self, make: Callable[[Path], Path], tmp_path: Path
    ) -> None:
        path = make(tmp_path)
        assert path.stat().st_size < 100 << 20
        done = in_a_process(path, "--out", tmp_path / "out")
        assert done.returncode in (0, 2), done.stderr
        assert json.loads(done.stdout)["peak_memory_mb"] < 2048

    @pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir])
    def test_a_pipe_and_a_folder_are_refused_at_once(
        self, make: Callable[[Path], None], tmp_path: Path
    ) -> None:
        make(tmp_path / "x.csv")
        done = in_a_process(tmp_path / "x.csv", "--out", tmp_path / "out")
        assert done.returncode == 2
        assert len(json.loads(done.stdout)["errors"]) == 1

    def test_a_member_that_points_upwards_is_written_nowhere(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with zipfile.ZipFile(tmp_path / "up.zip", "w") as archive:
            archive.writestr("../../evil.csv", REVIEWS)
        found = run_on([tmp_path / "up.zip"], tmp_path / "deep" / "out", capfd)
        assert [path.name for path in found.out.glob("*.csv")] != []
        names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
        assert names == {"up.zip", "up.csv", "up.rejects.csv"}


def in_a_process(*arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "core.cli", "read", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done
