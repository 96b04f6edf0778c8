"""Who holds jobs, and whether they still live.

Each dispatcher has a folder in TEXTLODE_HOME/engines with a lock that it holds for life. The
system lets go of the lock when the process ends, however it ends: a job whose owner's lock is
free was interrupted, one whose owner's lock is taken belongs to another living server.
"""

import os
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from core.jobs.record import Job
from core.jobs.store import JobStore

ENGINES = "engines"
LOCK = "alive.lock"
SECONDS_TO_SET_UP = 60


@dataclass(frozen=True)
class Owner:
    """One living dispatcher: its name, its folder for passing files, its lock."""

    name: str
    folder: Path
    lock: FileLock

    @classmethod
    def register(cls, home: Path) -> "Owner":
        """Make a new owner that lives until its process ends."""
        name = f"{os.getpid()}-{secrets.token_hex(4)}"
        folder = home / ENGINES / name
        folder.mkdir(parents=True)
        lock = FileLock(folder / LOCK)
        lock.acquire(timeout=SECONDS_TO_SET_UP)
        return cls(name, folder, lock)

    def remove(self) -> None:
        """Give up the name and everything in the folder."""
        self.lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)


def is_alive(home: Path, name: str) -> bool:
    """Whether the process of an owner still runs."""
    path = home / ENGINES / name / LOCK
    if not path.exists():
        return False
    try:
        with FileLock(path).acquire(timeout=0):
            return False
    except Timeout:
        return True


def sweep(home: Path) -> None:
    """Remove the folders that dead owners left behind."""
    for folder in (home / ENGINES).glob("*"):
        # One that is only just being set up does not hold its lock yet.
        old = time.time() - folder.stat().st_mtime > SECONDS_TO_SET_UP
        if old and not is_alive(home, folder.name):
            shutil.rmtree(folder, ignore_errors=True)


def put_back_interrupted(store: JobStore) -> tuple[Job, ...]:
    """Queue the jobs of dead owners again, and return them."""
    dead = [name for name in store.owners() if not is_alive(store.path.parent, name)]
    return tuple(job for name in dead for job in store.put_back(name))
