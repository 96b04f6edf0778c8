"""The record of all jobs, in SQLite, shared by the pages, the dispatcher and the workers.

Write-ahead logging lets any number of processes read while one writes, and every transaction is
a few statements long. A job is written by two sides that never need to agree: people (create,
cancel, stop early) and the one run that holds the job's present `run` mark. A run that was
replaced - its worker or its server was thought dead - has another mark and can write no more.
"""

import json
import secrets
import threading
import time
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from core.errors import JobProblem, TextlodeError
from core.i18n import N_
from core.jobs.database import connect, errors_in_words
from core.jobs.record import Job, JobState, Lane, record_error

MAX_ATTEMPTS = 3
SECONDS_SHORT_JOBS_ARE_KEPT = 3600
LONG_JOBS_KEPT = 2000

COLUMNS = tuple(field.name for field in fields(Job))


@dataclass(frozen=True)
class Report:
    """How far a run is, as its progress last said."""

    stage: str
    done: float
    total: float
    stage_started: float | None
    stage_from: float
    detail: dict[str, Any]


@dataclass(frozen=True)
class Wishes:
    """What people want of a running job."""

    cancel: bool
    stop_early: bool


class JobStore:
    """The jobs of one installation. Cheap to make, safe across threads and processes.

    Raises JobProblem when the file is damaged, of a newer version or locked for long, and
    OutOfRoom when the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        with errors_in_words(self.path):
            self._connection = connect(self.path)
        weakref.finalize(self, self._connection.close)

    # -- what people ask

    def create(
        self, step: str, project: str, settings: dict[str, Any], by: str, lane: Lane = Lane.LONG
    ) -> Job:
        """Queue a job, or return the one that already does the same."""
        text = to_json(settings)
        with self._transaction():
            same = self._one(
                "SELECT * FROM jobs WHERE alive AND NOT cancel_requested "
                "AND step = ? AND project = ? AND settings = ?",
                (step, project, text),
            )
            return same or self._must(
                "INSERT INTO jobs (id, step, project, settings, by, lane, state, created) "
                "VALUES (?, ?, ?, ?, ?, ?, 'queued', ?) RETURNING *",
                (secrets.token_hex(6), step, project, text, by, str(lane), time.time()),
            )

    def get(self, job_id: str) -> Job:
        """Return a job. Raises JobProblem when there is none of this id."""
        with self._reading():
            job = self._one("SELECT * FROM jobs WHERE id = ?", (job_id,))
        if job is None:
            raise JobProblem(
                N_("There is no job {job}. It may have been cleared away."), job=job_id
            )
        return job

    def list(
        self,
        project: str | None = None,
        limit: int = 50,
        steps: Iterable[str] = (),
        lanes: Iterable[Lane] = (),
    ) -> tuple[Job, ...]:
        """Return jobs, the newest first: of one project, of some steps, of some lanes."""
        with self._reading():
            return self._all(
                "SELECT * FROM jobs WHERE (?1 IS NULL OR project = ?1) "
                "AND (?2 = '[]' OR lane IN (SELECT value FROM json_each(?2))) "
                "AND (?3 = '[]' OR step IN (SELECT value FROM json_each(?3))) "
                "ORDER BY number DESC LIMIT ?4",
                (project, to_json(tuple(lanes)), to_json(tuple(steps)), limit),
            )

    def request_cancel(self, job_id: str) -> Job:
        """Ask a job to end. One that has not begun ends at once."""
        with self._transaction():
            self._run("UPDATE jobs SET cancel_requested = 1 WHERE id = ? AND alive", (job_id,))
            self._run(
                "UPDATE jobs SET state = 'cancelled', ended = ? WHERE id = ? AND state = 'queued'",
                (time.time(), job_id),
            )
        return self.get(job_id)

    def request_stop_early(self, job_id: str) -> Job:
        """Ask a job to end with the best result it has."""
        with self._transaction():
            self._run("UPDATE jobs SET stop_requested = 1 WHERE id = ? AND alive", (job_id,))
        return self.get(job_id)

    # -- what the dispatcher does

    def claim(self, owner: str, lane: Lane, limit: int) -> tuple[Job, ...]:
        """Take the oldest queued jobs that nobody else has taken."""
        with self._transaction():
            return self._all(
                "UPDATE jobs SET owner = ? WHERE id IN (SELECT id FROM jobs WHERE "
                "state = 'queued' AND owner IS NULL AND lane = ? ORDER BY number LIMIT ?) "
                "RETURNING *",
                (owner, str(lane), limit),
            )

    def alive(self) -> tuple[Job, ...]:
        """Return all jobs that are not over, the oldest first."""
        with self._reading():
            return self._all("SELECT * FROM jobs WHERE alive ORDER BY number", ())

    def waiting(self, lane: Lane) -> bool:
        """Whether a queued job of this lane waits for somebody to take it."""
        with self._reading():
            return bool(
                self._connection.execute(
                    "SELECT 1 FROM jobs WHERE state = 'queued' AND owner IS NULL AND lane = ?",
                    (str(lane),),
                ).fetchone()
            )

    def put_back(
        self, owner: str, interrupted: bool = True, job_id: str | None = None
    ) -> tuple[Job, ...]:
        """Queue the unfinished jobs of an owner, or one of them, again, and return them.

        With `interrupted` (the owner died) a job that was begun too often fails instead; without
        (the owner stops in good order) the last attempt does not count.
        """
        whose = (owner, job_id)
        with self._transaction():
            self._run(
                "UPDATE jobs SET state = 'cancelled', ended = ?, run = NULL "
                "WHERE alive AND owner = ? AND id = ifnull(?, id) AND cancel_requested",
                (time.time(), *whose),
            )
            if interrupted:
                self._run(
                    "UPDATE jobs SET state = 'failed', ended = ?, run = NULL, error = ? "
                    "WHERE alive AND owner = ? AND id = ifnull(?, id) AND attempts >= ?",
                    (time.time(), _error_json(died_too_often()), *whose, MAX_ATTEMPTS),
                )
            else:
                self._run(
                    "UPDATE jobs SET attempts = attempts - 1 "
                    "WHERE state = 'running' AND owner = ? AND id = ifnull(?, id)",
                    whose,
                )
            return self._all(
                "UPDATE jobs SET state = 'queued', owner = NULL, run = NULL "
                "WHERE alive AND owner = ? AND id = ifnull(?, id) RETURNING *",
                whose,
            )

    def owners(self) -> set[str]:
        """Return who holds jobs that are not over."""
        return {job.owner for job in self.alive() if job.owner}

    def end(self, job_id: str, state: JobState, error: TextlodeError | None = None) -> None:
        """End a job from outside its run, which can write no more from here on."""
        with self._transaction():
            self._run(
                "UPDATE jobs SET state = ?, ended = ?, error = ?, run = NULL "
                "WHERE id = ? AND alive",
                (str(state), time.time(), _error_json(error), job_id),
            )

    def prune(self) -> None:
        """Forget short jobs after an hour, and others beyond the newest few thousand."""
        with self._transaction():
            self._run(
                "DELETE FROM jobs WHERE NOT alive AND lane = 'short' AND ended < ?",
                (time.time() - SECONDS_SHORT_JOBS_ARE_KEPT,),
            )
            self._run(
                "DELETE FROM jobs WHERE NOT alive AND lane <> 'short' AND number NOT IN "
                "(SELECT number FROM jobs WHERE lane <> 'short' ORDER BY number DESC LIMIT ?)",
                (LONG_JOBS_KEPT,),
            )

    # -- what a run does

    def begin(self, job_id: str, worker: str = "") -> Job | None:
        """Begin a job and mark it as this run's; None when it is over or may not begin again."""
        with self._transaction():
            job = self._one("SELECT * FROM jobs WHERE id = ? AND alive", (job_id,))
            if job is None:
                return None
            if job.cancel_requested:
                self._end_now(job_id, JobState.CANCELLED, None)
                return None
            if job.attempts >= MAX_ATTEMPTS:
                self._end_now(job_id, JobState.FAILED, died_too_often())
                return None
            return self._must(
                "UPDATE jobs SET state = 'running', attempts = attempts + 1, run = ?, worker = ?, "
                "started = ?, updated = ?, stage = '', done = 0, total = 0, stage_started = NULL, "
                "stage_from = 0 WHERE id = ? RETURNING *",
                (secrets.token_hex(6), worker, time.time(), time.time(), job_id),
            )

    def report(self, job: Job, report: Report | None) -> Wishes | None:
        """Write how far a run is, if that is new; return what people want of it.

        None says that the job is no longer this run's.
        """
        with self._transaction() if report else self._reading():
            if report:
                self._run(
                    "UPDATE jobs SET stage = ?, done = ?, total = ?, stage_started = ?, "
                    "stage_from = ?, detail = ?, updated = ? "
                    "WHERE id = ? AND run = ? AND state = 'running'",
                    (
                        report.stage,
                        report.done,
                        report.total,
                        report.stage_started,
                        report.stage_from,
                        to_json(report.detail),
                        time.time(),
                        job.id,
                        job.run,
                    ),
                )
            row = self._connection.execute(
                "SELECT cancel_requested, stop_requested FROM jobs "
                "WHERE id = ? AND run = ? AND state = 'running'",
                (job.id, job.run),
            ).fetchone()
        return Wishes(bool(row[0]), bool(row[1])) if row else None

    def finish(
        self,
        job: Job,
        state: JobState,
        result: dict[str, Any] | None = None,
        error: TextlodeError | None = None,
    ) -> bool:
        """End a run. False when the job was no longer its own, and nothing was written."""
        with self._transaction():
            ended = self._run(
                "UPDATE jobs SET state = ?, ended = ?, result = ?, error = ?, run = NULL "
                "WHERE id = ? AND run = ? AND state = 'running'",
                (
                    str(state),
                    time.time(),
                    None if result is None else to_json(result),
                    _error_json(error),
                    job.id,
                    job.run,
                ),
            )
        return ended == 1

    # -- SQLite

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, errors_in_words(self.path):
            yield

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, errors_in_words(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _all(self, statement: str, values: tuple[Any, ...]) -> tuple[Job, ...]:
        return tuple(_job(row) for row in self._connection.execute(statement, values).fetchall())

    def _one(self, statement: str, values: tuple[Any, ...]) -> Job | None:
        return next(iter(self._all(statement, values)), None)

    def _must(self, statement: str, values: tuple[Any, ...]) -> Job:
        return self._all(statement, values)[0]

    def _run(self, statement: str, values: tuple[Any, ...]) -> int:
        return self._connection.execute(statement, values).rowcount

    def _end_now(self, job_id: str, state: JobState, error: TextlodeError | None) -> None:
        self._run(
            "UPDATE jobs SET state = ?, ended = ?, error = ?, run = NULL WHERE id = ?",
            (str(state), time.time(), _error_json(error), job_id),
        )


def died_too_often() -> JobProblem:
    """Return the error of a job whose process dies again and again."""
    return JobProblem(
        N_(
            "This work was begun {attempts} times, and each time its process ended without a "
            "word, most often because the memory ran out. Use fewer rows or a smaller model, or "
            "close other programs, and try again."
        ),
        attempts=MAX_ATTEMPTS,
    )


def to_json(value: Any) -> str:
    """Return JSON in which equal values are equal texts; numpy's numbers are numbers."""
    return json.dumps(value, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _error_json(error: TextlodeError | None) -> str | None:
    return None if error is None else to_json(record_error(error))


def _job(row: Any) -> Job:
    values = {name: row[name] for name in COLUMNS}
    for name in ("settings", "detail", "result", "error"):
        values[name] = None if values[name] is None else json.loads(values[name])
    for name in ("cancel_requested", "stop_requested"):
        values[name] = bool(values[name])
    return Job(**{**values, "lane": Lane(values["lane"]), "state": JobState(values["state"])})
