"""What is always in sight: the project, its rows, its encoder, and what is running."""

import streamlit as st

from core.errors import TextlodeError
from core.figures import number, share
from core.jobs import LISTED_LANES, Job
from core.project import Project
from core.steps import load_topics
from pages.ui.encoders import encoder_title
from pages.ui.jobs import describe, job_store
from pages.ui.session import open_project, project, project_id
from pages.ui.words import _, plain, rows_of


def draw_sidebar() -> None:
    """Draw the facts of the open project and the bars of its jobs."""
    with st.sidebar:
        if project_id() is None:
            st.caption(_("No project is open."))
            return
        try:
            opened = project()
        except TextlodeError:
            open_project(None)
            raise
        st.markdown(f"**{plain(opened.name)}**")
        st.caption("  \n".join(project_facts(opened)))
        if running_jobs(str(opened.folder)):
            _running(str(opened.folder))


def project_facts(opened: Project) -> list[str]:
    """Return the lines that describe a project: rows, left out, encoder."""
    if not opened.has("table"):
        return [_("No table yet.")]
    facts = [rows_of(opened.row_count)]
    if opened.has("clusters"):
        topics = load_topics(opened)
        facts.append(
            _(
                "{n} left out ({share})",
                n=number(topics.left_out_rows),
                share=share(topics.left_out_rows, topics.row_count),
            )
        )
        if off := int((topics.unit_of_row < 0).sum()):
            facts.append(_("Not on the map: {rows}", rows=rows_of(off)))
    if opened.has("vectors"):
        facts.append(
            _(
                "Encoder: {name}",
                name=plain(encoder_title(opened.current("vectors").settings["encoder"])),
            )
        )
    return facts


def running_jobs(folder: str) -> list[Job]:
    """Return the jobs of a project that are not over, but for short ones."""
    latest = job_store().list(project=folder, limit=20, lanes=LISTED_LANES)
    return [job for job in latest if not job.is_over]


@st.fragment(run_every=2.0)
def _running(folder: str) -> None:
    for job in running_jobs(folder):
        st.progress(min(1.0, job.fraction or 0.0), text=describe(job))
        st.page_link("jobs.py", label=_("Open the job"), icon=":material/pending_actions:")
