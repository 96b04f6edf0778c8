"""The fast way either reads a large file as the careful one does, or leaves it to it."""

import random
from itertools import pairwise
from pathlib import Path

import pytest

from core.data import ReadOptions, read_table, watch
from core.data import delimited as module
from core.data.encoding import Encoding
from core.data.fast import read_fast
from core.data.layout import Layout
from core.data.plan import Plan
from core.data.records import Marks
from core.data.source import Source
from core.errors import Cancelled
from core.progress import READING, SILENT, Progress

ROWS = 3000
PIECES = [
    "a",
    "word",
    ",",
    '"',
    '""',
    '","',
    "\n",
    '"\n"',
    " ",
    "\r\n",
    "\r",
    "é",
    "\0",
    '",',
    ',"',
    "\n\n",
]

ODD_LINES = ["\n", "\r\n", "  \n", "7,a,b\r\n", "7,a,b\n", '7,"a\nb",c\n', '7,"a\n7,a,b\n7,a",b\n']


def clean_lines(end: str = "\n") -> list[str]:
    return [f'{n},"a text, number {n}",good{end}' for n in range(ROWS)]


def read(path: Path) -> tuple[list[str], list[dict[str, str | None]]]:
    result = read_table(path)
    return list(result.names), result.table.to_pylist()


def carefully(path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    with monkeypatch.context() as patch:
        patch.setattr(module, "read_fast", lambda *_: None)
        return read(path)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_clean_file_takes_the_fast_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, encoding: str
) -> None:
    path = tmp_path / "x.csv"
    lines = clean_lines(end)
    lines[-1] = f'{ROWS},"voilà, a café",bad{end}'
    path.write_bytes("".join([f"id,text,label{end}", *lines]).encode(encoding))
    expected = carefully(path, monkeypatch)
    monkeypatch.setattr(module, "_read_carefully", None)
    assert read(path) == expected
    assert read_table(path).dialect.line_end == end


def test_both_ways_read_alike_whatever_stands_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PART", 20_000)
    rng = random.Random(8)
    fast = 0
    real = module.read_fast
    for _ in range(40):
        end = rng.choice(["\n", "\r\n"])
        lines = clean_lines(end)
        if rng.random() < 0.5:
            lines = several_lines(rng, end, rng.choice(["\n", "\r\n", "\r"]))
        for _ in range(rng.choice([0, 0, 1, 2])):
            odd = "".join(rng.choices(PIECES, k=rng.randint(1, 5)))
            lines[rng.randrange(2000, ROWS)] = f"7,{odd},good{end}"
        path = tmp_path / "x.csv"
        path.write_text(f"id,text,label{end}" + "".join(lines), encoding="utf-8", newline="")

        def counted(*arguments: object) -> object:
            nonlocal fast
            table = real(*arguments)  # type: ignore[arg-type]
            fast += table is not None
            return table

        with monkeypatch.context() as patch:
            patch.setattr(module, "read_fast", counted)
            found = read(path)
        assert found == carefully(path, monkeypatch), path.read_text()[-300:]
    assert fast > 10


def several_lines(rng: random.Random, end: str, inner: str) -> list[str]:
    """Rows as spreadsheets export them: commas, doubled quotes and line breaks within quotes."""
    words = ["late", "great, really", 'size 5"" wide', "never again", '""quoted""', "ok"]
    lines = []
    for n in range(ROWS):
        text = inner.join(
            ", ".join(rng.choices(words, k=rng.randint(0, 4))) for _ in range(rng.randint(1, 5))
        )
        lines.append(f'{n},"{text}",good{end}')
    return lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252"])
