"""The SQLite file of the jobs: its table, its version, and its errors in words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import JobProblem, OutOfRoom
from core.i18n import N_

FORMAT = 1
SECONDS_TO_WAIT_FOR_A_LOCK = 20

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    step TEXT NOT NULL,
    project TEXT NOT NULL,
    settings TEXT NOT NULL,
    by TEXT NOT NULL,
    lane TEXT NOT NULL,
    state TEXT NOT NULL,
    created REAL NOT NULL,
    stage TEXT NOT NULL DEFAULT '',
    done REAL NOT NULL DEFAULT 0,
    total REAL NOT NULL DEFAULT 0,
    stage_started REAL,
    stage_from REAL NOT NULL DEFAULT 0,
    detail TEXT NOT NULL DEFAULT '{}',
    started REAL,
    updated REAL,
    ended REAL,
    result TEXT,
    error TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    stop_requested INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    run TEXT,
    worker TEXT NOT NULL DEFAULT '',
    alive INTEGER GENERATED ALWAYS AS (state IN ('queued', 'running')) VIRTUAL
);
CREATE INDEX IF NOT EXISTS jobs_by_project ON jobs (project, number);
CREATE INDEX IF NOT EXISTS jobs_alive ON jobs (alive, number);
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the records of jobs, made when there are none; call it within `errors_in_words`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        path,
        timeout=SECONDS_TO_WAIT_FOR_A_LOCK,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > FORMAT:
            raise JobProblem(
                N_(
                    "The job records in {file} were written by a newer version of Textlode "
                    "(format {found}, this one reads up to {known}). Update Textlode."
                ),
                file=str(path),
                found=version,
                known=FORMAT,
            )
        if version < FORMAT:
            connection.executescript(
                f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;"
            )
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def errors_in_words(path: Path) -> Iterator[None]:
    """Translate the errors of SQLite."""
    try:
        yield
    except sqlite3.Error as error:
        if "full" in str(error):
            raise OutOfRoom(
                N_("The disk of {folder} is full. Free some space and try again; nothing is lost."),
                folder=str(path.parent),
            ) from error
        if "locked" in str(error) or "busy" in str(error):
            raise JobProblem(
                N_("The job records in {file} are in use by another program. Try again."),
                file=str(path),
            ) from error
        raise JobProblem(
            N_(
                "The job records in {file} cannot be read ({reason}). Move the file away to start "
                "a new list of jobs; projects are not touched by this."
            ),
            file=str(path),
            reason=str(error),
        ) from error
    except OSError as error:
        raise JobProblem(
            N_("{folder} cannot hold job records ({reason}). Choose another TEXTLODE_HOME."),
            folder=str(path.parent),
            reason=error.strerror or str(error),
        ) from error
