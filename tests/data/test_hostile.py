"""Files that are no table, or mean harm, end in words: no traceback, no hang, no full memory."""

import contextlib
import gzip
import io
import os
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from core.data import (
    check_texts,
    detect_language,
    parse_dates,
    preview_table,
    profile_table,
    propose_roles,
    read_table,
    read_tables,
    write_reading,
)
from core.data.sheet_facts import find_sheet_facts
from core.errors import Cancelled, FileProblem
from core.progress import Progress

ROOT = Path(__file__).parents[2]
NOISE = random.Random(5).randbytes(3000)


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def write_all(folder):
    """Return hostile paths by name."""
    contents = {
        "empty.csv": b"",
        "blank.csv": b"\n\n   \n",
        "mark.csv": b"\xef\xbb\xbf",
        "picture.csv": b"\x89PNG\r\n\x1a\n" + NOISE,
        "photo.csv": b"\xff\xd8\xff\xe0" + NOISE,
        "noise.csv": NOISE,
        "zeros.csv": bytes(5000),
        "paper.csv": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\n" + NOISE,
        "page.csv": b"<!DOCTYPE html><html><body><table><tr><td>1</td></tr></table></body></html>",
        "export.xls": b"<table><tr><td>id</td><td>text</td></tr><tr><td>1</td></tr></table>",
        "feed.csv": b'<?xml version="1.0"?><a/>',
        "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE,
        "cut.csv.gz": gzip.compress(b"a,b\n1,2\n" * 5000)[:60],
        "no.xlsx": b"PK\x03\x04" + NOISE,
        "no.parquet": b"PAR1" + NOISE + b"PAR1",
        "broken.json": b'[{"a": 007}]',
        "deep.json": b"[" * 200_000,
        "empty.json": b"[]",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    zipped(folder / "none.zip")
    zipped(folder / "office.docx", **{"[Content_Types].xml": "<a/>", "word__document.xml": "<a/>"})
    zipped(folder / "book.xlsx", **{"[Content_Types].xml": "<a/>", "xl__workbook.xml": "<broken"})
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    return {path.name: path for path in write_all(folder)}


NAMES = [
    "empty.csv", "blank.csv", "mark.csv", "picture.csv", "photo.csv", "noise.csv", "zeros.csv",
    "paper.csv", "page.csv", "export.xls", "feed.csv", "old.xls", "cut.csv.gz", "no.xlsx",
    "no.parquet", "broken.json", "deep.json", "empty.json", "none.zip", "office.docx", "book.xlsx",
    "folder.csv", "pipe.csv",
]  # fmt: skip


def test_every_hostile_file_is_tried(hostile):
    assert sorted(hostile) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("read", [read_table, preview_table, lambda path: read_tables([path])])
def test_no_table_is_said_in_words(hostile, name, read):
    with pytest.raises(FileProblem) as caught:
        read(hostile[name])
    message = str(caught.value)
    assert name in message and 20 < len(message) < 500


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileProblem, match=r"gone\.csv"):
        read_table(tmp_path / "gone.csv")


def test_a_member_that_points_upwards_is_written_nowhere(tmp_path):
    folder = tmp_path / "deep" / "deeper"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "up.zip", "w") as archive:
        archive.writestr("../../evil.csv", "a,b\n1,2\n")
    with contextlib.suppress(FileProblem):
        read_table(folder / "up.zip")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["up.zip"]


def packed_again(folder, name, content):
    return zipped(folder / "outer.zip", **{name: content})


def locked(folder):
    """A zip whose member says that it is encrypted."""
    content = bytearray(zipped(folder / "locked.zip", x=b"a,b\n1,2\n" * 20).read_bytes())
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    (folder / "locked.zip").write_bytes(content)
    return folder / "locked.zip"


def test_what_a_zip_holds_is_said(tmp_path):
    rows = b"a,b\n1,2\n" * 20
    two = zipped(tmp_path / "two.zip", one=rows, other=rows)
    with pytest.raises(FileProblem, match=r"two\.zip holds 2 files: one, other\. .*unpack"):
        read_table(two)
    for content in (two.read_bytes(), gzip.compress(rows)):
        with pytest.raises(FileProblem, match=r"outer\.zip holds inner, which is packed itself"):
            read_table(packed_again(tmp_path, "inner", content))
    with pytest.raises(FileProblem, match="locked with a password"):
        read_table(locked(tmp_path))


def test_a_workbook_in_a_zip_is_read(tmp_path):
    book = openpyxl.Workbook()
    for row in (["id", "text"], [1, "late"], [2, "torn"]):
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    content = (tmp_path / "book.xlsx").read_bytes()
    assert read_table(packed_again(tmp_path, "book", content)).row_count == 2


def test_a_packed_file_that_breaks_off(tmp_path):
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(NOISE.hex().encode())[:1500])
    with pytest.raises(FileProblem, match="breaks off before its end"):
        read_table(tmp_path / "x.csv.gz")


