"""Writing that is whole or not there at all: beside, flushed, renamed."""

import errno
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import OutOfRoom
from core.i18n import N_

UNFINISHED = ".new-"


@contextmanager
def translate_full_disk(folder: Path) -> Iterator[None]:
    """Turn the system's "no space left" into an error that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise OutOfRoom(
            N_("The disk of {folder} is full. Free some space and try again; nothing is lost."),
            folder=str(folder),
        ) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    beside = path.with_name(f"{UNFINISHED}{uuid.uuid4().hex}")
    with translate_full_disk(path.parent):
        try:
            with beside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        sync_folder(path.parent)


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file atomically, readable by a person."""
    write_bytes(path, json.dumps(value, ensure_ascii=False, indent=2).encode())


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """Give a folder to fill, which takes its final name only when it is complete.

    When another writer has finished the same folder meanwhile, theirs stays: folders are named by
    the hash of what made them, so both are the same.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    beside = final.with_name(f"{UNFINISHED}{uuid.uuid4().hex}")
    beside.mkdir()
    with translate_full_disk(final.parent):
        try:
            yield beside
            for file in beside.rglob("*"):
                if file.is_file():
                    sync_file(file)
            try:
                beside.rename(final)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
            sync_folder(final.parent)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make a rename within a folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
