"""Rows as delimited text, and the forms that it can have."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TextIO

from core.data.dialect import Dialect

BACKSLASH = "\\"


@dataclass(frozen=True)
class CsvForm:
    """How rows are written as text. Without an `escape`, a quote within quotes is doubled.

    `decimal` is the sign in columns of numbers; texts have their own.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    line_end: str = "\n"
    decimal: str = "."

    @classmethod
    def like(cls, dialect: Dialect) -> "CsvForm":
        """Return the form of a file that was read; what it leaves open is as in a plain CSV."""
        return cls(
            encoding=dialect.encoding or cls.encoding,
            delimiter=dialect.delimiter or cls.delimiter,
            quote=dialect.quote or cls.quote,
            escape=BACKSLASH if dialect.escape == BACKSLASH else "",
            # What mixes them is most often CRLF, with LF inside of values.
            line_end="\r\n" if dialect.line_end == "mixed" else dialect.line_end or cls.line_end,
        )


PLAIN_CSV = CsvForm()
# Excel takes a CSV for one of its own code page unless a byte order mark says UTF-8.
EXCEL_CSV = CsvForm(encoding="utf-8-sig")


def write_rows(
    file: TextIO, rows: Iterable[Sequence[str | None]], form: CsvForm = PLAIN_CSV
) -> None:
    """Write rows that any reader gives back as they were; None is an empty cell.

    Beyond the csv module, a row with a line break that is no line end of this form is quoted, as
    readers take it for one, and so is a row of empty cells, which they take for a blank line.
    """
    if len(form.delimiter) > 1:
        file.writelines(_joined(row, form) for row in rows)
        return
    usual, quoted = _writer(file, form), _writer(file, form, quoting=csv.QUOTE_ALL)
    breaks = [mark for mark in "\r\n" if mark not in form.line_end]
    for row in rows:
        text = "".join(filter(None, row))
        is_usual = text and not any(mark in text for mark in breaks)
        (usual if is_usual else quoted).writerow(row)


def _writer(file: TextIO, form: CsvForm, quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> Any:
    return csv.writer(
        file,
        delimiter=form.delimiter,
        quotechar=form.quote,
        doublequote=not form.escape,
        escapechar=form.escape or None,
        lineterminator=form.line_end,
        quoting=quoting,
    )


def _joined(row: Sequence[str | None], form: CsvForm) -> str:
    """Return a line with a delimiter of several characters, which the csv module does not know."""
    return form.delimiter.join(_quoted(cell or "", form) for cell in row) + form.line_end


def _quoted(cell: str, form: CsvForm) -> str:
    marks = (*form.delimiter, form.quote, "\r", "\n")
    if not any(mark in cell for mark in marks):
        return cell
    if form.escape:
        cell = cell.replace(form.escape, 2 * form.escape)
    cell = cell.replace(form.quote, (form.escape or form.quote) + form.quote)
    return f"{form.quote}{cell}{form.quote}"
