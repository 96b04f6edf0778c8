"""The append-only log of what people decided: one JSON event a line, with a checksum.

Two writers append under one file lock, so neither loses the other's change. A line torn by a
crash is cut off at the next append; a damaged line elsewhere is left out and counted.
"""

import json
import os
import threading
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from core.project.files import translate_full_disk


@dataclass(frozen=True)
class Event:
    """One decision: its number in the log (from 1), when, by whom, of which kind, and the rest."""

    number: int
    at: str
    by: str
    kind: str
    values: dict[str, Any] = field(default_factory=dict)

    def to_line(self) -> bytes:
        body = {
            "number": self.number,
            "at": self.at,
            "by": self.by,
            "kind": self.kind,
            "values": self.values,
        }
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return f'{text[:-1]},"crc":"{zlib.crc32(text.encode()):08x}"}}\n'.encode()

    @classmethod
    def from_line(cls, line: bytes) -> "Event | None":
        """Read one line of the log; None when its checksum does not hold."""
        text, mark, rest = line.rpartition(b',"crc":"')
        if not mark or rest[:8] != f"{zlib.crc32(text + b'}'):08x}".encode():
            return None
        return cls(**json.loads(text + b"}"))


class EventLog:
    """The log in one file, shared by threads and processes. Reading is incremental."""

    def __init__(self, path: Path, lock: Path) -> None:
        self._path = path
        self._file_lock = FileLock(lock)
        self._thread_lock = threading.RLock()
        self._offset = 0
        self._inode = 0
        self._events: tuple[Event, ...] = ()
        self.damaged_lines = 0

    def events(self) -> tuple[Event, ...]:
        """Return all events so far, in order; lines that others appended included."""
        with self._thread_lock:
            self._begin_anew_if_replaced()
            if self._path.exists() and self._path.stat().st_size != self._offset:
                self._read_on()
            return self._events

    def append(self, kind: str, by: str, **values: Any) -> Event:
        """Add one event durably and return it."""
        return self.append_all([(kind, values)], by)[-1]

    def append_all(self, entries: list[tuple[str, dict[str, Any]]], by: str) -> tuple[Event, ...]:
        """Add several events as one write: all of them or, after a crash, a first part."""
        with self._thread_lock, self._file_lock:
            self.events()
            first = self._events[-1].number + 1 if self._events else 1
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            new = tuple(
                Event(first + i, at, by, kind, values) for i, (kind, values) in enumerate(entries)
            )
            with translate_full_disk(self._path.parent), self._path.open("ab") as file:
                file.truncate(self._offset)
                try:
                    file.write(b"".join(event.to_line() for event in new))
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    file.truncate(self._offset)
                    raise
            self._inode = self._path.stat().st_ino
            self._read_on()
            return new

    def _begin_anew_if_replaced(self) -> None:
        """Forget what was read when another file lies in the log's place (deleted, restored)."""
        status = self._path.stat() if self._path.exists() else None
        inode, size = (status.st_ino, status.st_size) if status else (0, 0)
        if inode != self._inode or size < self._offset:
            self._inode, self._offset, self._events, self.damaged_lines = inode, 0, (), 0

    def _read_on(self) -> None:
        """Read the complete lines behind the last one read; a torn last line stays unread."""
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        complete = data[: data.rfind(b"\n") + 1]
        read = [Event.from_line(line) for line in complete.splitlines()]
        self.damaged_lines += read.count(None)
        self._events += tuple(event for event in read if event is not None)
        self._offset += len(complete)
