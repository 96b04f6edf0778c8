"""JSON and JSON Lines: objects become rows, their keys columns."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from core.data.dialect import Dialect, ReadOptions
from core.data.encoding import Encoding, choose_encoding, python_errors, remarks_on_encoding
from core.data.rejects import NO_JSON, TOO_DEEP, Rejects
from core.data.result import ReadResult, unique_names
from core.data.source import Source
from core.errors import FileProblem
from core.i18n import N_
from core.progress import READING, SILENT, Progress

LARGEST_JSON = 300 << 20
BLOCK_ROWS = 10_000
MOST_COLUMNS = 10_000
MOST_CELLS = 100_000_000
REPORTED_EVERY = 10_000


class _Written(str):
    """A number as it was written."""


def read_json_lines(
    source: Source, options: ReadOptions, progress: Progress = SILENT, rows: int | None = None
) -> ReadResult:
    """Read one object a line; a line that is none is set aside with the reason."""
    encoding = choose_encoding(source, options.encoding)
    columns = _Columns(source)
    rejects = Rejects()
    done = 0
    with source.path.open(encoding=encoding.name, errors=python_errors(encoding.name)) as file:
        for number, line in enumerate(file, 1):
            done += len(line)
            if number % REPORTED_EVERY == 0:
                progress(min(done, source.size), source.size, READING)
            text = line.strip().lstrip("\ufeff")
            if not text:
                continue
            try:
                columns.add(_loads(text))
            except (ValueError, RecursionError) as error:
                rejects.add_line(number, _reason(error), line.rstrip("\r\n"))
            if rows is not None and columns.rows >= rows:
                break
    if not columns.rows:
        raise FileProblem(
            N_("{name} has no line that is a JSON object. Give a CSV, XLSX or JSON Lines file."),
            name=source.name,
        )
    return columns.result("jsonl", encoding, rejects)


def read_json(
    source: Source, options: ReadOptions, progress: Progress = SILENT, rows: int | None = None
) -> ReadResult:
    """Read a list of objects or of lists, an object that holds one, or an object of columns."""
    encoding = choose_encoding(source, options.encoding)
    if source.size > LARGEST_JSON:
        raise FileProblem(
            N_("{name} has {size} MB of JSON. Up to {most} MB are read; save it as JSON Lines."),
            name=source.name,
            size=source.size >> 20,
            most=LARGEST_JSON >> 20,
        )
    progress(0, 0, N_("Reading rows"))
    text = source.path.read_text(encoding=encoding.name, errors=python_errors(encoding.name))
    try:
        value = _loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        try:
            return read_json_lines(source, options, progress, rows)
        except FileProblem:
            raise _no_json(error, source) from error
    columns = _Columns(source)
    for row in _rows_of(value, options.table):
        columns.add(row)
        if rows is not None and columns.rows >= rows:
            break
    if not columns.rows:
        raise FileProblem(
            N_("{name} holds no list of rows. It has to be a list of objects."), name=source.name
        )
    return columns.result("json", encoding, Rejects())


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=_Written, parse_float=_Written, parse_constant=_Written)


def _no_json(error: ValueError | RecursionError, source: Source) -> FileProblem:
    if isinstance(error, RecursionError):
        return FileProblem(
            N_("{name} holds more lists or objects within each other than can be read."),
            name=source.name,
        )
    return FileProblem(N_("{name} is not JSON: {reason}."), name=source.name, reason=str(error))


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return TOO_DEEP
    return NO_JSON.format(n=error.pos + 1 if isinstance(error, json.JSONDecodeError) else 1)


def _rows_of(value: Any, wanted: str | None) -> Iterable[Any]:
    """Return the rows of whatever shape a JSON table has."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return []
    lists = {name: one for name, one in value.items() if isinstance(one, list)}
    if wanted in lists:
        return lists[wanted or ""]
    objects = {name: one for name, one in lists.items() if one and isinstance(one[0], dict)}
    if objects:
        return max(objects.values(), key=len)
    lengths = {len(one) for one in lists.values()}
    if len(lists) == len(value) and len(lengths) == 1:
        return _zipped(lists)
    return [value]


def _zipped(lists: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    for cells in zip(*lists.values(), strict=True):
        yield dict(zip(lists, cells, strict=True))


class _Columns:
    """Collects rows whose keys come as they come."""

    def __init__(self, source: Source) -> None:
        self.rows = 0
        self._source = source
        self._names: dict[str, None] = {}
        self._waiting: list[dict[str, str | None]] = []
        self._blocks: list[pa.Table] = []
        self._named = True

    def add(self, row: Any) -> None:
        cells = self._cells(row)
        for name in cells:
            if name not in self._names:
                self._names[name] = None
        self.rows += 1
        if len(self._names) > MOST_COLUMNS or self.rows * len(self._names) > max(
            MOST_CELLS, self._source.size
        ):
            raise FileProblem(
                N_("{name} has {columns} different keys, far more than a table has columns."),
                name=self._source.name,
                columns=len(self._names),
            )
        self._waiting.append(cells)
        if len(self._waiting) >= BLOCK_ROWS:
            self._flush()

    def _cells(self, row: Any) -> dict[str, str | None]:
        if isinstance(row, dict):
            return {str(name): _written(value) for name, value in row.items()}
        self._named = False
        values = row if isinstance(row, list) else [row]
        return {f"column {place}": _written(value) for place, value in enumerate(values, 1)}

    def _flush(self) -> None:
        if self._waiting:
            arrays = [
                pa.array([row.get(name) for row in self._waiting], pa.string())
                for name in self._names
            ]
            self._blocks.append(pa.Table.from_arrays(arrays, names=list(self._names)))
            self._waiting = []

    def result(self, form: str, encoding: Encoding, rejects: Rejects) -> ReadResult:
        self._flush()
        table = pa.concat_tables(self._blocks, promote_options="default")
        names = tuple(table.column_names) if self._named else ()
        return ReadResult(
            table=table.rename_columns(unique_names(table.column_names, table.num_columns)),
            dialect=Dialect(format=form, encoding=encoding.name, header_rows=int(self._named)),
            names=names,
            rejects=rejects.finish(),
            rejected=rejects.count,
            encoding_confidence=encoding.confidence,
            odd_bytes=encoding.odd_bytes,
            remarks=tuple(remarks_on_encoding(encoding, table)),
        )


def _written(value: Any) -> str | None:
    """Return a value as it was written; what is nested stays JSON."""
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _nested(value)


def _nested(value: Any) -> str:
    if isinstance(value, _Written):
        return str(value)
    if isinstance(value, dict):
        inner = (f"{json.dumps(k, ensure_ascii=False)}: {_nested(v)}" for k, v in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_nested, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
