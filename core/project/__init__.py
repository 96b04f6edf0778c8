"""What lasts: project folders, artifacts, decisions, and the catalogue of projects."""

from core.project.archive import archive_files, export_archive, pack
from core.project.artifacts import Artifact, ArtifactStore, Draft, Recipe
from core.project.catalogue import Catalogue, ProjectCard
from core.project.events import Event, EventLog
from core.project.project import Project
from core.project.state import ProjectState, replay

__all__ = [
    "Artifact",
    "ArtifactStore",
    "Catalogue",
    "Draft",
    "Event",
    "EventLog",
    "Project",
    "ProjectCard",
    "ProjectState",
    "Recipe",
    "archive_files",
    "export_archive",
    "pack",
    "replay",
]
