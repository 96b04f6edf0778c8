"""What came of reading a file: the table, and everything that is not in it."""

from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from core.data.dialect import Dialect
from core.data.rejects import no_rejects
from core.i18n import N_

LISTED = 1000


@dataclass(frozen=True)
class Sentence:
    """A translatable sentence: a template and the values that fill it in."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)

    def to_json(self) -> dict[str, Any]:
        return {"text": str(self), "template": self.template, "values": self.values}


@dataclass(frozen=True)
class SurplusCells:
    """What a row holds beyond the last column; the row itself is in the table."""

    line: int
    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ReadResult:
    """A table of strings, its values as they were written, and what was set aside.

    Empty cells are "", cells that a short row lacks are null. `names` are those of the file as
    they were written; the table's own are unique and never empty. `rejects` has the columns line,
    reason and content: `rejected` rows that are not in the table, and rows with surplus cells,
    which are; `surplus` lists the first of those, `short_lines` the first lines that lack cells.
    `tables` names what `ReadOptions.table` can choose, `hidden` the hidden sheets of a workbook.
    `remarks` say what the table does not show, such as merged cells.
    """

    table: pa.Table
    dialect: Dialect
    names: tuple[str, ...] = ()
    rejects: pa.Table = field(default_factory=no_rejects)
    rejected: int = 0
    marks_confidence: float = 1.0
    encoding_confidence: float = 1.0
    preamble: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    surplus: tuple[SurplusCells, ...] = ()
    long_rows: int = 0
    short_rows: int = 0
    short_lines: tuple[int, ...] = ()
    repaired_rows: int = 0
    blank_lines: int = 0
    blank_columns: int = 0
    odd_bytes: int = 0
    remarks: tuple[Sentence, ...] = ()
    sources: tuple["ReadResult", ...] = ()

    @property
    def row_count(self) -> int:
        return int(self.table.num_rows)

    @property
    def confidence(self) -> float:
        """How sure the dialect is, from 0 to 1: the marks and the encoding."""
        return round(self.marks_confidence * self.encoding_confidence, 3)

    @property
    def names_missing(self) -> bool:
        """Whether the file names no columns; the table's names are then made up."""
        return not self.names

    @property
    def set_aside(self) -> int:
        """How many lines of the file are not rows of the table."""
        return self.rejected + len(self.preamble)

    @property
    def summary(self) -> Sentence:
        """How the file was read, in one line."""
        values: dict[str, Any] = {
            "encoding": self.dialect.encoding.upper() or self.dialect.format.upper(),
            "delimiter": self.dialect.delimiter,
            "line": self.dialect.line_of_names,
            "aside": self.set_aside,
        }
        if not self.dialect.delimiter:
            return Sentence(N_("{encoding}; {aside} lines set aside"), values)
        if self.names_missing:
            return Sentence(
                N_("{encoding}, separated by {delimiter}, no names; {aside} lines set aside"),
                values,
            )
        return Sentence(
            N_(
                "{encoding}, separated by {delimiter}, names in line {line}; "
                "{aside} lines set aside"
            ),
            values,
        )

    def renamed(self, **changes: Any) -> "ReadResult":
        return replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Return everything but the rows."""
        return {
            "rows": self.row_count,
            "rejected": self.rejected,
            "columns": list(self.table.column_names),
            "names": list(self.names),
            "names_missing": self.names_missing,
            "dialect": self.dialect.to_json(),
            "confidence": self.confidence,
            "marks_confidence": self.marks_confidence,
            "encoding_confidence": self.encoding_confidence,
            "summary": self.summary.to_json(),
            "preamble": list(self.preamble),
            "footer": list(self.footer),
            "tables": list(self.tables),
            "hidden": list(self.hidden),
            "surplus": [
                {"line": one.line, "row": one.row, "cells": list(one.cells)} for one in self.surplus
            ],
            "long_rows": self.long_rows,
            "short_rows": self.short_rows,
            "short_lines": list(self.short_lines),
            "repaired_rows": self.repaired_rows,
            "blank_lines": self.blank_lines,
            "blank_columns": self.blank_columns,
            "odd_bytes": self.odd_bytes,
            "remarks": [one.to_json() for one in self.remarks],
            **({"sources": [one.to_json() for one in self.sources]} if self.sources else {}),
        }


def unique_names(names: "list[str] | tuple[str, ...]", columns: int) -> list[str]:
    """Return a name for each column: as written, numbered where it is empty or taken."""
    unique: list[str] = []
    taken = {name.strip() for name in names}
    seen: set[str] = set()
    for place in range(columns):
        name = names[place].strip() if place < len(names) else ""
        base = name or f"column {place + 1}"
        number, name = 2, base
        while name in seen or (name != base and name in taken):
            name, number = f"{base}_{number}", number + 1
        seen.add(name)
        unique.append(name)
    return unique