@pytest.mark.parametrize(
    ("end", "inner"), [("\n", "\n"), ("\r\n", "\n"), ("\r\n", "\r\n"), ("\n", "\r")]
)
def test_line_breaks_and_quotes_within_quotes_take_the_fast_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, inner: str, encoding: str
) -> None:
    path = tmp_path / "x.csv"
    lines = several_lines(random.Random(3), end, inner)
    above = (
        f"id,text,label{end}" if encoding != "utf-16" else f"A title{end}{end}id,text,label{end}"
    )
    path.write_bytes((above + "".join(lines) + end * 2).encode(encoding))
    expected = carefully(path, monkeypatch)
    assert len(expected[1]) == ROWS  # type: ignore[index]
    monkeypatch.setattr(module, "_read_carefully", None)
    assert read(path) == expected
    assert read_table(path).dialect.line_end == end


def test_paragraphs_that_begin_far_down_take_the_fast_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    lines = clean_lines()
    lines[2500] = '2500,"Hello,\n\nit came late, torn.\n\nBye",bad\n'
    path.write_text("id,text,label\n" + "".join(lines))
    expected = carefully(path, monkeypatch)
    monkeypatch.setattr(module, "_read_carefully", None)
    assert read(path) == expected


def test_a_quote_that_first_stands_far_down_is_one(tmp_path: Path) -> None:
    lines = [f"{n},word {n},good\n" for n in range(ROWS)]
    lines[-2:] = ['8,"one, two",bad\n', '9,"say ""no""",bad\n']
    path = tmp_path / "x.csv"
    path.write_text("id,text,label\n" + "".join(lines))
    texts = [row["text"] for row in read(path)[1][-2:]]
    assert texts == ["one, two", 'say "no"']


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (2500, "id,text,label"),
        (ROWS, "Total,,"),
        (ROWS, "\nnumber,town\n1,Rome\n2,Oslo\n3,Bern\n4,Paris"),
        (2500, ""),
        (2500, '7,"never closed,good'),
        (2500, "   "),
    ],
)
@pytest.mark.parametrize("lines", ["clean", "several"])
def test_what_is_no_row_is_left_to_the_careful_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int, line: str, lines: str
) -> None:
    rows = clean_lines() if lines == "clean" else several_lines(random.Random(4), "\n", "\n")
    rows.insert(place, f"{line}\n")
    path = tmp_path / "x.csv"
    path.write_text("id,text,label\n" + "".join(rows))
    assert read(path) == carefully(path, monkeypatch)


def test_a_byte_order_mark_within_the_rows_is_part_of_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PART", 20_000)
    path = tmp_path / "x.csv"
    path.write_text("id,text,label\n" + "".join(f"\ufeff{line}" for line in clean_lines()))
    names, rows = read(path)
    assert [row[names[0]] for row in rows] == [f"\ufeff{n}" for n in range(ROWS)]


@pytest.mark.parametrize("size", [0, 1, 99, 1000, 91_000])
def test_each_core_has_as_many_parts_and_each_part_begins_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(watch, "PART", 1000)
    monkeypatch.setattr(watch.pa, "cpu_count", lambda: 3)
    path = tmp_path / "x.csv"
    text = "".join(clean_lines())[:size]
    path.write_text(text)
    starts = list(watch._line_starts(Source(path, path.name, size)))
    assert len(starts) == (92 if size == 91_000 else 0)
    assert all(text[start - 1] == "\n" for start in starts)
    places = [0, *starts, size]
    assert all(start < end for start, end in pairwise(places)) or not size
    assert max(end - start for start, end in pairwise(places)) <= 1100


def test_many_cores_get_no_tiny_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PART", 1000)
    monkeypatch.setattr(watch.pa, "cpu_count", lambda: 64)
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" * 275)
    assert len(list(watch._line_starts(Source(path, path.name, 1100)))) == 4


def test_an_encoding_that_shows_far_down_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKED_AT", 50_000)
    lines = clean_lines()
    lines[-5:] = [f'{n},"Das Gerät fällt ständig aus, schöne Grüße",bad\n' for n in range(5)]
    path = tmp_path / "x.csv"
    path.write_bytes("".join(["id,text,label\n", *lines]).encode("cp1252"))
    assert "Gerät fällt" in read(path)[1][-1]["text"]


