"""The results of steps, each named by the hash of what made it."""

import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import ArtifactDamaged, ProjectProblem
from core.i18n import N_
from core.project.files import UNFINISHED, new_folder, write_json

MANIFEST = "artifact.json"
# A row of a table is read with so many others: few, as one is asked for at a time.
ROWS_READ_TOGETHER = 20_000
KEY = re.compile(r"[a-z_]+-[0-9a-f]{16}")
# Folders whose checksums held in this process, with the sizes and times that their files had then:
# a project is opened anew for each short question, and hashing its models each time would show.
_SOUND: dict[Path, tuple[tuple[str, int, int], ...]] = {}


@dataclass(frozen=True)
class Recipe:
    """What makes an artifact: kind, keys of the inputs, settings and version of the step."""

    kind: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1

    @property
    def key(self) -> str:
        """Return `<kind>-<16 hex digits>`, the same for the same recipe on every machine."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return f"{self.kind}-{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "inputs": dict(self.inputs),
            "settings": dict(self.settings),
            "version": self.version,
        }


@dataclass(frozen=True)
class Artifact:
    """One finished result. Its files are checked; reading them cannot give half of anything."""

    key: str
    folder: Path
    manifest: Mapping[str, Any] = field(hash=False)

    @property
    def kind(self) -> str:
        return str(self.manifest["recipe"]["kind"])

    @property
    def settings(self) -> Mapping[str, Any]:
        return dict(self.manifest["recipe"]["settings"])

    @property
    def inputs(self) -> Mapping[str, str]:
        return dict(self.manifest["recipe"]["inputs"])

    @property
    def created(self) -> str:
        return str(self.manifest["created"])

    def array(self, name: str) -> npt.NDArray[Any]:
        """Return an array, mapped from disk and read-only."""
        loaded: npt.NDArray[Any] = np.load(self.folder / f"{name}.npy", mmap_mode="r")
        return loaded

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return all arrays of the artifact by name."""
        return {path.stem: self.array(path.stem) for path in sorted(self.folder.glob("*.npy"))}

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        return pq.read_table(self.folder / f"{name}.parquet", columns=columns)

    def row(self, name: str, number: int) -> dict[str, Any]:
        """Return one row of a table; only the group of rows that holds it is read."""
        found: dict[str, Any] = self.rows(name, [number]).to_pylist()[0]
        return found

    def rows(self, name: str, numbers: npt.ArrayLike, columns: list[str] | None = None) -> pa.Table:
        """Return rows of a table in the order of their numbers (ints from 0; shape (n,)).

        The groups of rows that hold them are read one after another, and no others. Raises
        IndexError for a number that no row has.
        """
        numbers = np.asarray(numbers, dtype=np.int64)
        with pq.ParquetFile(self.folder / f"{name}.parquet") as file:
            groups = range(file.num_row_groups)
            ends = np.cumsum([file.metadata.row_group(group).num_rows for group in groups])
            if len(numbers) and not 0 <= numbers.min() <= numbers.max() < file.metadata.num_rows:
                raise IndexError(numbers)
            group_of = np.searchsorted(ends, numbers, side="right")
            parts = [file.schema_arrow.empty_table()]
            for group in np.unique(group_of):
                read = file.read_row_group(group, columns)
                first = ends[group] - read.num_rows
                parts.append(read.take(pa.array(numbers[group_of == group] - first)))
        # To read "a" is to read "a.b" too, and in the order of the file.
        parts = [part.select(columns) for part in parts] if columns else parts
        by_group = np.argsort(group_of, kind="stable")
        return pa.concat_tables(parts).take(pa.array(np.argsort(by_group)))

    def schema(self, name: str) -> pa.Schema:
        """Return the columns of a table."""
        return pq.read_schema(self.folder / f"{name}.parquet")

    def batches(
        self, name: str, rows: int, columns: list[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Yield a table in batches, for one that is not to be in memory as a whole."""
        path = self.folder / f"{name}.parquet"
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
            yield from file.iter_batches(rows, columns=columns)

    def texts(self, name: str) -> pa.ChunkedArray:
        """Return texts, mapped from disk: one is read when it is asked for."""
        with pa.memory_map(str(self.folder / f"{name}.arrow")) as file:
            return pa.ipc.open_file(file).read_all().column(0)

    def has(self, file: str) -> bool:
        """Whether the artifact holds a file; older ones may lack what is kept since."""
        return (self.folder / file).is_file()

    def json(self, name: str) -> Any:
        return json.loads((self.folder / f"{name}.json").read_text("utf-8"))


class Draft:
    """An artifact being written: fill it, and it takes its name when the block ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save_array(self, name: str, values: npt.NDArray[Any]) -> None:
        np.save(self.folder / f"{name}.npy", values, allow_pickle=False)

    def save_arrays(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        for name, values in arrays.items():
            self.save_array(name, values)

    def save_table(self, name: str, table: pa.Table) -> None:
        path = self.folder / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd", row_group_size=ROWS_READ_TOGETHER)

    def save_texts(self, name: str, texts: Sequence[str]) -> None:
        """Save texts as they lie in memory, so that they need not be read to have one of them."""
        schema = pa.schema([(name, pa.string())])
        with pa.ipc.new_file(str(self.folder / f"{name}.arrow"), schema) as file:
            for start in range(0, len(texts), ROWS_READ_TOGETHER):
                part = pa.array(texts[start : start + ROWS_READ_TOGETHER], pa.string())
                file.write_batch(pa.record_batch([part], schema=schema))

    def save_json(self, name: str, value: Any) -> None:
        write_json(self.folder / f"{name}.json", value)


class ArtifactStore:
    """The artifacts of one project. Each is immutable, so any number may read while one writes."""

    def __init__(self, folder: Path, damaged: Path) -> None:
        self._folder = folder
        self._damaged = damaged

    def __contains__(self, key: str) -> bool:
        return bool(KEY.fullmatch(key)) and (self._folder / key / MANIFEST).is_file()

    def keys(self, kind: str) -> list[str]:
        """Return the keys of all artifacts of a kind, oldest first."""
        found = [p.parent for p in self._folder.glob(f"{kind}-*/{MANIFEST}")]
        return [p.name for p in sorted(found, key=lambda p: (p.stat().st_mtime, p.name))]

    def open(self, key: str) -> Artifact:
        """Return an artifact whose files match their checksums.

        Raises ArtifactDamaged, after setting the damaged folder aside so that it is made anew.
        """
        # Keys stand in logs and manifests, which an imported archive may have forged.
        if not KEY.fullmatch(key):
            raise ProjectProblem(
                N_("{key} is not the name of a stored result. The project was changed by hand."),
                key=key[:80],
            )
        folder = self._folder / key
        stamp = _stamp(folder)
        if _SOUND.get(folder) != stamp or not stamp:
            fault = _find_fault(folder)
            if fault is not None:
                self._set_aside(folder)
                raise ArtifactDamaged(
                    N_(
                        "The stored result {key} is damaged ({fault}). It was set aside; run the "
                        "step again to make it anew. Your texts and labels are not affected."
                    ),
                    key=key,
                    fault=fault,
                )
            _SOUND[folder] = stamp
        return Artifact(key, folder, json.loads((folder / MANIFEST).read_text("utf-8")))

    @contextmanager
    def create(self, recipe: Recipe) -> Iterator[Draft]:
        """Write a new artifact; it exists only when the block ends without an error."""
        with new_folder(self._folder / recipe.key) as folder:
            yield Draft(folder)
            write_json(
                folder / MANIFEST,
                {
                    "recipe": recipe.to_json(),
                    "created": datetime.now(UTC).isoformat(timespec="seconds"),
                    "files": {
                        str(path.relative_to(folder)): _fingerprint(path)
                        for path in sorted(folder.rglob("*"))
                        if path.is_file()
                    },
                },
            )

    def delete(self, key: str) -> None:
        """Remove an artifact for good; cut short, it leaves nothing that could be taken for one."""
        gone = self._folder / f"{UNFINISHED}{uuid.uuid4().hex}"
        self.open(key).folder.rename(gone)
        shutil.rmtree(gone)

    def _set_aside(self, folder: Path) -> None:
        self._damaged.mkdir(parents=True, exist_ok=True)
        target = self._damaged / folder.name
        shutil.rmtree(target, ignore_errors=True)
        if folder.exists():
            folder.rename(target)


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Sizes and times of all files: equal ones are taken for equal content."""
    return tuple(
        (str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )


def _fingerprint(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    return {"bytes": path.stat().st_size, "blake2b": digest}


def _find_fault(folder: Path) -> str | None:
    """Say which file of an artifact is missing or differs from its checksum."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        expected = manifest["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return MANIFEST
    for name, fingerprint in expected.items():
        path = folder / name
        if ".." in Path(name).parts or not path.is_file() or _fingerprint(path) != fingerprint:
            return str(name)
    return None
