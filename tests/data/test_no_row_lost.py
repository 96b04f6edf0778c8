"""Rows read and rows rejected are the rows of the file, however dirty it is."""

import random
import tempfile
from pathlib import Path

import pytest

from core.data import ReadOptions, ReadResult, read_table
from core.data.rejects import SURPLUS

WORDS = ["late", "parcel", "café", "great", "never", "again", "box", "torn", "naïve", "50€", "ok"]
CASES = 400
ENCODINGS = ["utf-8", "utf-8", "cp1252", "utf-8-sig"]


class DirtyFile:
    """A file made record by record, so that how many it has is known without reading it.

    Each record carries a word of its own, by which it is found again wherever it ended up.
    """

    def __init__(self, seed: int) -> None:
        self.random = rng = random.Random(seed)
        self.delimiter = rng.choice(",,;\t|")
        self.encoding = rng.choice(ENCODINGS)
        self.end = rng.choice(["\n", "\r\n", "\r"])
        self.dirt = rng.choice([0.02, 0.1, 0.3])
        self.names = ["id", "text", "note", "price"][: rng.randint(2, 4)]
        self.kinds = rng.sample(list(self.dirty_kinds()), rng.randint(1, 3))
        self.marks: list[str] = []
        lines = [self.record(n) for n in range(rng.choice([3, 30, 200, 2000]))]
        self.content = self.joined(lines)

    def dirty_kinds(self) -> dict[str, object]:
        return {
            "long": lambda cells: [
                *cells,
                *self.random.choices(WORDS, k=self.random.randint(1, 3)),
            ],
            "short": lambda cells: cells[: self.random.randint(1, len(cells) - 1)],
            "stray": lambda cells: [*cells[:-1], f'{cells[-1]} 5" x'],
            "unclosed": lambda cells: [*cells[:-1], f'"{cells[-1]}'],
            "odd quotes": lambda cells: [*cells[:-1], f'"say "{cells[-1]}" now"'],
            "lines": lambda cells: [*cells[:-1], f'"{cells[-1]}{self.end}and more"'],
            "undecodable": lambda cells: [*cells[:-1], f"{cells[-1]} \udc81\udcfe\udc8d"],
            "zeros": lambda cells: [*cells[:-1], f"{cells[-1]}\0 x\0"],
            "blank line": lambda cells: [*cells[:-1], f"{cells[-1]}{self.end}"],
        }

    def record(self, number: int) -> str:
        mark = f"r{number}x"
        self.marks.append(mark)
        text = " ".join(self.random.choices(WORDS, k=self.random.randint(2, 6)))
        cells = [mark, text, "a note", f"{self.random.uniform(1, 99):.2f}"][: len(self.names)]
        if self.random.random() < self.dirt:
            cells = self.dirty_kinds()[self.random.choice(self.kinds)](cells)
        return self.delimiter.join(cells)

    def joined(self, lines: list[str]) -> bytes:
        text = self.end.join([self.delimiter.join(self.names), *lines]) + self.end
        parts = [
            bytes([ord(char) & 0xFF]) if "\udc80" <= char <= "\udcff" else char.encode(self.codec)
            for char in text
        ]
        return (b"\xef\xbb\xbf" if self.encoding == "utf-8-sig" else b"") + b"".join(parts)

    @property
    def codec(self) -> str:
        return self.encoding.removesuffix("-sig")

    def truncate(self) -> None:
        """Cut the file within its last record."""
        last = self.content.rindex(self.marks[-1].encode())
        cut = self.random.randint(last + len(self.marks[-1]), len(self.content))
        self.content = self.content[:cut]


def read(file: DirtyFile, options: ReadOptions | None = None) -> ReadResult:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(file.content)
        return read_table(path, options)


def rows_rejected(result: ReadResult) -> int:
    """Count the rejects that are not in the table, by their reasons."""
    start = SURPLUS.split("{")[0]
    return sum(not reason.startswith(start) for reason in result.rejects["reason"].to_pylist())


def check(file: DirtyFile, result: ReadResult) -> None:
    assert result.rejected == rows_rejected(result)
    rows = result.row_count + result.rejected + len(result.preamble) + result.dialect.header_rows
    found = " ".join(
        [
            *(cell or "" for column in result.table.columns for cell in column.to_pylist()),
            *result.rejects["content"].to_pylist(),
            *result.preamble,
            *result.names,
        ]
    )
    assert [mark for mark in file.marks if mark not in found] == []
    assert rows == len(file.marks) + 1


@pytest.mark.parametrize("first", range(0, CASES, 50))
def test_every_record_is_a_row_or_a_reject(first: int) -> None:
    for seed in range(first, first + 50):
        file = DirtyFile(seed)
        if seed % 2:
            file.truncate()
        check(file, read(file))
