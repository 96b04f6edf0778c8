"""Rows as plain CSV: comma, double quotes where needed, LF."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO


def write_rows(file: TextIO, rows: Iterable[Sequence[str | None]]) -> None:
    """Write rows that any reader gives back as they were; None is an empty cell.

    Beyond the csv module, a row with a CR in it is quoted, which readers take for a line end, and
    so is a row of empty cells, which they take for a blank line.
    """
    usual = csv.writer(file, lineterminator="\n")
    quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        text = "".join(filter(None, row))
        (usual if text and "\r" not in text else quoted).writerow(row)
