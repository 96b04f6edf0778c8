"""A path becomes a plain file on disk: checked, and unpacked when it is a gzip or zip of one."""

import errno
import gzip
import math
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from core.errors import FileProblem, OutOfRoom
from core.i18n import N_

HEAD = 1 << 16
BLOCK = 1 << 20
# Texts shrink to a tenth, tables of repeated values to a fiftieth; archive bombs to a thousandth.
LARGEST_RATIO = 60
ALWAYS_UNPACKED = 64 << 20
ENCRYPTED = 1  # a flag of a zip's member
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Source:
    """A regular file to read: `path` holds the bytes, `name` is what its owner calls it.

    `member` is the file of a zip that was asked for.
    """

    path: Path
    name: str
    size: int
    member: str = ""

    def head(self) -> bytes:
        with self.path.open("rb") as file:
            return file.read(HEAD)


@contextmanager
def open_source(
    path: Path, member: str = "", enough: Callable[[bytes, str], int] | None = None
) -> Iterator[Source]:
    """Yield the file to read; what was unpacked is deleted at the end.

    `enough` says, from the head of a packed file and its name, how many bytes of it are wanted.
    Raises `FileProblem` for what is missing, no regular file, empty, or an archive of several
    files of which none was chosen by `member`.
    """
    _refuse_what_is_no_file(path)
    with path.open("rb") as file:
        magic = file.read(4)
    if magic.startswith(GZIP):
        name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
        most = _most(enough, name)
        with _unpacked(lambda: cast(IO[bytes], gzip.open(path, "rb")), path, most) as unpacked:
            yield Source(unpacked, name, unpacked.stat().st_size)
    elif magic == EMPTY_ZIP or (magic == ZIP and not _is_spreadsheet(path)):
        with _opened_zip(path) as archive:
            chosen = _chosen_member(archive, path.name, member)
            name = Path(chosen.filename).name
            with _unpacked(lambda: archive.open(chosen), path, _most(enough, name)) as unpacked:
                _refuse_packed_again(unpacked, chosen.filename, path.name)
                size = unpacked.stat().st_size
                asked = member if member == chosen.filename else ""
                yield Source(unpacked, name, size, asked)
    else:
        yield Source(path, path.name, path.stat().st_size)


def _refuse_what_is_no_file(path: Path) -> None:
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise FileProblem(N_("There is no file {name}. Check the path."), name=str(path)) from error
    if stat.S_ISDIR(status.st_mode):
        raise FileProblem(
            N_("{name} is a folder. Name the files in it, one by one."), name=str(path)
        )
    if not stat.S_ISREG(status.st_mode):
        raise FileProblem(
            N_("{name} is a pipe or a device, not a file. Save its content as a file first."),
            name=str(path),
        )
    if status.st_size == 0:
        raise FileProblem(N_("{name} is empty: it has no bytes at all."), name=path.name)
    try:
        path.open("rb").close()
    except OSError as error:
        raise FileProblem(
            N_("{name} cannot be opened: {reason}."), name=path.name, reason=error.strerror
        ) from error


@contextmanager
def _opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise FileProblem(
            N_(
                "{name} is a zip file that cannot be unpacked: {reason}. It may not have been "
                "copied or downloaded whole: get it again."
            ),
            name=path.name,
            reason=str(error),
        ) from error
    with archive:
        yield archive


def _is_spreadsheet(path: Path) -> bool:
    with _opened_zip(path) as archive:
        return "xl/workbook.xml" in archive.namelist()


def table_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the files of an archive without the hidden ones that systems add."""
    return [
        info
        for info in archive.infolist()
        if not info.is_dir()
        and not info.filename.startswith("__MACOSX/")
        and not Path(info.filename).name.startswith(".")
    ]


def _chosen_member(archive: zipfile.ZipFile, name: str, wanted: str) -> zipfile.ZipInfo:
    """Return the one file of an archive; the hidden ones that systems add do not count."""
    members = table_members(archive)
    if wanted:
        members = [info for info in members if info.filename == wanted] or members
    if len(members) != 1:
        raise FileProblem(
            N_(
                "{name} holds {count} files: {names}. Choose one of them, or unpack it and give "
                "what you want: one file, or several with the same columns together."
            ),
            name=name,
            count=len(members),
            names=", ".join(info.filename for info in members[:10]) or "-",
        )
    if members[0].flag_bits & ENCRYPTED:
        raise FileProblem(
            N_("{name} is locked with a password. Unpack it with the password, and give {member}."),
            name=name,
            member=members[0].filename,
        )
    return members[0]


def _refuse_packed_again(unpacked: Path, member: str, name: str) -> None:
    """A workbook is a zip too, and is read."""
    with unpacked.open("rb") as file:
        magic = file.read(4)
    other_zip = magic == ZIP and not _is_spreadsheet(unpacked)
    if magic.startswith(GZIP) or magic == EMPTY_ZIP or other_zip:
        raise FileProblem(
            N_("{name} holds {member}, which is packed itself. Unpack {name}, then give {member}."),
            name=name,
            member=member,
        )


def _most(enough: Callable[[bytes, str], int] | None, name: str) -> Callable[[bytes], float]:
    return lambda head: math.inf if enough is None else enough(head, name)


@contextmanager
def _unpacked(
    opening: Callable[[], IO[bytes]], path: Path, most: Callable[[bytes], float]
) -> Iterator[Path]:
    """Yield a temporary file with the unpacked bytes, which stops growing at the limit."""
    limit = max(ALWAYS_UNPACKED, LARGEST_RATIO * path.stat().st_size)
    with tempfile.TemporaryDirectory(prefix="textlode-") as folder:
        unpacked = Path(folder) / "unpacked"
        try:
            with opening() as packed, unpacked.open("wb") as file:
                _copy(packed, file, limit, path.name, most)
        except (OSError, EOFError, zlib.error, RuntimeError, NotImplementedError) as error:
            _explain(error, path.name)
        except zipfile.BadZipFile as error:
            _explain(error, path.name)
        if unpacked.stat().st_size == 0:
            raise FileProblem(N_("{name} is empty: it has no bytes at all."), name=path.name)
        yield unpacked


def _explain(error: Exception, name: str) -> None:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        raise OutOfRoom(
            N_("The disk has no room to unpack {name}. Free some and try again."), name=name
        ) from error
    if isinstance(error, EOFError):
        raise FileProblem(
            N_(
                "{name} is packed, and breaks off before its end: it was not copied or downloaded "
                "whole. Get it again."
            ),
            name=name,
        ) from error
    raise FileProblem(
        N_("{name} is damaged: it cannot be unpacked ({reason})."), name=name, reason=str(error)
    ) from error


def _copy(
    packed: IO[bytes], file: IO[bytes], limit: int, name: str, most: Callable[[bytes], float]
) -> None:
    copied, wanted = 0, math.inf
    while copied < wanted and (block := packed.read(BLOCK)):
        wanted = wanted if copied else most(block[:HEAD])
        copied += len(block)
        if copied > limit:
            raise FileProblem(
                N_(
                    "{name} unpacks to more than {limit} MB, far more than a table would. "
                    "Unpack it yourself if you trust it."
                ),
                name=name,
                limit=limit >> 20,
            )
        file.write(block)
