"""A file becomes a clean table; a table becomes a file again.

Public names (import them from here)::

    read_table(path, options: ReadOptions | None = None, progress=SILENT) -> ReadResult
    preview_table(path, options=None, rows=50) -> ReadResult     # the first rows, at once
    read_tables(paths, options, progress) -> ReadResult          # one table, a source column
    write_reading(result, folder, stem) -> WrittenFiles          # for `textlode read`
    translate_reasons(rejects, language) -> pyarrow table        # why lines were set aside
    profile_table(table, progress=SILENT) -> TableProfile        # per column: type, missing, ...
    propose_roles(profile) -> Roles                # text, label, date, id columns, with reasons
    parse_dates(column) -> timestamps              # null where a cell is no date
    group_column(column, kind) -> Groups           # values, ranges or periods, few enough to show
    check_texts(texts, progress) -> TextFindings   # empty, repeated, markup, shared lines, ...
    clean(texts, reasons, edits) -> CleanTexts     # what goes on to the models
    detect_language(texts) -> str                  # ISO 639-1 of the majority, "und" if unclear
    write_table(table, path, file_format, form=PLAIN_CSV, progress=SILENT) -> WriteResult
    write_stream(rows: RowStream, path, file_format, ...)        # the same, batch by batch
    find_cell_types(kinds, batches) -> {name: CellType}          # numbers and dates of a sheet

`ReadResult.table` is a pyarrow table of strings: values as they were written. Reading goes from
`reading` to a module for each format; `delimited` is the large one: encoding, `detection` of the
marks, `records`, `layout` of the table, `ending`, and `fast` for what is clean.
"""

from core.data.cell_types import CellType, cell_types_of, find_cell_types
from core.data.cleaning import (
    REMEDY_TITLES,
    CleanTexts,
    Edits,
    Remedy,
    choose_remedies,
    clean,
    rows_left_out,
)
from core.data.csv_rows import EXCEL_CSV, PLAIN_CSV, CsvForm
from core.data.dates import parse_dates
from core.data.dialect import Dialect, ReadOptions
from core.data.formats import FileFormat, Kind
from core.data.groups import Groups, Period, Unit, group_column
from core.data.language import detect_language
from core.data.numbers import decimal_sign
from core.data.profile import ColumnProfile, ColumnType, TableProfile, profile_table
from core.data.reading import (
    WrittenFiles,
    has_a_dialect,
    preview_table,
    read_table,
    read_tables,
    write_reading,
)
from core.data.rejects import translate_reasons
from core.data.result import ReadResult, Sentence, SurplusCells
from core.data.roles import Roles, propose_roles
from core.data.tables_in import tables_in
from core.data.texts import Fault, Finding, TextFindings, check_texts
from core.data.writing import RowStream, WriteResult, write_stream, write_table

__all__ = [
    "EXCEL_CSV",
    "PLAIN_CSV",
    "REMEDY_TITLES",
    "CellType",
    "CleanTexts",
    "ColumnProfile",
    "ColumnType",
    "CsvForm",
    "Dialect",
    "Edits",
    "Fault",
    "FileFormat",
    "Finding",
    "Groups",
    "Kind",
    "Period",
    "ReadOptions",
    "ReadResult",
    "Remedy",
    "Roles",
    "RowStream",
    "Sentence",
    "SurplusCells",
    "TableProfile",
    "TextFindings",
    "Unit",
    "WriteResult",
    "WrittenFiles",
    "cell_types_of",
    "check_texts",
    "choose_remedies",
    "clean",
    "decimal_sign",
    "detect_language",
    "find_cell_types",
    "group_column",
    "has_a_dialect",
    "parse_dates",
    "preview_table",
    "profile_table",
    "propose_roles",
    "read_table",
    "read_tables",
    "rows_left_out",
    "tables_in",
    "translate_reasons",
    "write_reading",
    "write_stream",
    "write_table",
]
