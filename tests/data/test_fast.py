"""The fast way either reads a large file as the careful one does, or leaves it to it."""

import random
from pathlib import Path

import pytest

from core.data import ReadOptions, read_table
from core.data import delimited as module
from core.errors import Cancelled
from core.progress import READING, Progress

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
    rng = random.Random(8)
    fast = 0
    real = module.read_fast
    for _ in range(60):
        end = rng.choice(["\n", "\r\n"])
        lines = clean_lines(end)
        for _ in range(rng.choice([0, 1, 2])):
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
    assert fast > 20


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
