"""What lies in the folders of the server whose files may be read without an upload.

A folder may be large, or on a slow disk: a thread walks through it, a page waits for that only a
moment and shows what was found so far, and what was found is kept a while.
"""

import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

MOST_LISTED = 1000
SECONDS_TO_WAIT = 0.3
SECONDS_KEPT = 20.0
TABLE = re.compile(r"\.(csv|tsv|txt|xlsx|parquet|json|jsonl|ndjson)(\.gz|\.zip)?$", re.IGNORECASE)

_lock = threading.Lock()
_shown: dict[tuple[Path, ...], "Listing"] = {}
_running: dict[tuple[Path, ...], "Listing"] = {}


class Listing:
    """The files that can be read below some folders, the first thousand; it fills up by itself."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self.files: list[Path] = []
        self.ended: float | None = None
        self._thread = threading.Thread(target=self._fill, args=(roots,), daemon=True)
        self._thread.start()

    @property
    def is_full(self) -> bool:
        """Whether there may be more files than are listed."""
        return len(self.files) >= MOST_LISTED

    def wait(self, seconds: float) -> bool:
        """Wait for its end, but not for long; return whether it has ended."""
        self._thread.join(seconds)
        return self.ended is not None

    def _fill(self, roots: tuple[Path, ...]) -> None:
        for file in (file for root in roots for file in _tables(root)):
            self.files.append(file)
            if self.is_full:
                break
        self.ended = time.monotonic()


def list_files(roots: tuple[Path, ...]) -> Listing:
    """Return the files below some folders, as they were found seconds ago or are found just now."""
    with _lock:
        shown, running = _shown.get(roots), _running.get(roots)
        if running is None and (shown is None or _is_old(shown)):
            running = _running[roots] = Listing(roots)
    if running is not None and running.wait(SECONDS_TO_WAIT):
        with _lock:
            _running.pop(roots, None)
            _shown[roots] = shown = running
    return shown or running


def is_allowed(path: Path, roots: tuple[Path, ...]) -> bool:
    """Whether a file can be read and lies, links followed, in one of the folders."""
    if not TABLE.search(path.name) or not path.is_file():
        return False
    return any(path.resolve().is_relative_to(root.resolve()) for root in roots)


def _is_old(listing: Listing) -> bool:
    return listing.ended is not None and time.monotonic() - listing.ended > SECONDS_KEPT


def _tables(root: Path) -> Iterator[Path]:
    """Yield the files below a folder that can be read, but for links that lead out of it."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in (Path(folder) / name for name in sorted(names) if TABLE.search(name)):
            if not path.is_symlink() or path.resolve().is_relative_to(root.resolve()):
                yield path
