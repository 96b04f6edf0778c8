"""A table becomes a file again, its cells harmless to the spreadsheet that opens it."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.data.cell_types import DIGIT, CellType
from core.data.csv_rows import PLAIN_CSV, CsvForm, write_rows
from core.data.formats import FileFormat
from core.errors import InputError, OutOfRoom
from core.i18n import N_
from core.progress import SILENT, Progress

BLOCK_ROWS = 20_000
XLSX_ROWS = 1_048_576
XLSX_COLUMNS = 16_384
XLSX_CHARACTERS = 32_767
# Of the rows that come first, which say how wide a column of a sheet has to be; in characters.
MEASURED, NARROWEST, WIDEST, FOR_FILTER = 500, 8, 60, 4
# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV injection").
FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
PLAIN_NUMBER = r"^[+-]?(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?%?$"
# Characters that XML cannot hold.
UNWRITABLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
# Encodings of all of Unicode: there is nothing that they cannot carry.
UNIVERSAL = ("utf", "gb18030")


@dataclass(frozen=True)
class WriteResult:
    """What was written.

    Cells are counted: `defused` formulas were made harmless, `cut` texts were shortened, and
    `lost` have characters that the file cannot carry: a "?" stands for them in an encoding that
    lacks them, nothing in XLSX.
    """

    path: Path
    rows: int
    defused: int = 0
    cut: int = 0
    lost: int = 0


@dataclass(frozen=True)
class RowStream:
    """`count` rows that come in batches, so that a table of any length passes through memory.

    `types` says of columns of texts, by name, that they are numbers or dates for a sheet.
    """

    schema: pa.Schema
    count: int
    batches: Iterable[pa.RecordBatch]
    types: Mapping[str, CellType] = field(default_factory=dict)

    @classmethod
    def from_table(
        cls, table: pa.Table, types: Mapping[str, CellType] | None = None
    ) -> "RowStream":
        batches = table.to_batches(max_chunksize=BLOCK_ROWS)
        return cls(table.schema, table.num_rows, batches, types or {})

    def watched(self, progress: Progress) -> Iterator[pa.RecordBatch]:
        """Yield the batches and tell how many rows have been written."""
        done = 0
        progress(done, self.count, N_("Writing rows"))
        for batch in self.batches:
            yield batch
            done += batch.num_rows
            progress(done, self.count, N_("Writing rows"))


def write_table(
    table: pa.Table,
    path: Path | str,
    file_format: FileFormat,
    form: CsvForm = PLAIN_CSV,
    progress: Progress = SILENT,
) -> WriteResult:
    """Write a table; see `write_stream`."""
    return write_stream(RowStream.from_table(table), path, file_format, form, progress)


def write_stream(
    rows: RowStream,
    path: Path | str,
    file_format: FileFormat,
    form: CsvForm = PLAIN_CSV,
    progress: Progress = SILENT,
) -> WriteResult:
    """Write rows batch by batch; the file is there whole or not at all. Nulls stay empty.

    A text that a spreadsheet would run as a formula gets a leading apostrophe in CSV and is
    stored as text in XLSX, where texts are cut at 32,767 characters. `form` is for CSV, the types
    of `rows` are for XLSX. Raises `InputError` where XLSX has no room for the rows or columns,
    `OutOfRoom` where the disk has none.
    """
    path = Path(path)
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        result = WRITERS[FileFormat(file_format)](rows, beside, form, progress)
        beside.replace(path)
    except OSError as error:
        raise OutOfRoom(
            N_("{name} could not be written: {reason}."),
            name=str(path),
            reason=error.strerror or str(error),
        ) from error
    finally:
        if beside.exists():
            beside.unlink()
    return replace(result, path=path)


def _formulas(column: pa.Array) -> pa.Array:
    """Return which cells a spreadsheet would run: not plain numbers such as -5."""
    risky = pc.match_substring_regex(column, FORMULA)
    number = pc.match_substring_regex(column, PLAIN_NUMBER)
    return pc.fill_null(pc.and_(risky, pc.invert(number)), False)


def _is_text(column: pa.Array) -> bool:
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _decoded(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _written(column: pa.Array) -> list[str | None]:
    """Return numbers, dates and truth values as they stand in a CSV; what is nested as JSON."""
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        values = column.to_pylist()
        return [
            None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in values
        ]
    texts: list[str | None] = column.cast(pa.string()).to_pylist()
    return texts


def _with_decimals(cells: list[str | None], kind: pa.DataType, decimal: str) -> list[str | None]:
    """Return the cells of a column of numbers with the decimal sign that the file has."""
    if decimal == "." or not pa.types.is_floating(kind):
        return cells
    return [cell and cell.replace(".", decimal) for cell in cells]


def _finite(value: Any) -> Any:
    """Return None for a number that JSON and XLSX cannot hold."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _defused_name(name: str) -> str:
    cell = pa.array([name])
    return f"'{name}" if _formulas(cell)[0].as_py() else name


