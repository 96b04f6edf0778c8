"""The engine of a server: people's side of the jobs.

It only writes wishes into the job store and keeps a dispatcher process alive, which does the
rest; so nothing here blocks a page, and the server does not even import Dask. Row-wise work
scales by the step's own saved blocks; jobs scale out with the workers of an outside scheduler.
"""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import core
from core.errors import JobProblem
from core.i18n import N_
from core.jobs.owner import put_back_interrupted
from core.jobs.record import Job, JobState, Lane
from core.jobs.store import JobStore
from core.jobs.worker import LOG, RUNNER
from core.settings import Settings
from core.trace import open_log

SECONDS_BETWEEN_LOOKS = 0.03
SECONDS_TO_END = 5.0
LONGEST_PAUSE = 30.0


class Engine:
    """Runs jobs for one server. Close it, or end the process, to stop its workers."""

    def __init__(self, settings: Settings, store: JobStore, runner: str) -> None:
        self.store = store
        self._settings = settings
        self._runner = runner
        self._closing = threading.Event()
        self._dispatcher = self._start_dispatcher()
        self._keeper = threading.Thread(target=self._keep, name="job-engine", daemon=True)

    @classmethod
    def start(cls, settings: Settings, runner: str = RUNNER) -> "Engine":
        """Start the dispatcher and return at once; jobs queue up until the workers are there.

        `runner` names the function that runs a step, see core.jobs.worker.run_job.
        """
        engine = cls(settings, JobStore(settings.jobs_file), runner)
        engine._keeper.start()
        return engine

    def submit(
        self,
        step: str,
        project: str,
        settings: dict[str, Any],
        by: str,
        lane: Lane = Lane.LONG,
    ) -> Job:
        """Queue a step of a project, or return the job that already does the same."""
        job = self.store.create(step, project, settings, by, lane)
        self._kick()
        return job

    def cancel(self, job_id: str) -> Job:
        """Ask a job to end. It does so within five seconds, whatever it computes."""
        job = self.store.request_cancel(job_id)
        self._kick()
        return job

    def stop_early(self, job_id: str) -> Job:
        """Ask a job to end with the best result it has so far."""
        return self.store.request_stop_early(job_id)

    def retry(self, job_id: str) -> Job:
        """Start a job that is over once more, as a new job; one that runs is returned as it is."""
        job = self.store.get(job_id)
        if not job.is_over:
            return job
        return self.submit(job.step, job.project, job.settings, job.by, job.lane)

    def wait(self, job_id: str, timeout: float | None = None) -> Job:
        """Return a job when it is over, or as it is after `timeout` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            job = self.store.get(job_id)
            if job.is_over or (end is not None and time.monotonic() >= end):
                return job
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def run_short(
        self,
        step: str,
        project: str,
        settings: dict[str, Any],
        timeout: float = 30.0,
        by: str = "",
    ) -> dict[str, Any]:
        """Run a step in the short lane and return its result; its error is raised here.

        Raises JobProblem, and cancels the step, when it takes more than `timeout` seconds.
        """
        job = self.wait(self.submit(step, project, settings, by, Lane.SHORT).id, timeout)
        error = job.error_as_exception()
        if error is not None:
            raise error
        if job.state != JobState.DONE:
            self.cancel(job.id)
            raise JobProblem(
                N_("This took more than {seconds} seconds and was stopped. Try again later."),
                seconds=round(timeout),
            )
        return job.result or {}

    def resume_interrupted(self) -> tuple[Job, ...]:
        """Queue the jobs of servers that died again, and return them.

        The dispatcher does so too, every few seconds: this only makes it happen now.
        """
        jobs = put_back_interrupted(self.store)
        self._kick()
        return jobs

    def close(self) -> None:
        """Stop the workers. What they were doing is queued for the next server."""
        self._closing.set()
        _close(self._dispatcher)
        self._keeper.join(SECONDS_TO_END)

    def _kick(self) -> None:
        with suppress(OSError, ValueError):  # the dispatcher looks four times a second anyway
            _input(self._dispatcher).write(b"\n")

    def _start_dispatcher(self) -> subprocess.Popen[bytes]:
        log = open_log(self._settings.logs_folder / LOG)
        with log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-P", "-m", "core.jobs.dispatcher", self._runner],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                bufsize=0,
                env=_environment(self._settings),
                start_new_session=True,  # Ctrl-C is for the server, which then closes the pipe
            )

    def _keep(self) -> None:
        """Start the dispatcher again should it ever end, at growing intervals."""
        pause = 0.5
        while not self._closing.is_set():
            begun = time.monotonic()
            self._dispatcher.wait()
            pause = 0.5 if time.monotonic() - begun > 60 else min(LONGEST_PAUSE, pause * 2)
            if self._closing.wait(pause):
                return
            _close(self._dispatcher)
            self._dispatcher = self._start_dispatcher()
        _close(self._dispatcher)


def _close(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        _input(process).close()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _input(process: "subprocess.Popen[bytes]") -> Any:
    return process.stdin


def _environment(settings: Settings) -> dict[str, str]:
    """Give the processes this server's settings and this server's copy of the library."""
    library = str(Path(core.__file__).parents[1])
    return {
        **os.environ,
        "TEXTLODE_HOME": str(settings.home),
        "TEXTLODE_SCHEDULER": settings.scheduler,
        "TEXTLODE_DEVICE": settings.device,
        "TEXTLODE_LANGUAGE": settings.language,
        "TEXTLODE_USER": settings.user,
        "TEXTLODE_WARM_UP": str(int(settings.warm_up)),
        "DASK_LOGGING__DISTRIBUTED": "warning",
        "PYTHONPATH": os.pathsep.join(filter(None, [library, os.environ.get("PYTHONPATH")])),
    }
