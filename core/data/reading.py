"""One reader for all files: `read_table`, its quick look, and several files as one table."""

import sys
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.data.csv_rows import write_rows
from core.data.delimited import read_delimited
from core.data.dialect import ReadOptions
from core.data.formats import Kind, kind_of
from core.data.json_records import read_json, read_json_lines
from core.data.parquet import read_parquet
from core.data.result import ReadResult, unique_names
from core.data.source import Source, open_source
from core.data.spreadsheet import read_spreadsheet
from core.errors import FileProblem
from core.i18n import N_
from core.progress import SILENT, Progress

Reader = Callable[[Source, ReadOptions, Progress, int | None], ReadResult]

READERS: dict[Kind, Reader] = {
    Kind.DELIMITED: read_delimited,
    Kind.XLSX: read_spreadsheet,
    Kind.PARQUET: read_parquet,
    Kind.JSON: read_json,
    Kind.JSON_LINES: read_json_lines,
}
SOURCE_COLUMN = "source"
BLOCK_ROWS = 20_000
LOOKED_THROUGH = 16 << 20


@dataclass(frozen=True)
class WrittenFiles:
    """What `write_reading` wrote: the table and its rejects."""

    table: Path
    rejects: Path


def read_table(
    path: Path | str, options: ReadOptions | None = None, progress: Progress = SILENT
) -> ReadResult:
    """Read a file of any format and dialect, every value as it was written.

    Raises `FileProblem` in words for what is no table.
    """
    return _read(Path(path), options or ReadOptions(), progress, None)


def preview_table(
    path: Path | str, options: ReadOptions | None = None, rows: int = 50
) -> ReadResult:
    """Read the first rows only, to show them at once; what is below them is not looked at."""
    return _read(Path(path), options or ReadOptions(), SILENT, rows)


def has_a_dialect(path: Path | str) -> bool:
    """Whether a file can be read in more ways than one: other kinds say themselves how.

    What is no table at all has none.
    """
    try:
        with open_source(Path(path), enough=lambda head, _: len(head)) as source:
            return kind_of(source.head(), source.name) in (Kind.DELIMITED, Kind.XLSX)
    except FileProblem:
        return False


def read_tables(
    paths: Iterable[Path | str],
    options: ReadOptions | None = None,
    progress: Progress = SILENT,
) -> ReadResult:
    """Read files with the same columns as one table, a column `source` naming the file of a row.

    The columns may come in any order; the first file's counts. One file is read as `read_table`
    reads it. Raises `FileProblem` where the columns differ, and for a file that is no table.
    """
    files = [Path(path) for path in paths]
    if not files:
        raise FileProblem(N_("No file was given."))
    results = [read_table(file, options, progress) for file in files]
    return results[0] if len(results) == 1 else _joined(files, results)


def write_reading(result: ReadResult, folder: Path | str, stem: str) -> WrittenFiles:
    """Write FOLDER/<stem>.csv (UTF-8, comma, double quotes, LF) and <stem>.rejects.csv.

    The first record holds the names as the file wrote them, if it has names at all.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = WrittenFiles(folder / f"{stem}.csv", folder / f"{stem}.rejects.csv")
    names = None
    if result.names:
        columns = result.table.num_columns
        names = [*result.names[:columns], *[""] * (columns - len(result.names))]
    _write_plain(files.table, result.table, names)
    _write_plain(files.rejects, result.rejects, result.rejects.column_names)
    return files


def _read(path: Path, options: ReadOptions, progress: Progress, rows: int | None) -> ReadResult:
    enough = None if rows is None else _enough_for_a_look
    with open_source(path, options.table or "", enough) as source:
        if source.member:
            options = replace(options, table=None)
        reader = READERS[kind_of(source.head(), source.name)]
        result = reader(source, options, progress, rows)
    if result.table.num_columns == 0:
        raise FileProblem(N_("{name} has no columns."), name=path.name)
    return result


def _enough_for_a_look(head: bytes, name: str) -> int:
    """Return how many bytes of a packed file hold its first rows; other kinds are read whole."""
    by_lines = kind_of(head, name) in (Kind.DELIMITED, Kind.JSON_LINES)
    return LOOKED_THROUGH if by_lines else sys.maxsize


def _joined(paths: list[Path], results: list[ReadResult]) -> ReadResult:
    first = results[0]
    names = first.table.column_names
    for path, result in zip(paths, results, strict=True):
        _refuse_other_columns(path, result, paths[0], first)
    source = unique_names([*names, SOURCE_COLUMN], len(names) + 1)[-1]
    tables = [
        _with_source(result.table.select(names), source, path)
        for path, result in zip(paths, results, strict=True)
    ]
    rejects = [
        _with_source(result.rejects, SOURCE_COLUMN, path)
        for path, result in zip(paths, results, strict=True)
    ]
    rows_above = [0, *accumulate(result.row_count for result in results)]
    added: dict[str, Any] = {
        name: sum(getattr(result, name) for result in results)
        for name in (
            "rejected", "long_rows", "short_rows", "repaired_rows", "blank_lines", "odd_bytes",
        )
    }  # fmt: skip
    return replace(
        first,
        table=pa.concat_tables(tables),
        names=(*first.names, source) if first.names else (),
        rejects=pa.concat_tables(rejects),
        preamble=tuple(line for result in results for line in result.preamble),
        footer=tuple(line for result in results for line in result.footer),
        surplus=tuple(
            replace(one, row=one.row + above)
            for above, result in zip(rows_above, results, strict=False)
            for one in result.surplus
        ),
        marks_confidence=min(result.marks_confidence for result in results),
        encoding_confidence=min(result.encoding_confidence for result in results),
        remarks=tuple(remark for result in results for remark in result.remarks),
        sources=tuple(results),
        **added,
    )


def _with_source(table: pa.Table, column: str, path: Path) -> pa.Table:
    return table.append_column(column, pa.repeat(path.name, table.num_rows))


def _refuse_other_columns(
    path: Path, result: ReadResult, first_path: Path, first: ReadResult
) -> None:
    names, expected = result.table.column_names, first.table.column_names
    if result.names_missing != first.names_missing:
        named, unnamed = (path, first_path) if result.names else (first_path, path)
        raise FileProblem(
            N_(
                "{named} names its columns, {unnamed} seems not to. Files that become one table "
                "need the same columns: read them by themselves, or give each a line of names."
            ),
            named=named.name,
            unnamed=unnamed.name,
        )
    if sorted(names) != sorted(expected):
        raise FileProblem(
            N_(
                "{name} has not the columns of {first}. It lacks: {missing}. It has besides: "
                "{others}. Files that become one table need the same columns."
            ),
            name=path.name,
            first=first_path.name,
            missing=", ".join([one for one in expected if one not in names][:20]) or "-",
            others=", ".join([one for one in names if one not in expected][:20]) or "-",
        )


def _write_plain(path: Path, table: pa.Table, names: list[str] | None) -> None:
    """Write a file that is there whole or not at all, and that replaces a link of its name."""
    beside = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with beside.open("x", encoding="utf-8", newline="") as file:
            if names is not None:
                write_rows(file, [names])
            for batch in table.to_batches(max_chunksize=BLOCK_ROWS):
                columns = [column.cast(pa.string()).to_pylist() for column in batch.columns]
                write_rows(file, zip(*columns, strict=True))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
