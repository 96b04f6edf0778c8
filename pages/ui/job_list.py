"""The list of jobs: what ran, by whom, how long, how it ended."""

from datetime import datetime
from pathlib import Path

import streamlit as st

from core.errors import TextlodeError
from core.i18n import N_
from core.jobs import LISTED_LANES, Job, JobState
from core.project import Project
from pages.ui.job_facts import facts_of
from pages.ui.jobs import draw_bar, job_store, start_engine, title
from pages.ui.words import _, duration, plain, say

STATES = {
    JobState.QUEUED: ("hourglass_empty", N_("waiting")),
    JobState.RUNNING: ("progress_activity", N_("running")),
    JobState.DONE: ("check_circle", N_("done")),
    JobState.FAILED: ("error", N_("failed")),
    JobState.CANCELLED: ("cancel", N_("cancelled")),
}
LISTED = 50


@st.fragment(run_every=2.0)
def draw_jobs() -> None:
    """Draw the latest jobs, those that run with their bar."""
    jobs = job_store().list(limit=LISTED, lanes=LISTED_LANES)
    if not jobs:
        st.info(_("Nothing has run yet. Open a sample or drop a file on the page Start."))
    for job in jobs:
        with st.container(border=True):
            _job(job)


def _job(job: Job) -> None:
    icon, state = STATES[job.state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/{icon}: **{title(job)}** · {plain(_project_name(job.project))}",
            width="stretch",
        )
        st.caption(_facts(job, _(state)), width="content")
        if not job.is_over and st.button(_("Cancel"), key=f"cancel-job-{job.id}"):
            start_engine().cancel(job.id)
        if job.state in (JobState.FAILED, JobState.CANCELLED) and st.button(
            _("Try again"), key=f"retry-job-{job.id}"
        ):
            start_engine().retry(job.id)
    if not job.is_over:
        draw_bar(job)
    if error := job.error_as_exception():
        st.markdown(say(error))
    if facts := facts_of(job):
        with st.expander(_("Settings and result")):
            for name, lines in facts:
                st.markdown(f"**{name}**\n\n" + "\n".join(f"- {line}" for line in lines))


def _facts(job: Job, state: str) -> str:
    when = datetime.fromtimestamp(job.created).strftime("%Y-%m-%d %H:%M")
    parts = [when, _("by {name}", name=plain(job.by)), state]
    if job.seconds:
        parts.append(duration(job.seconds))
    return " · ".join(parts)


def _project_name(folder: str) -> str:
    try:
        return Project.open(Path(folder)).name
    except TextlodeError:
        return _("a project that was deleted")
