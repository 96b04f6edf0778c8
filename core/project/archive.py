"""A project as one zip file, out and in again. What comes in is not trusted."""

import io
import shutil
import stat
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from core.errors import FileProblem, OutOfRoom
from core.i18n import N_
from core.progress import SILENT, Progress
from core.project.files import translate_full_disk
from core.project.project import Project

MOST_FILES = 100_000
# Vectors hardly compress and texts do so five- to tenfold: a hundredfold is no project.
MOST_EXPANSION = 100
BLOCK = 1 << 20


def export_archive(project: Project, path: Path, progress: Progress = SILENT) -> Path:
    """Write a project as one zip, without the scratch of running steps."""
    files = archive_files(project)
    beside = path.with_name(f"{path.name}.part")
    with translate_full_disk(path.parent):
        try:
            with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                for done, (file, name) in enumerate(files):
                    progress(done, len(files), N_("Packing the project"))
                    archive.write(file, name)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    return path


def archive_files(project: Project) -> list[tuple[Path, str]]:
    """Return the files of a project that last, with their names in an archive."""
    root = project.folder
    files = ((path, path.relative_to(root)) for path in sorted(root.rglob("*")))
    return [(path, name.as_posix()) for path, name in files if path.is_file() and _lasts(name)]


def pack(files: Iterable[tuple[Path, str]]) -> Iterator[bytes]:
    """Yield a zip of files piece by piece, for a reader at the other end of a line."""
    sent = _Sent()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path, name in files:
            entry = zipfile.ZipInfo.from_file(path, name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while block := source.read(BLOCK):
                    target.write(block)
                    yield sent.take()
    yield sent.take()


class _Sent(io.RawIOBase):
    """What a zip has written since it was last taken; it cannot be gone back in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def extract_archive(archive: Path, folder: Path) -> None:
    """Unpack a project's archive into an empty folder.

    Raises FileProblem for what is no such archive, leads out of the folder or expands without
    measure, and OutOfRoom where the disk does not hold it.
    """
    try:
        with zipfile.ZipFile(archive) as source:
            members = [m for m in source.infolist() if not m.is_dir()]
            _check_members(archive, members, shutil.disk_usage(folder).free)
            for member in members:
                _extract(source, member, folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise FileProblem(
            N_("{name} is not a complete zip file. Export the project again."), name=archive.name
        ) from error


def _check_members(archive: Path, members: list[zipfile.ZipInfo], free: int) -> None:
    names = [member.filename for member in members]
    if "project.json" not in names:
        raise FileProblem(
            N_(
                "{name} is not a Textlode project: it holds no project.json. "
                "To read a table, drop it as a CSV, XLSX, Parquet or JSON Lines file."
            ),
            name=archive.name,
        )
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in member.filename or _is_link(member):
            raise FileProblem(
                N_("{name} holds a path that leads out of the project: {path}. It was refused."),
                name=archive.name,
                path=member.filename[:80],
            )
    size = sum(member.file_size for member in members)
    if len(members) > MOST_FILES or size > MOST_EXPANSION * max(archive.stat().st_size, BLOCK):
        raise FileProblem(
            N_("{name} would unpack to {count} files and {size} MB, which no project does."),
            name=archive.name,
            count=len(members),
            size=size >> 20,
        )
    if size > free:
        raise OutOfRoom(
            N_("{name} needs {size} MB on the disk and only {free} MB are free."),
            name=archive.name,
            size=size >> 20,
            free=free >> 20,
        )


def _extract(source: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    """Copy one member, and no more of it than its header promised."""
    target = folder / member.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    left = member.file_size
    with source.open(member) as incoming, target.open("wb") as outgoing:
        while block := incoming.read(min(BLOCK, left + 1)):
            left -= len(block)
            if left < 0:
                raise zipfile.BadZipFile(member.filename)
            outgoing.write(block)


def _is_link(member: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)


def _lasts(path: Path) -> bool:
    return path.parts[0] not in ("scratch", "damaged") and not path.name.startswith(".")
