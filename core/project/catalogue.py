"""The projects of an installation: one folder each, and a bin from which they come back."""

import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from core.errors import ProjectProblem, TextlodeError
from core.i18n import N_
from core.names import free_name
from core.project.archive import extract_archive
from core.project.files import new_folder
from core.project.layout import Layout
from core.project.project import Project

ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


@dataclass(frozen=True)
class ProjectCard:
    """What a list of projects shows of one. `problem` says why it cannot be opened, if so."""

    id: str
    name: str
    rows: int
    changed: float
    problem: TextlodeError | None = None


class Catalogue:
    """All projects below one folder."""

    def __init__(self, folder: Path, by: str = "analyst") -> None:
        self.folder = folder
        self.by = by

    @property
    def _bin(self) -> Path:
        return self.folder / ".bin"

    def cards(self) -> list[ProjectCard]:
        """Return a card of each project, the one changed last first."""
        return _cards(self.folder)

    def deleted(self) -> list[ProjectCard]:
        """Return a card of each project in the bin."""
        return _cards(self._bin)

    def create(self, name: str) -> Project:
        """Make a new, empty project; one whose name another has gets a number behind it."""
        free = free_name(name, {card.name for card in self.cards()})
        return Project.create(self.folder / new_id(name), free, self.by)

    def open(self, project_id: str) -> Project:
        """Open a project by the id that stands in a page's address."""
        return Project.open(self._existing(self.folder, project_id), self.by)

    def duplicate(self, project_id: str, name: str) -> Project:
        """Copy a project under a new name."""
        source = self._existing(self.folder, project_id)
        target = self.folder / new_id(name)
        with new_folder(target) as draft:
            shutil.copytree(
                source, draft, dirs_exist_ok=True, ignore=shutil.ignore_patterns("scratch", ".*")
            )
        project = Project.open(target, self.by)
        project.record("renamed", name=name)
        return project

    def delete(self, project_id: str) -> None:
        """Move a project to the bin, from which `restore` brings it back."""
        source = self._existing(self.folder, project_id)
        self._bin.mkdir(parents=True, exist_ok=True)
        target = self._bin / project_id
        source.rename(target if not target.exists() else self._bin / new_id(project_id))

    def restore(self, project_id: str) -> Project:
        """Bring a project back from the bin."""
        source = self._existing(self._bin, project_id)
        target = self.folder / project_id
        if target.exists():
            target = self.folder / new_id(project_id)
        source.rename(target)
        return self.open(target.name)

    def erase(self, project_id: str) -> None:
        """Remove a project in the bin for good."""
        shutil.rmtree(self._existing(self._bin, project_id))

    def import_archive(
        self, archive: Path, name: str | None = None, project_id: str = ""
    ) -> Project:
        """Unpack an archive that `export_archive` wrote as a new project, called as no other is."""
        target = self.folder / (project_id or new_id(name or archive.stem))
        with new_folder(target) as draft:
            extract_archive(archive, draft)
            Project.open(draft)
        project = Project.open(target, self.by)
        taken = {card.name for card in self.cards() if card.id != project.id}
        free = free_name(name or project.name, taken)
        if free != project.name:
            project.record("renamed", name=free)
        return project

    @staticmethod
    def _existing(folder: Path, project_id: str) -> Path:
        path = folder / project_id
        # The id comes from an address that anybody can type: it must not lead out of the folder.
        if not ID_PATTERN.fullmatch(project_id) or not Layout(path).manifest.exists():
            raise ProjectProblem(
                N_("There is no project {project}. It may have been deleted: see the page Start."),
                project=project_id[:80],
            )
        return path


def new_id(name: str) -> str:
    """Return an id for an address: the name's ASCII letters and eight random digits."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    return f"{slug or 'project'}-{secrets.token_hex(4)}"


def _cards(folder: Path) -> list[ProjectCard]:
    found = [path.parent for path in folder.glob("*/project.json")]
    cards = [_card(path) for path in found if ID_PATTERN.fullmatch(path.name)]
    return sorted(cards, key=lambda card: card.changed, reverse=True)


def _card(folder: Path) -> ProjectCard:
    layout = Layout(folder)
    newest = layout.events if layout.events.exists() else layout.manifest
    changed = newest.stat().st_mtime
    try:
        project = Project.open(folder)
        return ProjectCard(project.id, project.name, project.row_count, changed)
    except TextlodeError as error:
        return ProjectCard(folder.name, folder.name, 0, changed, error)
