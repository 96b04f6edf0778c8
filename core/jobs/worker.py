"""What a worker process does with one job."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from core.errors import Cancelled, JobProblem, OutOfRoom, TextlodeError
from core.i18n import N_
from core.jobs.progress import JobProgress
from core.jobs.record import Job, JobState
from core.jobs.store import JobStore
from core.progress import Progress
from core.project.files import translate_full_disk
from core.settings import Settings, at_home
from core.trace import write_down

RUNNER = "core.steps:run_step"
LOG = "jobs.log"

StepRunner = Callable[[str, str, dict[str, Any], Progress], dict[str, Any]]


def run_job(job_id: str, jobs_file: str, runner: str = RUNNER) -> None:
    """Run one job from its record, and write down how it ended.

    `runner` names the function (module:name) that runs a step: it takes the step's name, the
    project's folder, the settings and a progress, and returns JSON values. Work may be begun a
    second time, after a process was killed: steps go on from the blocks that they saved.
    """
    path = Path(jobs_file)
    store = JobStore(path)
    job = store.begin(job_id, _worker_address())
    if job is not None:
        with at_home(path.parent):  # a worker elsewhere may have another, and serve two
            _run(store, job, runner)


def _run(store: JobStore, job: Job, runner: str) -> None:
    try:
        with JobProgress(store, job) as progress:
            result = _load(runner)(job.step, job.project, job.settings, progress)
        store.finish(job, JobState.DONE, result=result)
    except Cancelled:
        store.finish(job, JobState.CANCELLED)
    except Exception as error:
        store.finish(job, JobState.FAILED, error=_in_words(error, job, store.path.parent))


def _load(runner: str) -> StepRunner:
    module, _, name = runner.partition(":")
    return cast(StepRunner, getattr(importlib.import_module(module), name))


def _in_words(error: Exception, job: Job, home: Path) -> TextlodeError:
    """Return any error as one that a person can act on."""
    if isinstance(error, TextlodeError):
        return error
    if isinstance(error, OSError):
        try:
            with translate_full_disk(Path(job.project)):
                raise error
        except OutOfRoom as full:
            return full
        except OSError:
            return unforeseen(error, home)
    if _is_out_of_memory(error):
        return OutOfRoom(
            N_(
                "The memory of this machine ran out. What was finished is kept: close other "
                "programs or use fewer rows, and try again."
            )
        )
    return unforeseen(error, home)


def _is_out_of_memory(error: Exception) -> bool:
    """Torch has errors of its own for a full GPU and a full memory."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or "can't allocate memory" in str(error)
    )


def unforeseen(error: BaseException, home: Path) -> JobProblem:
    """Write a traceback to the log and return the sentence that says where it stands."""
    log = Settings(home).logs_folder / LOG
    return JobProblem(
        N_(
            "Something went wrong in this work that was not foreseen. Your project is safe. Try "
            "again; if it comes back, send the lines marked {mark} of {file}."
        ),
        mark=write_down(error, log),
        file=str(log),
    )


def _worker_address() -> str:
    """Return the address of the Dask worker that runs this; empty outside of Dask."""
    if "distributed" not in sys.modules:
        return ""
    from distributed import get_worker

    try:
        return str(get_worker().address)
    except ValueError:
        return ""
