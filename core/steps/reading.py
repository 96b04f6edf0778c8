"""Files of any dialect become plain ones, without a project; and a quick look at a file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.data import ReadOptions, preview_table, read_table, tables_in, write_reading
from core.errors import InputError, TextlodeError
from core.i18n import N_, describe_error
from core.progress import Progress
from core.project import Project

PACKED = (".gz", ".zip", ".bz2", ".xz", ".zst")
PREVIEWED_COLUMNS, PREVIEWED_CHARACTERS = 50, 200


@dataclass(frozen=True)
class PreviewSettings:
    """Which file to look at, how to read it, and how many rows to show."""

    file: str
    reading: dict[str, Any] = field(default_factory=dict)
    rows: int = 20


def preview(project: Project, settings: PreviewSettings, progress: Progress) -> dict[str, Any]:
    """Return the first rows of a file as it would be read, cut to what fits on a page."""
    path = Path(settings.file)
    options = ReadOptions.from_json(settings.reading)
    result = preview_table(path, options, settings.rows)
    shown = result.table.select(range(min(result.table.num_columns, PREVIEWED_COLUMNS)))
    return {
        "columns": shown.column_names,
        "names": list(result.names[:PREVIEWED_COLUMNS]),
        "rows": [
            [(cell or "")[:PREVIEWED_CHARACTERS] for cell in row.values()]
            for row in shown.to_pylist()
        ],
        "all_columns": result.table.num_columns,
        "dialect": result.dialect.to_json(),
        "preamble": len(result.preamble),
        "names_missing": result.names_missing,
        "remarks": [remark.to_json() for remark in result.remarks],
    }


def list_tables(files: list[Path]) -> tuple[str, ...]:
    """Return the sheets of a workbook or the files of a zip, where one file has several."""
    return tables_in(files[0]) if len(files) == 1 else ()


def read_files(
    paths: list[Path], out: Path, progress: Progress, options: ReadOptions | None = None
) -> dict[str, Any]:
    """Write each file that can be read as OUT/<stem>.csv, and its rejects beside it.

    What `options` leave open is detected. A file that cannot be read does not stop the others: it
    has a line in `errors`.
    """
    if out.exists() and not out.is_dir():
        raise InputError(N_("{path} is a file. Name a folder for the results."), path=str(out))
    files: list[dict[str, Any]] = []
    errors: list[str] = []
    for path in paths:
        try:
            result = read_table(path, options, progress)
            written = write_reading(result, out, free_stem(path, out, files, paths))
        except TextlodeError as error:
            errors.append(f"{path}: {describe_error(error, 'en')}")
            continue
        except OSError as error:
            errors.append(f"{path}: {error.strerror or error}")
            continue
        files.append(
            {
                "input": str(path),
                "output": str(written.table),
                "rejects": str(written.rejects),
                **result.to_json(),
            }
        )
    return {"files": files, "errors": errors}


def free_stem(path: Path, out: Path, files: list[dict[str, Any]], inputs: list[Path]) -> str:
    """Return a name whose two files in `out` are no other output of this run, and no input."""
    taken = {Path(file[kind]).resolve() for file in files for kind in ("output", "rejects")}
    taken |= {one.resolve() for one in inputs}
    stem = stem_of(path)
    name, number = stem, 2
    while taken & {(out / f"{name}{ending}").resolve() for ending in (".csv", ".rejects.csv")}:
        name, number = f"{stem}-{number}", number + 1
    return name


def stem_of(path: Path) -> str:
    """Return a file's name without its ending, nor that of the archive it is packed in."""
    name = Path(path.name)
    if name.suffix.lower() in PACKED:
        name = Path(name.stem)
    return name.stem.strip(".") or "table"