def test_reading_stops_when_it_is_cancelled(tmp_path: Path) -> None:
    class Cancelling(Progress):
        def __call__(self, done: float, total: float, message: str = "") -> None:
            if message == READING:
                raise Cancelled("stop")

    path = tmp_path / "x.csv"
    path.write_text("id,text,label\n" + "".join(clean_lines()))
    with pytest.raises(Cancelled):
        read_table(path, ReadOptions(), Cancelling())


def small_plan(path: Path, several_lines: bool) -> tuple[Source, Plan]:
    """Return the plan of a file of three columns that is far too small for the fast way."""
    source = Source(path, path.name, path.stat().st_size)
    plan = Plan(
        encoding=Encoding("utf-8", 1.0),
        marks=Marks(","),
        layout=Layout(0, 1, 3),
        names=("id", "text", "label"),
        preamble=(),
        first_line=1,
        first_row_line=2,
        line_end="\n",
        confidence=1.0,
        whole=False,
        plain=True,
        several_lines=several_lines,
    )
    return source, plan


@pytest.mark.parametrize("seed", range(4))
def test_no_dirty_file_passes_for_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Thousands of small files, cut into parts anywhere, even within quotes."""
    monkeypatch.setattr(watch, "PART", 40)
    monkeypatch.setattr(watch.SingleLines, "block", 64)
    rng = random.Random(seed)
    path = tmp_path / "x.csv"
    fast = 0
    for _ in range(500):
        end = rng.choice(["\n", "\n", "\r\n"])
        lines = [f'{n},"a text, number {n}",good{end}' for n in range(rng.randint(3, 9))]
        for _ in range(rng.randint(0, 3)):
            odd = "".join(rng.choices(PIECES, k=rng.randint(1, 5)))
            quote = rng.choice(["", '"'])
            lines[rng.randrange(len(lines))] = f"7,{quote}{odd}{quote},good{end}"
        if rng.random() < 0.3:
            lines.insert(rng.randint(0, len(lines)), rng.choice(ODD_LINES))
        content = f"id,text,label{end}" + "".join(lines)
        path.write_bytes(content.encode())
        source, plan = small_plan(path, rng.random() < 0.3)
        clean = read_fast(source, plan, SILENT)
        if clean is not None:
            fast += 1
            found = module._read_carefully(source, plan, SILENT, None)
            table = clean.table.rename_columns(found.table.column_names)
            assert table.to_pylist() == found.table.to_pylist(), content
            assert (found.rejected, found.repaired_rows) == (0, 0), content
            assert clean.blank_lines == found.blank_lines
    assert fast > 50


@pytest.mark.parametrize(
    ("text", "fits"), [("café".encode(), True), (b"caf\xe9", False), ("café".encode()[:-1], False)]
)
def test_what_is_not_utf8_does_not_pass_for_clean(tmp_path: Path, text: bytes, fits: bool) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"id,text,label\n" + b"".join(b"7,%b,good\n" % text for _ in range(9)))
    clean = read_fast(*small_plan(path, several_lines=False), SILENT)
    assert (clean is not None) == fits
    if clean is not None:
        assert set(clean.table.column(1).to_pylist()) == {"café"}


@pytest.mark.parametrize("block", range(30, 60))
def test_line_ends_of_two_bytes_may_be_cut_by_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(watch.SingleLines, "block", block)
    monkeypatch.setattr("core.data.fast.SeveralLines", None)
    path = tmp_path / "x.csv"
    path.write_text("id,text,label\r\n" + '7,"a text",good\r\n' * 50, newline="")
    clean = read_fast(*small_plan(path, several_lines=False), SILENT)
    assert clean is not None
    assert (clean.table.num_rows, clean.line_end) == (50, "\r\n")
