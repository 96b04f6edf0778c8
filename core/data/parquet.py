"""Parquet files: every column as strings."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.data.dialect import Dialect, ReadOptions
from core.data.result import ReadResult, unique_names
from core.data.source import LARGEST_RATIO, Source
from core.errors import FileProblem
from core.i18n import N_
from core.progress import SILENT, Progress

MOST_CELLS_A_BYTE = 2000
ALWAYS_READ_CELLS = 50_000_000
ALWAYS_READ_BYTES = 512 << 20
# A file of this size may hold a long text once and refer to it from every row.
SMALL = 16 << 20


def read_parquet(
    source: Source, options: ReadOptions, progress: Progress = SILENT, rows: int | None = None
) -> ReadResult:
    """Read a Parquet file. Numbers, dates and nested values become what people write for them."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source.path, read_dictionary=_packed_columns(source)) as file:
            _refuse_bomb(file.metadata, source)
            batches = []
            done = size = 0
            for batch in file.iter_batches(batch_size=min(rows or 1 << 16, 1 << 16)):
                done += batch.num_rows
                size += sum(map(_unpacked_size, batch.columns))
                if size > max(ALWAYS_READ_BYTES, LARGEST_RATIO * source.size):
                    raise _too_much(file.metadata, source)
                batches.append(_as_strings(batch))
                progress(done, file.metadata.num_rows, N_("Reading rows"))
                if rows is not None and done >= rows:
                    break
            names = file.schema_arrow.names
    except (pa.ArrowException, OSError) as error:
        raise FileProblem(
            N_("{name} is a damaged Parquet file: {reason}."),
            name=source.name,
            reason=str(error)[:200],
        ) from error
    schema = pa.schema([(str(place), pa.string()) for place in range(len(names))])
    table = pa.Table.from_batches(batches, schema)
    return ReadResult(
        table=table.rename_columns(unique_names(names, len(names))),
        dialect=Dialect(format="parquet"),
        names=tuple(names),
    )


def _packed_columns(source: Source) -> list[str]:
    """Return the columns of texts of a small file: they stay packed until their size is known."""
    import pyarrow.parquet as pq

    if source.size > SMALL:
        return []
    return [field.name for field in pq.read_schema(source.path) if pa.types.is_string(field.type)]


def _unpacked_size(column: pa.Array) -> int:
    """Return how many bytes a column has when each row holds its own value."""
    if not pa.types.is_dictionary(column.type) or not pa.types.is_string(column.type.value_type):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary).cast(pa.int64())
    return int(pc.sum(lengths.take(column.indices)).as_py() or 0)


def _refuse_bomb(metadata: Any, source: Source) -> None:
    cells = metadata.num_rows * metadata.num_columns
    unpacked = sum(
        metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups)
    )
    if cells > max(ALWAYS_READ_CELLS, source.size) or unpacked > max(
        1 << 30, MOST_CELLS_A_BYTE * source.size
    ):
        raise _too_much(metadata, source)


def _too_much(metadata: Any, source: Source) -> FileProblem:
    return FileProblem(
        N_("{name} says it holds {cells} cells in {size} MB, which no table of texts does."),
        name=source.name,
        cells=metadata.num_rows * metadata.num_columns,
        size=round(source.size / (1 << 20), 1),
    )


def _as_strings(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [_strings(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=[str(p) for p in range(len(columns))])


def _strings(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _strings(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        return pc.replace_substring_regex(column.cast(pa.string()), r"([ T]00:00:00)?(\.0+)?$", "")
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([_json(value) for value in column.to_pylist()], pa.string())
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([_json(value) for value in column.to_pylist()], pa.string())


def _json(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False, default=str)
