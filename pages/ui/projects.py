"""How projects begin (a sample, dropped files, an archive) and how they are kept."""

import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.project import Project, ProjectCard
from core.project.files import write_bytes
from core.samples import Sample
from pages.ui.jobs import submit
from pages.ui.session import catalogue, open_project
from pages.ui.words import _, number, plain, say

# The files that became the table, and those that were brought to be predicted.
SOURCE, INCOMING = "source", "incoming"

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile


def open_sample(sample: Sample, name: str) -> None:
    """Open a sample's project, unpacking it the first time, and show its map."""
    sample_id = f"sample-{sample.name.replace('_', '-')}"
    if sample_id not in {card.id for card in catalogue().cards()}:
        catalogue().import_archive(sample.archive, name, sample_id)
    open_project(sample_id)
    st.switch_page("map.py", query_params={"project": sample_id})


def receive_files(dropped: "list[UploadedFile]") -> None:
    """Make a project of dropped files and start to read them; an archive becomes its project."""
    archive = next((file for file in dropped if _is_archive(file)), None)
    if archive is not None:
        opened = _import(archive)
    else:
        opened = catalogue().create(Path(dropped[0].name).stem)
        submit("ingest", opened, files=[str(path) for path in keep_files(opened, SOURCE, dropped)])
    open_project(opened.id)
    st.switch_page("data.py", query_params={"project": opened.id})


def keep_files(opened: Project, folder: str, files: "list[UploadedFile]") -> list[Path]:
    """Store uploaded files in a folder of their project, each in one of its own, in their order.

    A number as folder keeps their names, and equal names apart; the files can be read again.
    """
    paths = []
    for file in files:
        name = Path(file.name.replace("\\", "/")).name or "table"
        place = opened.folder / folder / f"{len(source_files(opened, folder)) + 1:04d}"
        place.mkdir(parents=True)
        write_bytes(place / name, file.getbuffer())
        paths.append(place / name)
    return paths


def source_files(opened: Project, folder: str = SOURCE) -> list[Path]:
    """Return the files that were uploaded into a folder of a project, in their order."""
    return sorted((opened.folder / folder).glob("*/*"))


def project_list() -> None:
    """Show the projects of this installation, and the bin."""
    cards = catalogue().cards()
    if cards:
        st.subheader(_("Your projects"))
        for card in cards:
            _project_row(card)
    deleted = catalogue().deleted()
    if deleted:
        with st.expander(_("Deleted projects ({n})", n=len(deleted))):
            for card in deleted:
                _deleted_row(card)


def _project_row(card: ProjectCard) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        if card.problem is not None:
            st.markdown(f"**{plain(card.name)}**: {say(card.problem)}")
            return
        st.markdown(f"**{plain(card.name)}**", width="stretch")
        st.caption(_("{n} rows", n=number(card.rows)), width="content")
        if st.button(_("Open"), key=f"open-{card.id}"):
            open_project(card.id)
            st.switch_page("map.py", query_params={"project": card.id})
        with st.popover(_("More"), icon=":material/more_horiz:"):
            _project_actions(card)


def _project_actions(card: ProjectCard) -> None:
    name = st.text_input(_("Name"), card.name, key=f"name-{card.id}")
    if st.button(_("Rename"), key=f"rename-{card.id}", disabled=not name.strip()):
        catalogue().open(card.id).record("renamed", name=name.strip())
        st.rerun()
    if st.button(_("Duplicate"), key=f"duplicate-{card.id}"):
        catalogue().duplicate(card.id, _("Copy of {name}", name=card.name))
        st.rerun()
    if st.button(_("Delete"), key=f"delete-{card.id}", help=_("It can be brought back below.")):
        catalogue().delete(card.id)
        st.rerun()


def _deleted_row(card: ProjectCard) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(card.name), width="stretch")
        if st.button(_("Bring back"), key=f"restore-{card.id}"):
            catalogue().restore(card.id)
            st.rerun()
        if st.button(_("Erase for good"), key=f"erase-{card.id}"):
            _confirm_erase(card)


@st.dialog(" ")
def _confirm_erase(card: ProjectCard) -> None:
    st.markdown(_("Erase **{name}** with its labels and models for good?", name=plain(card.name)))
    if st.button(_("Erase for good"), type="primary"):
        catalogue().erase(card.id)
        st.rerun()


def _is_archive(file: "UploadedFile") -> bool:
    if not file.name.lower().endswith(".zip"):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return "project.json" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _import(file: "UploadedFile") -> Project:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.zip"
        path.write_bytes(file.getbuffer())
        return catalogue().import_archive(path)
