"""Jobs on the page: the engine of this server, and the bar that every long step shows."""

import threading
from typing import Any, Literal

import streamlit as st

from core.errors import InputError
from core.figures import number
from core.jobs import Engine, Job, JobState, JobStore, Lane
from core.progress import READING
from core.project import Project
from core.settings import Settings
from core.steps import STEPS
from pages.ui.words import _, duration, say

# A first question waits for the encoder or the model to be loaded.
SHORT_SECONDS = 90.0
MEDIUM = ("findings", "export", "report")

_lock = threading.Lock()
_engine: Engine | None = None


def start_engine() -> Engine:
    """Return the job engine of this server process, starting it the first time."""
    global _engine  # noqa: PLW0603 - one engine for the life of the server
    with _lock:
        if _engine is None:
            _engine = Engine.start(Settings.from_environment())
            _engine.resume_interrupted()
        return _engine


def close_engine() -> None:
    """Stop the engine and its workers."""
    global _engine  # noqa: PLW0603
    with _lock:
        if _engine is not None:
            _engine.close()
            _engine = None


def job_store() -> JobStore:
    """Return the record of all jobs of this installation."""
    return JobStore(Settings.from_environment().jobs_file)


def submit(step: str, project: Project, **settings: Any) -> Job:
    """Start a step outside the page and return its job at once."""
    lane = lane_of(step, project)
    return start_engine().submit(step, str(project.folder), settings, project.by, lane)


def lane_of(step: str, project: Project) -> Lane:
    """Return the lane of a step: a training is not to keep people from reading a file.

    A table in the place of another has to wait for what is computed of the first.
    """
    medium = step in MEDIUM or (step == "ingest" and not project.has("table"))
    return Lane.MEDIUM if medium else Lane.LONG


def ask(step: str, project: Project, **settings: Any) -> dict[str, Any]:
    """Run a short step outside the page and wait for its result; its error is raised here."""
    return start_engine().run_short(step, str(project.folder), settings, SHORT_SECONDS, project.by)


def latest_job(project: Project, *steps: str) -> Job | None:
    """Return the newest job of some steps in a project."""
    return next(iter(job_store().list(project=str(project.folder), limit=1, steps=steps)), None)


def start_button(
    label: str,
    project: Project,
    *steps: str,
    icon: str | None = None,
    kind: Literal["primary", "secondary"] = "primary",
    disabled: bool = False,
) -> bool:
    """Draw the button that starts a step; while one of these steps runs it waits and says so."""
    job = latest_job(project, *steps)
    runs = job is not None and not job.is_over
    return st.button(
        label,
        type=kind,
        icon=icon,
        disabled=disabled or runs,
        help=_("This runs already: see the bar. Wait for its end, or cancel it.") if runs else None,
    )


def job_panel(project: Project, *steps: str, stop_early: bool = False) -> Job | None:
    """Show the newest job of some steps: its bar while it runs, its error if it failed.

    The page is redrawn once when the job ends. Returns the job as it was when the page was drawn.
    """
    job = latest_job(project, *steps)
    if job is None:
        return None
    if not job.is_over:
        _live_bar(job.id, stop_early)
    elif job.state == JobState.FAILED:
        _failure(job)
    elif job.state == JobState.CANCELLED:
        st.info(_("This was cancelled. What was finished is kept: start it again to go on."))
    return job


@st.fragment(run_every=0.7)
def _live_bar(job_id: str, stop_early: bool) -> None:
    job = job_store().get(job_id)
    if job.is_over:
        st.rerun()
    draw_bar(job)
    with st.container(horizontal=True):
        if st.button(_("Cancel"), key=f"cancel-{job.id}", icon=":material/close:"):
            start_engine().cancel(job.id)
        if (
            stop_early
            and "curve" in job.detail
            and st.button(  # before it, nothing is best
                _("Stop and keep the best"), key=f"stop-{job.id}", icon=":material/flag:"
            )
        ):
            start_engine().stop_early(job.id)


def draw_bar(job: Job) -> None:
    """Draw one bar: what is being done, how fast, how long it will still take."""
    st.progress(min(1.0, job.fraction or 0.0), text=describe(job))


def describe(job: Job) -> str:
    """Return what a job is doing in one line."""
    if job.state == JobState.QUEUED:
        return _("{step}: waiting for its turn", step=title(job))
    parts = [f"{title(job)}: {_(job.stage)}" if job.stage else title(job)]
    counted = _megabytes if job.stage == READING else number
    if job.total > 1:
        parts.append(_("{done} of {total}", done=counted(job.done), total=counted(job.total)))
    if job.rate and job.rate >= 1:
        parts.append(_("{rate} a second", rate=counted(job.rate)))
    if job.seconds_left:
        parts.append(_("about {time} left", time=duration(job.seconds_left)))
    elif job.seconds:
        parts.append(_("{time} so far", time=duration(job.seconds)))
    return " · ".join(parts)


def _megabytes(count: float) -> str:
    """Return bytes in one unit throughout: a bar in gigabytes would seem to stand still."""
    return f"{number(count / 1024**2)} MB"


def title(job: Job) -> str:
    """Return the name of a job's step in the reader's language."""
    return _(STEPS[job.step].title) if job.step in STEPS else job.step


def _failure(job: Job) -> None:
    error = job.error_as_exception()
    words = say(error) if error else _("The reason is not known.")
    st.error(f"{title(job)}: {words}", icon=":material/error:")
    if isinstance(error, InputError):
        return  # the same input would fail again
    if st.button(_("Try again"), key=f"retry-{job.id}", icon=":material/refresh:"):
        start_engine().retry(job.id)
        st.rerun()