def _write_csv(rows: RowStream, path: Path, form: CsvForm, progress: Progress) -> WriteResult:
    names = [_defused_name(name) for name in rows.schema.names]
    defused = sum(new != old for new, old in zip(names, rows.schema.names, strict=True))
    lost = _unencodable(names, form.encoding)
    with path.open("w", encoding=form.encoding, errors="replace", newline="") as file:
        write_rows(file, [names], form)
        for batch in rows.watched(progress):
            columns = []
            for column in map(_decoded, batch.columns):
                if _is_text(column):
                    harmless, count = _defused(column)
                    defused += count
                    columns.append(harmless.to_pylist())
                else:
                    columns.append(_with_decimals(_written(column), column.type, form.decimal))
                lost += _unencodable(columns[-1], form.encoding)
            write_rows(file, zip(*columns, strict=True), form)
    return WriteResult(path, rows.count, defused, lost=lost)


def _defused(column: pa.Array) -> tuple[pa.Array, int]:
    """Return the cells with an apostrophe before each formula, and how many formulas there are."""
    formulas = _formulas(column)
    count = pc.sum(formulas).as_py() or 0
    if count:
        quoted = pc.binary_join_element_wise("'", column, "")
        column = pc.if_else(formulas, quoted, column)
    return column, count


def _unencodable(cells: list[str | None] | list[str], encoding: str) -> int:
    """Return how many cells have a character that an encoding lacks."""
    if encoding.lower().startswith(UNIVERSAL) or _fits("".join(filter(None, cells)), encoding):
        return 0
    return sum(not _fits(cell, encoding) for cell in filter(None, cells))


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _write_parquet(rows: RowStream, path: Path, form: CsvForm, progress: Progress) -> WriteResult:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, rows.schema, compression="zstd") as writer:
        for batch in rows.watched(progress):
            writer.write_batch(batch)
    return WriteResult(path, rows.count)


def _write_json_lines(
    rows: RowStream, path: Path, form: CsvForm, progress: Progress
) -> WriteResult:
    with path.open("w", encoding="utf-8", newline="") as file:
        for batch in rows.watched(progress):
            for row in batch.to_pylist():
                record = {name: _finite(value) for name, value in row.items()}
                file.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")
    return WriteResult(path, rows.count)


def _write_xlsx(rows: RowStream, path: Path, form: CsvForm, progress: Progress) -> WriteResult:
    """Write typed cells: a text that looks like a formula is stored as text, and stays as it is.

    The line of names stays in sight and filters; columns are as wide as what stands in them first.
    """
    _refuse_too_large(rows)
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Textlode")
    names = rows.schema.names
    defused = sum(_defused_name(name) != name for name in names)
    cut = lost = 0
    try:
        batches = rows.watched(progress)
        first = next(batches, None)
        _lay_out(sheet, rows, first)
        for batch in chain([] if first is None else [first], batches):
            columns: list[Iterable[Any]] = []
            for name, column in zip(names, map(_decoded, batch.columns), strict=True):
                if _is_text(column):
                    defused += pc.sum(_formulas(column)).as_py() or 0
                    cut += pc.sum(pc.greater(pc.utf8_length(column), XLSX_CHARACTERS)).as_py() or 0
                    lost += pc.sum(pc.match_substring_regex(column, UNWRITABLE)).as_py() or 0
                    columns.append(_sheet_texts(sheet, column, rows.types.get(name)))
                else:
                    columns.append(_sheet_values(column))
            for row in zip(*columns, strict=True):
                sheet.append(row)
        progress(0, 0, N_("Packing the workbook"))
        book.save(path)
    except BaseException:
        sheet.close()
        sheet._writer.cleanup()  # or the rows so far lie in /tmp until this process ends
        raise
    return WriteResult(path, rows.count, defused, cut, lost)


