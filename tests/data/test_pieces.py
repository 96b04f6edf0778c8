"""Read by pieces, a file is what the careful reader alone makes of it, wherever the cuts fall."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.data import ReadOptions, ReadResult, pieces, read_table
from core.data import delimited as module
from core.data.plan import Plan

CASES = 150
Row = Callable[[random.Random, list[str]], list[str]]
WORDS = ["late", "parcel", "café", "великий", "never, ever", "torn", "5", "it's", "-", ""]
DIRT: dict[str, Row] = {
    "long": lambda rng, cells: [*cells, *rng.choices(["x", "y"], k=rng.randint(1, 3))],
    "short": lambda rng, cells: cells[: rng.randint(1, len(cells))],
    "stray quote": lambda rng, cells: [*cells[:-1], 'a 5" x'],
    "unclosed quote": lambda rng, cells: [*cells[:-1], '"never closed'],
    "unclosed quote of one line": lambda rng, cells: [cells[0], '"never', *cells[2:]],
    "quotes within quotes": lambda rng, cells: [*cells[:-1], '"say "no" now"'],
    "blank after a quote": lambda rng, cells: [*cells[:-1], '"a" '],
    "other quotes": lambda rng, cells: [f"'{cells[0]}", *cells[1:-1], "x'"],
    "blank line": lambda rng, cells: [
        *cells[:-1],
        cells[-1] + rng.choice(["\n", "\n  \n", "\r\n"]),
    ],
    "lone CR": lambda rng, cells: [*cells[:-1], "a\rb"],
    "CRLF": lambda rng, cells: [*cells[:-1], cells[-1] + "\r"],
    "zero": lambda rng, cells: [*cells[:-1], "a\0b"],
    "only zeros": lambda rng, cells: ["\0\0"],
    "odd byte": lambda rng, cells: [*cells[:-1], "caf\udce9"],
    "mark": lambda rng, cells: ["\ufeff" + cells[0], *cells[1:]],
    "backslash": lambda rng, cells: [*cells[:-1], '"a \\" b"'],
    "names": lambda rng, cells: ["id", "text", "label", "note"][: len(cells)],
    "empty": lambda rng, cells: [""] * len(cells),
    "lines": lambda rng, cells: [*cells[:-1], '"one\n\ntwo, three,\nfour"'],
    "lines like rows": lambda rng, cells: [
        cells[0],
        '"'
        + "\n".join([",".join(["7", *["b"] * (len(cells) - 1)])] * rng.choice([1, 3, 14]))
        + '"',
        *cells[2:],
    ],
    "a long value": lambda rng, cells: [*cells[:-1], '"' + "word and\n" * 300 + '"'],
}


def dirty_file(rng: random.Random) -> bytes:
    columns = rng.randint(1, 4)
    delimiter = rng.choice(",,;\t| ")
    end = rng.choice(["\n", "\n", "\n", "\r\n", "\r\n", "\r"])
    encoding = rng.choice(["utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16", "gb18030"])
    dirt = rng.sample(list(DIRT.values()), rng.randint(1, 3))
    share = rng.choice([0.003, 0.02, 0.1, 0.5])
    several_lines = rng.random() < 0.3
    lines = []
    for number in range(rng.choice([20, 120, 400])):
        cells = [str(number), *(" ".join(rng.choices(WORDS, k=3)) for _ in range(columns - 1))]
        cells = [f'"{cell}"' if {",", delimiter} & {*cell} else cell for cell in cells]
        if several_lines and rng.random() < 0.5:
            cells[-1] = (
                '"' + rng.choice(["\n", "\r\n", "\r"]).join(["a", 'say ""no""', "", "b, c"]) + '"'
            )
        if rng.random() < share:
            cells = rng.choice(dirt)(rng, cells)
        lines.append(delimiter.join(cells))
    above = ["A title", ""] * (rng.random() < 0.2)
    below = ["", "Total", "Exported by X"] * (rng.random() < 0.2)
    names = [delimiter.join(["id", "text", "label", "note"][:columns])] * (rng.random() < 0.9)
    text = end.join([*above, *names, *lines, *below]) + rng.choice(["", end, end * 2])
    if rng.random() < 0.1:
        text = text[: -rng.randint(1, 40)]
    if encoding.startswith("utf-8"):
        return text.encode(encoding, "surrogateescape")
    return text.encode(encoding, "replace")


def read_both(
    path: Path, patch: pytest.MonkeyPatch, options: ReadOptions | None = None
) -> tuple[ReadResult, ReadResult]:
    """Return what the careful reader makes of a file, and what is made of it by pieces."""
    patch.setattr(module, "read_fast", lambda *_: None)
    patch.setattr(module, "suits_pieces", lambda _: False)
    carefully = read_table(path, options)
    patch.setattr(module, "suits_pieces", suits_if_large)
    return carefully, read_table(path, options)


def suits_if_large(plan: Plan) -> bool:
    return pieces.suits_pieces(replace(plan, whole=False))


def assert_alike(found: ReadResult, expected: ReadResult) -> None:
    assert found.to_json() == expected.to_json()
    assert found.table.to_pylist() == expected.table.to_pylist()
    assert found.rejects.to_pylist() == expected.rejects.to_pylist()


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> random.Random:
    rng = random.Random(4)
    sizes = {"BLOCK": 7, "SMALLEST_LINES": 5, "LARGEST_LINES": 50, "MOST_WITH_CARE": 4}
    for name, size in sizes.items():
        monkeypatch.setattr(pieces, name, size)
    return rng


@pytest.mark.parametrize("first", range(0, CASES, 50))
def test_pieces_and_care_give_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_pieces: random.Random, first: int
) -> None:
    clean = 0
    real = module._Body.add_clean

    def counted(self: module._Body, rows: pieces.CleanRows) -> None:
        nonlocal clean
        clean += rows.table.num_rows
        real(self, rows)

    monkeypatch.setattr(module._Body, "add_clean", counted)
    path = tmp_path / "x.csv"
    for seed in range(first, first + 50):
        rng = random.Random(seed)
        path.write_bytes(dirty_file(rng))
        for name, sizes in {
            "FEWEST_ROWS": [1, 1, 2, 5],
            "SMALLEST_PIECE": [30, 200],
            "LARGEST_PIECE": [200, 1000, 100_000],
            "LAST_ROWS": [130, 200],
        }.items():
            monkeypatch.setattr(pieces, name, rng.choice(sizes))
        with monkeypatch.context() as patch:
            carefully, by_pieces = read_both(path, patch)
        try:
            assert_alike(by_pieces, carefully)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
    assert clean > 2000


def test_how_far_the_end_of_a_value_is_looked_for_goes_from_piece_to_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few quotes that never close, no value is believed to have hundreds of lines."""
    never_closed = ['1,"never closed,good', *["some words"] * 20, 'a 5" box,x,good']
    rows = [f"{n},word,good" for n in range(300)]
    long_value = '7,"' + "a line\n" * 300 + 'the end",good'
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["id,text,label", *never_closed * 6, *rows, long_value, *rows]))
    carefully, by_pieces = read_both(path, monkeypatch)
    assert carefully.row_count > 900
    assert_alike(by_pieces, carefully)
