"""Which project this page shows: the address says so, and a link or a refresh shows the same."""

from functools import lru_cache
from pathlib import Path

import streamlit as st

from core.errors import NotReady
from core.i18n import N_
from core.project import Catalogue, Project
from core.settings import Settings

PROJECT_KEY = "project"


def catalogue() -> Catalogue:
    """Return the projects of this installation."""
    settings = Settings.from_environment()
    return Catalogue(settings.projects_folder, settings.user)


def project_id() -> str | None:
    """Return the id in the address; one that was there before is put back after a page change."""
    wanted = st.query_params.get(PROJECT_KEY) or st.session_state.get(PROJECT_KEY)
    if wanted:
        st.session_state[PROJECT_KEY] = wanted
        if st.query_params.get(PROJECT_KEY) != wanted:
            st.query_params[PROJECT_KEY] = wanted
    return wanted


def project() -> Project:
    """Return the open project. Raises NotReady when none is open."""
    wanted = project_id()
    if not wanted:
        raise NotReady(N_("No project is open. Open one or drop a file on the page Start."))
    catalogue().open(wanted)
    return _opened(Settings.from_environment().projects_folder / wanted)


def open_project(wanted: str | None) -> None:
    """Let the pages show another project, or none."""
    st.session_state[PROJECT_KEY] = wanted
    if wanted:
        st.query_params[PROJECT_KEY] = wanted
    else:
        st.query_params.pop(PROJECT_KEY, None)


@lru_cache(maxsize=64)
def _opened(folder: Path) -> Project:
    """One instance for all sessions: its log is read on, not read again, and is thread-safe."""
    return Project.open(folder, Settings.from_environment().user)
