"""A project as one zip file, out and in again. What comes in is not trusted."""

import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

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
    root = project.folder
    files = [p for p in sorted(root.rglob("*")) if p.is_file() and _lasts(p.relative_to(root))]
    beside = path.with_name(f"{path.name}.part")
    with translate_full_disk(path.parent):
        try:
            with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                for done, file in enumerate(files):
                    progress(done, len(files), N_("Packing the project"))
                    archive.write(file, file.relative_to(root).as_posix())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    return path


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
