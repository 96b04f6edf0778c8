"""Inboxes: folders into which one visitor's browser may write, each behind an unguessable token."""

import secrets
import shutil
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

MOST_FILES = 200
MOST_INBOXES = 1000
MOST_BYTES_OF_A_NAME = 100
SECONDS_KEPT = 24 * 3600


@dataclass(frozen=True)
class Arrived:
    """A file that has arrived whole: the name it had, and where it lies until it is moved."""

    name: str
    path: Path


@dataclass(frozen=True)
class Expected:
    """What a browser said of a file before it sent the first slice; `size` in bytes."""

    name: str
    size: int


@dataclass
class Inbox:
    """The files that one drop zone is sending, by the numbers that the browser gave them."""

    folder: Path
    expected: dict[int, Expected] = field(default_factory=dict)
    writing: set[int] = field(default_factory=set)

    def place(self, number: int) -> Path:
        """Return where a file is written."""
        return self.folder / f"{number:015d}"

    def size(self, number: int) -> int:
        """Return how many bytes of a file are there."""
        place = self.place(number)
        return place.stat().st_size if place.is_file() else 0

    def arrived(self, numbers: Iterable[int]) -> list[Arrived]:
        """Return those of the files that are whole."""
        return [
            Arrived(file_name(expected.name), self.place(number))
            for number in numbers
            if (expected := self.expected.get(number))
            and self.place(number).is_file()
            and self.size(number) == expected.size
        ]

    def forget(self, number: int) -> None:
        """Remove a file, whole or not."""
        self.expected.pop(number, None)
        self.place(number).unlink(missing_ok=True)


class Inboxes:
    """All inboxes of this process by their tokens; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._inboxes: OrderedDict[str, Inbox] = OrderedDict()
        self._lock = Lock()

    def open(self, folder: Path) -> str:
        """Make an inbox below a folder and return its token."""
        token = secrets.token_hex(24)  # Streamlit refuses "__" in the names of components
        place = folder / secrets.token_hex(8)
        place.mkdir(parents=True)
        with self._lock:
            self._inboxes[token] = Inbox(place)
            surplus = len(self._inboxes) - MOST_INBOXES
            gone = [self._inboxes.popitem(last=False)[1] for _ in range(surplus)]
        for inbox in gone:
            shutil.rmtree(inbox.folder, ignore_errors=True)
        return token

    def get(self, token: str) -> Inbox | None:
        """Return the inbox behind a token, or None."""
        with self._lock:
            return self._inboxes.get(token)


def file_name(said: str) -> str:
    """Return a name for a file that any disk takes and that leads to no other folder."""
    letters = "".join(letter for letter in said.replace("\\", "/") if letter.isprintable())
    name = Path(letters)
    if name.name in ("", ".."):
        return "table"
    suffix = name.suffix if len(name.suffix.encode()) <= 20 else ""
    stem = name.name.removesuffix(suffix).encode()[: MOST_BYTES_OF_A_NAME - len(suffix.encode())]
    return stem.decode(errors="ignore") + suffix


def empty_old_inboxes(folder: Path) -> None:
    """Remove what was sent more than a day ago and never used: its visitors are gone."""
    for inbox in folder.glob("*"):
        if inbox.stat().st_mtime < time.time() - SECONDS_KEPT:
            shutil.rmtree(inbox, ignore_errors=True)


INBOXES = Inboxes()
