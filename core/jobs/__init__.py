"""Long work outside the page: engine, job record, progress, cancel, resume.

Public names (import them from here)::

    Job, JobState, Lane, LISTED_LANES              # frozen record of one job
    JobStore(path)                                 # SQLite (WAL), survives a restart
    JobProgress(store, job)                        # the progress of one run, a context
    run_job(job_id, jobs_file, runner)             # what a worker process does
    Engine.start(settings) -> Engine               # returns at once, never blocks a page
    engine.submit(step, project, settings, by, lane=Lane.LONG) -> Job
    engine.cancel(id), engine.stop_early(id), engine.retry(id), engine.resume_interrupted()
    engine.wait(id, timeout), engine.run_short(step, project, settings, timeout) -> dict
    engine.close()

A page or a terminal writes wishes into the job store; a dispatcher process, the engine's child,
gives queued jobs to the workers of a Dask cluster (embedded, or an outside scheduler) and watches
over them; a worker runs the step and writes how far it is into the store::

    server (Engine) -> jobs.sqlite <-> dispatcher -> scheduler -> workers -> jobs.sqlite
"""

from core.jobs.engine import Engine
from core.jobs.progress import JobProgress
from core.jobs.record import LISTED_LANES, Job, JobState, Lane
from core.jobs.store import JobStore
from core.jobs.worker import run_job

__all__ = [
    "LISTED_LANES",
    "Engine",
    "Job",
    "JobProgress",
    "JobState",
    "JobStore",
    "Lane",
    "run_job",
]
