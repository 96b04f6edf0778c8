"""How projects begin (a sample, dropped files, an archive) and how they are kept."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.figures import number
from core.jobs import Job
from core.project import Project, ProjectCard
from core.samples import Sample
from core.settings import Settings
from pages.ui.folders import MOST_LISTED, is_allowed, list_files
from pages.ui.jobs import describe, latest_job, submit
from pages.ui.session import catalogue, open_project
from pages.ui.upload import Arrived, clear_zone
from pages.ui.words import _, plain, rows_of, say

# The files that became the table, and those that were brought to be predicted.
SOURCE, INCOMING = "source", "incoming"


def open_sample(sample: Sample, name: str) -> None:
    """Open a sample's project, unpacking it the first time, and show its map."""
    sample_id = f"sample-{sample.name.replace('_', '-')}"
    if sample_id not in {card.id for card in catalogue().cards()}:
        catalogue().import_archive(sample.archive, name, sample_id)
    open_project(sample_id)
    st.switch_page("map.py", query_params={"project": sample_id})


def receive_files(arrived: Sequence[Arrived]) -> None:
    """Make a project of files that arrived and start to read them; an archive is its project."""
    sent = next((file for file in arrived if _is_archive(file)), None)
    if sent is not None:
        # Under its own name, for what is said of it.
        archive = sent.path.rename(sent.path.with_name(sent.name))
        try:
            opened = catalogue().import_archive(archive)
        finally:
            archive.unlink()
        _show(opened)
    else:
        opened = catalogue().create(Path(arrived[0].name).stem)
        _read(opened, keep_files(opened, SOURCE, arrived))


def keep_files(opened: Project, folder: str, files: Sequence[Arrived]) -> list[Path]:
    """Move files into a folder of their project, each into one of its own, in their order.

    A number as folder keeps their names, and equal names apart; the files can be read again.
    """
    paths = [_new_place(opened, folder, file.name) for file in files]
    for file, path in zip(files, paths, strict=True):
        file.path.rename(path)
    return paths


def choose_from_folders() -> None:
    """Offer the files in the folders that the installation allows, if it names any."""
    roots = Settings.from_environment().folders
    if not roots:
        return
    with st.expander(_("Or read a file that lies on the server"), key="folders"):
        listing = list_files(roots)
        chosen = st.selectbox(
            _("File"),
            list(map(str, listing.files)),
            index=None,
            placeholder=_("Choose a file, or type where it lies"),
            accept_new_options=True,
            key="file-on-server",
        )
        if listing.ended is None:
            st.caption(_("The folders are still being looked through; a path can be typed."))
        elif listing.is_full:
            st.caption(
                _("The first {n} files are listed; others can be typed.", n=number(MOST_LISTED))
            )
        allowed = chosen is not None and is_allowed(Path(chosen), roots)
        if chosen is not None and not allowed:
            st.warning(
                _(
                    "{file} is no file that can be read here. Files have to lie in {folders}.",
                    file=plain(chosen),
                    folders=plain(", ".join(map(str, roots))),
                )
            )
        if st.button(_("Read this file"), disabled=not allowed):
            file = Path(str(chosen))
            opened = catalogue().create(file.stem)
            path = _new_place(opened, SOURCE, file.name)
            path.symlink_to(file)  # it may be larger than what one would copy
            _read(opened, [path])


def _new_place(opened: Project, folder: str, name: str) -> Path:
    used = [int(path.name) for path in (opened.folder / folder).glob("[0-9]*")]
    place = opened.folder / folder / f"{max(used, default=0) + 1:04d}"
    place.mkdir(parents=True)
    return place / name


def _read(opened: Project, paths: list[Path]) -> None:
    submit("ingest", opened, files=[str(path) for path in paths])
    _show(opened)


def _show(opened: Project) -> None:
    clear_zone("start")
    open_project(opened.id)
    st.switch_page("data.py", query_params={"project": opened.id})


def source_files(opened: Project) -> list[Path]:
    """Return the files that became a project's table, in their order."""
    return sorted((opened.folder / SOURCE).glob("*/*"))


def project_list() -> None:
    """Show the projects of this installation, those without a table apart, and the bin."""
    cards = catalogue().cards()
    unread = {card.id: job for card in cards if (job := _unfinished_reading(card))}
    failed = [card for card in cards if card.id in unread and unread[card.id].is_over]
    others = [card for card in cards if card not in failed]
    if others:
        st.subheader(_("Your projects"))
        for card in others:
            _project_row(card, unread.get(card.id))
    if failed:
        with st.expander(_("Files that could not be read ({n})", n=len(failed))):
            for card in failed:
                _failed_row(card, unread[card.id])
    deleted = catalogue().deleted()
    if deleted:
        with st.expander(_("Deleted projects ({n})", n=len(deleted))):
            for card in deleted:
                _deleted_row(card)


def _unfinished_reading(card: ProjectCard) -> Job | None:
    """Return the job that reads, or failed to read, the first table of a project."""
    if card.problem is not None or card.rows:
        return None
    opened = catalogue().open(card.id)
    return None if opened.has("table") else latest_job(opened, "ingest")


def _project_row(card: ProjectCard, reading: Job | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        if card.problem is not None:
            st.markdown(f"**{plain(card.name)}**: {say(card.problem)}")
            return
        st.markdown(f"**{plain(card.name)}**", width="stretch")
        said = describe(reading) if reading else rows_of(card.rows)
        st.caption(said, width="content")
        if st.button(_("Open"), key=f"open-{card.id}"):
            open_project(card.id)
            page = "data.py" if reading else "map.py"
            st.switch_page(page, query_params={"project": card.id})
        # A menu of its own, which does not stay open over the next project when this one goes.
        with st.popover(
            _("More"), icon=":material/more_horiz:", key=f"more-{card.id}", on_change="rerun"
        ):
            _project_actions(card)


def _failed_row(card: ProjectCard, reading: Job) -> None:
    error = reading.error_as_exception()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{plain(card.name)}**: {say(error) if error else _('This was cancelled.')}",
            width="stretch",
        )
        if st.button(_("Remove"), key=f"remove-{card.id}"):
            catalogue().delete(card.id)
            st.rerun()


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


def _is_archive(file: Arrived) -> bool:
    if not file.name.lower().endswith(".zip"):
        return False
    try:
        with zipfile.ZipFile(file.path) as archive:
            return "project.json" in archive.namelist()
    except zipfile.BadZipFile:
        return False
