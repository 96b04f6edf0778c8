"""What a sheet says beside its values: which cells are merged, which formulas have no value.

openpyxl reads a sheet of any size without holding it, and then tells neither. Its XML is looked
through as bytes, a block at a time. What the pattern has taken it never gives back, nor
does it look beyond the next mark: a sheet made to hang it costs no more time than any other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from core.data.columns import MOST_COLUMNS
from core.i18n import N_
from core.progress import SILENT, Progress

BLOCK = 1 << 20
# A formula may have 8,192 characters, some of which are written as &quot; or in three bytes.
LONGEST = 48 << 10
MOST_MERGED = 100_000
LISTED_CELLS = 20
MARKED = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^<>]*?\bref="([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})"'
    rb"|<(?:\w+:)?c\b([^<>]*+)>\s*+<(?:\w+:)?f"
    rb"(?:\s[^<>]*/>|/>|(?:\s[^<>]*+)?+>[^<]*+</(?:\w+:)?f>)"
    rb"\s*+(?:<(?:\w+:)?v\s*+/>|<(?:\w+:)?v>\s*+</(?:\w+:)?v>)?+\s*+</(?:\w+:)?c>"
)
CELL = re.compile(rb'\br="([A-Za-z]{1,3}\d{1,7})"')
# A formula that gives an empty text has a type, and an empty value.
TEXT_RESULT = b't="str"'


@dataclass(frozen=True)
class MergedCells:
    """A range of which the first cell has the value: lines from 1, columns from 0, inclusive."""

    top: int
    left: int
    bottom: int
    right: int
    ref: str


@dataclass(frozen=True)
class SheetFacts:
    """The merged ranges of a sheet, and the cells of formulas that were never calculated.

    `uncalculated` names the first of those cells, of which there are `uncalculated_cells`.
    """

    merged: tuple[MergedCells, ...]
    uncalculated: tuple[str, ...]
    uncalculated_cells: int


def find_sheet_facts(
    sheet: IO[bytes], progress: Progress = SILENT, most: int | None = None
) -> SheetFacts:
    """Look through the XML of a sheet, or its first `most` bytes; what is found has a limit too."""
    merged: list[MergedCells] = []
    uncalculated: list[str] = []
    count = 0
    for found in _marked(sheet, progress, most):
        left, top, right, bottom, cell = found.groups()
        if cell is None:
            if len(merged) < MOST_MERGED:
                merged.append(_range(left, top, right, bottom))
        elif TEXT_RESULT not in cell:
            count += 1
            name = CELL.search(cell)
            if name and len(uncalculated) < LISTED_CELLS:
                uncalculated.append(name[1].decode().upper())
    return SheetFacts(tuple(merged), tuple(uncalculated), count)


def _marked(sheet: IO[bytes], progress: Progress, most: int | None) -> Iterator[re.Match[bytes]]:
    """Yield each merged range and each formula without a value, those across blocks too."""
    kept = b""
    done = 0
    while (most is None or done < most) and (block := sheet.read(BLOCK)):
        done += len(block)
        progress(done, 0, N_("Opening the workbook"))
        text = kept + block
        end = 0
        if b"mergeCell" in text or b"f>" in text or b"<f" in text or b":f" in text:
            for found in MARKED.finditer(text):
                end = found.end()
                yield found
        kept = text[max(end, len(text) - LONGEST) :]


def _range(left: bytes, top: bytes, right: bytes, bottom: bytes) -> MergedCells:
    columns = sorted(min(_column(letters), MOST_COLUMNS) for letters in (left, right))
    lines = sorted((int(top), int(bottom)))
    ref = f"{left.decode()}{lines[0]}:{right.decode()}{lines[1]}".upper()
    return MergedCells(lines[0], columns[0], lines[1], columns[1], ref)


def _column(letters: bytes) -> int:
    """Return the place of a column: 0 for A, 26 for AA."""
    place = 0
    for letter in letters.upper():
        place = 26 * place + letter - ord("A") + 1
    return place - 1