def _lay_out(sheet: Any, rows: RowStream, first: pa.RecordBatch | None) -> None:
    """Begin a sheet: what is not cells has to be said before the first of them."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    names = rows.schema.names
    sheet.freeze_panes = "A2"
    if names:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{rows.count + 1}"
    for place, name in enumerate(names):
        letter = get_column_letter(place + 1)
        sheet.column_dimensions[letter].width = _width(name, first and first.column(place))
    header = []
    for name in names:
        header.append(_text_cell(sheet, name))
        header[-1].font = Font(bold=True)
    sheet.append(header)


def _width(name: str, column: pa.Array | None) -> float:
    """Return a width in characters for nine of ten cells; Chinese ones count for two."""
    widths = [_room(name) + FOR_FILTER]
    if column is not None and len(column):
        cells = sorted(_room(cell or "") for cell in _written(_decoded(column[:MEASURED])))
        widths.append(cells[int(0.9 * (len(cells) - 1))] + 2)
    return max(NARROWEST, min(WIDEST, max(widths)))


def _room(cell: str) -> float:
    longest = max(cell[: 4 * WIDEST].splitlines(), key=len, default="")
    return len(longest) + sum(character >= "\u1100" for character in longest)


def _sheet_texts(sheet: Any, column: pa.Array, kind: CellType | None) -> Iterable[Any]:
    shown = pc.utf8_slice_codeunits(column, 0, XLSX_CHARACTERS)
    shown = pc.replace_substring_regex(shown, UNWRITABLE, "")
    formulas = pc.match_substring_regex(pc.fill_null(shown, ""), FORMULA).to_pylist()
    texts = [
        _text_cell(sheet, value) if risky else value or None
        for value, risky in zip(shown.to_pylist(), formulas, strict=True)
    ]
    return texts if kind is None else _typed(sheet, column, texts, kind)


def _typed(sheet: Any, column: pa.Array, texts: Sequence[Any], kind: CellType) -> Iterator[Any]:
    """Yield numbers in the form of their column, and as texts the cells that have no digit."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)  # one for all: it is written before the next is asked for
    cell.number_format = kind.format
    is_value = pc.match_substring_regex(column, DIGIT)
    values = kind.values(pc.if_else(is_value, column, None)).to_pylist()
    for value, text in zip(values, texts, strict=True):
        if value is None:
            yield text
        else:
            cell.value = value
            yield cell


def _sheet_values(column: pa.Array) -> list[Any]:
    """Return values that a sheet has a type for; others as text."""
    kind = column.type
    has_type = pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)
    is_date = pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and kind.tz is None)
    if has_type or is_date:
        return [_finite(value) for value in column.to_pylist()]
    return _written(column)


def _text_cell(sheet: Any, value: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value[:XLSX_CHARACTERS])
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _refuse_too_large(rows: RowStream) -> None:
    if rows.count >= XLSX_ROWS or len(rows.schema) > XLSX_COLUMNS:
        raise InputError(
            N_(
                "The table has {rows} rows and {columns} columns. A sheet of XLSX holds "
                "{most_rows} rows and {most_columns} columns: choose CSV or Parquet."
            ),
            rows=rows.count,
            columns=len(rows.schema),
            most_rows=XLSX_ROWS - 1,
            most_columns=XLSX_COLUMNS,
        )


WRITERS: dict[FileFormat, Callable[[RowStream, Path, CsvForm, Progress], WriteResult]] = {
    FileFormat.CSV: _write_csv,
    FileFormat.XLSX: _write_xlsx,
    FileFormat.PARQUET: _write_parquet,
    FileFormat.JSONL: _write_json_lines,
}