ODD = {
    "one.csv": b"a,b\n1,2\n",
    "names.csv": b"a,b,c\n",
    "column.csv": b"text\nhello you\nwhat is this\nnothing else\n",
    "equal.csv": b"text\n" + b"same text here\n" * 50,
    "quote.csv": b'a,b\n1,"x\n2,y\n',
    "nul.csv": b"a,b\n1\x00,x\n2,y\n3,z\n",
    "html.csv": b"id,text\n1,<b>bold</b> <script>alert(1)</script>\n2,plain words\n",
    "formula.csv": b"id,text\n1,=1+1\n2,@SUM(A1)\n",
    "packed.csv.gz": gzip.compress(b"a,b\n007,1e5\n008,1e6\n"),
    "wide.csv": b",".join(b"c%d" % n for n in range(3000)) + b"\n" + b"1," * 2999 + b"1\n",
    "lines.jsonl": b'{"a": 7.10, "b": true}\n{"a": 8}\nnot json\n',
}


@pytest.mark.parametrize("name", list(ODD))
def test_odd_tables_pass_through_everything(tmp_path, name):
    (tmp_path / name).write_bytes(ODD[name])
    result = read_table(tmp_path / name)
    propose_roles(profile_table(result.table))
    for column in result.table.columns[:4]:
        check_texts(column)
        detect_language(column)
        parse_dates(column)
    written = write_reading(result, tmp_path / "out", "x")
    again = read_table(written.table)
    assert again.table.num_columns == result.table.num_columns


def test_an_unclosed_quote_costs_its_row_at_most(tmp_path):
    lines = [f"{n},word {n},5" for n in range(200)]
    lines[100] = '100,"word 100,5'
    (tmp_path / "x.csv").write_text("id,text,n\n" + "\n".join(lines) + "\n")
    found = read_table(tmp_path / "x.csv")
    rows = found.table.to_pylist()
    assert [row["id"] for row in rows] == [str(n) for n in range(200)]
    assert rows[99]["text"] == "word 99" and rows[101]["text"] == "word 101"


MEGABYTE = 1 << 20
HOSTILE_SHEETS = {
    "blanks": b'<c r="A1"><f>1</f>' + b" " * MEGABYTE + b"<x/></c>",
    "opened": b"<!-- f> " + b"<c " * (MEGABYTE // 3) + b"-->",
    "merged": b"<mergeCell " * (MEGABYTE // 11),
    "slashes": b'<c r="A1"><f ' + b"/" * MEGABYTE + b">",
}


@pytest.mark.parametrize("name", list(HOSTILE_SHEETS))
def test_a_sheet_made_to_hang_the_reader_is_looked_through(name):
    """Going back over what was read, the pattern took minutes for a megabyte, not milliseconds."""
    began = time.process_time()
    facts = find_sheet_facts(io.BytesIO(HOSTILE_SHEETS[name]))
    assert time.process_time() - began < 2
    assert (facts.merged, facts.uncalculated_cells) == ((), 0)


def test_looking_through_a_sheet_can_be_cancelled_and_limited(tmp_path):
    class Stopped(Progress):
        def __call__(self, done, total, message=""):
            if done:
                raise Cancelled("It was cancelled.")

    with pytest.raises(Cancelled):
        find_sheet_facts(io.BytesIO(b"<c/>"), Stopped())
    book = openpyxl.Workbook()
    book.active.append(["id", "text"])
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(Cancelled):
        read_table(tmp_path / "book.xlsx", progress=Stopped())
    sheet = io.BytesIO(b"<c/>" * MEGABYTE)
    find_sheet_facts(sheet, most=1)
    assert sheet.tell() == MEGABYTE


MEMORY = """
import resource, sys
from pathlib import Path
from core.data import read_table
from core.errors import Cancelled, FileProblem
try:
    read_table(Path(sys.argv[1]))
except FileProblem as problem:
    print(problem)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_megabytes(path):
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)],
        cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def zip_bomb(folder):
    path = folder / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.csv", "w", force_zip64=True) as member,
    ):
        for _ in range(600):
            member.write(b"a,b\n" * (1 << 18))
    return path


def long_cell(folder):
    path = folder / "cell.csv"
    path.write_bytes(b'id,text\n1,"' + b"word and\n" * 5_500_000 + b'"\n2,short\n')
    return path


def many_columns(folder):
    path = folder / "columns.csv"
    names = ",".join(f"c{n}" for n in range(20_000))
    path.write_text(names + "\n" + "\n".join("1,2\n" * 50_000))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("make", [zip_bomb, long_cell, many_columns])
def test_a_few_megabytes_never_fill_the_memory(tmp_path, make):
    assert peak_megabytes(make(tmp_path)) < 2048
