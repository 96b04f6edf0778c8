"""The process between the server and the workers: it gives queued jobs out and watches over them.

A process of its own, started by the engine, for three reasons: the server's pages never wait for
a scheduler that shares their interpreter; workers are spawned from this module and so never run
a page's script again; and the end of the server, even by kill -9, is the end of a pipe here,
upon which all workers are killed.
"""

import os
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from core.errors import JobProblem, TextlodeError
from core.i18n import N_
from core.jobs.cluster import Cluster
from core.jobs.owner import Owner, put_back_interrupted, sweep
from core.jobs.record import Job, JobState, Lane
from core.jobs.store import JobStore, died_too_often
from core.jobs.worker import unforeseen
from core.settings import Settings

SECONDS_BETWEEN_TURNS = 0.25
SECONDS_BETWEEN_ROUNDS = 2.0
SECONDS_TO_CANCEL = 3.0
SECONDS_TO_RESTART_A_WORKER = 30.0


@dataclass
class Flight:
    """A job that was given out."""

    job: Job
    future: Any
    cancel_seen: float | None = None


class Dispatcher:
    """Gives out what is queued, ends what does not stop by itself, takes over what was left."""

    def __init__(
        self, store: JobStore, owner: Owner, cluster: Cluster, runner: str, kicked: threading.Event
    ) -> None:
        self._store = store
        self._owner = owner
        self._cluster = cluster
        self._runner = runner
        self._flights: dict[str, Flight] = {}
        self._next_round = 0.0
        self._complete_at = time.monotonic()
        self._kicked = kicked

    def run(self) -> None:
        """Work until the scheduler or a worker is lost for good, which raises an error."""
        while True:
            self._land()
            self._end_what_does_not_stop()
            self._look_around()
            for lane in Lane:
                if self._store.waiting(lane):
                    self._give_out(lane)
            self._kicked.wait(SECONDS_BETWEEN_TURNS)
            self._kicked.clear()

    def _give_out(self, lane: Lane) -> None:
        busy = Counter(flight.job.lane for flight in self._flights.values())
        for job in self._store.claim(self._owner.name, lane, self._cluster.room(lane, busy)):
            future = self._cluster.submit(job, self._store.path, self._runner)
            self._flights[job.id] = Flight(job, future)
            future.add_done_callback(lambda _: self._kicked.set())

    def _land(self) -> None:
        for flight in [flight for flight in self._flights.values() if flight.future.done()]:
            del self._flights[flight.job.id]
            job = self._store.get(flight.job.id)
            if job.is_over or job.owner != self._owner.name:
                continue
            if flight.future.status == "error":
                error = _in_words(flight.future.exception(), self._store.path.parent)
                self._store.end(job.id, JobState.FAILED, error)
            else:  # the scheduler forgot it
                self._store.put_back(self._owner.name, job_id=job.id)

    def _end_what_does_not_stop(self) -> None:
        for job in self._store.alive():
            flight = self._flights.get(job.id)
            if flight is None or not job.cancel_requested:
                continue
            flight.cancel_seen = flight.cancel_seen or time.monotonic()
            if time.monotonic() - flight.cancel_seen > SECONDS_TO_CANCEL:
                self._store.end(job.id, JobState.CANCELLED)
                flight.future.cancel()
                self._cluster.end_process(job.worker)

    def _look_around(self) -> None:
        if time.monotonic() >= self._next_round:
            self._next_round = time.monotonic() + SECONDS_BETWEEN_ROUNDS
            put_back_interrupted(self._store)
            self._watch_the_workers()

    def _watch_the_workers(self) -> None:
        """A worker that dies is started again within seconds, unless that fails."""
        if self._cluster.is_complete:
            self._complete_at = time.monotonic()
        elif time.monotonic() - self._complete_at > SECONDS_TO_RESTART_A_WORKER:
            raise JobProblem(N_("A worker process ended and could not be started again."))


def _in_words(error: BaseException, home: Path) -> TextlodeError:
    from distributed import KilledWorker

    if isinstance(error, TextlodeError):
        return error
    return died_too_often() if isinstance(error, KilledWorker) else unforeseen(error, home)


def main() -> None:
    """Serve until standard input, which the engine holds open, comes to its end."""
    settings = Settings.from_environment()
    store = JobStore(settings.jobs_file)
    owner = Owner.register(settings.home)
    kicked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: _end(store, owner, interrupted=False))
    threading.Thread(target=_listen, args=(kicked, store, owner), daemon=True).start()
    sweep(settings.home)
    store.prune()
    try:
        cluster = Cluster.start(settings, owner.folder)
    except Exception as error:
        _refuse(store, owner, _in_words(error, settings.home))
        _end(store, owner, interrupted=False)
    try:
        Dispatcher(store, owner, cluster, sys.argv[1], kicked).run()
    except Exception as error:
        unforeseen(error, settings.home)
        _end(store, owner, interrupted=True)


def _listen(kicked: threading.Event, store: JobStore, owner: Owner) -> None:
    while sys.stdin.buffer.readline():
        kicked.set()
    _end(store, owner, interrupted=False)


def _refuse(store: JobStore, owner: Owner, error: TextlodeError) -> None:
    """Tell everybody who waits that there is nothing to compute with."""
    for lane in Lane:
        for job in store.claim(owner.name, lane, limit=1000):
            store.end(job.id, JobState.FAILED, error)


def _end(store: JobStore, owner: Owner, interrupted: bool) -> NoReturn:
    """Kill the workers, give back what they had, and end this process in whatever state it is."""
    import psutil

    _be_silent()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    with suppress(TextlodeError):
        store.put_back(owner.name, interrupted)
    owner.remove()
    os._exit(int(interrupted))


def _be_silent() -> None:
    """Keep the complaints of Dask's threads about killed workers out of the log."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


if __name__ == "__main__":
    main()
