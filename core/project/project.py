"""A project: one folder that holds a table, what was computed of it and what people decided."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.errors import ArtifactDamaged, NotReady, ProjectProblem
from core.i18n import N_
from core.project.artifacts import Artifact, ArtifactStore, Draft, Recipe
from core.project.events import Event, EventLog
from core.project.files import new_folder, write_json
from core.project.layout import FORMAT, Layout
from core.project.state import ProjectState, replay

# What to do when a kind of artifact is not there yet.
MISSING = {
    "table": N_("There is no table in this project yet. Add a file on the page Start."),
    "vectors": N_("The texts have not been embedded yet. Make the map on the page Data."),
    "layout": N_("There is no map yet. Make it on the page Data."),
    "clusters": N_("There are no topics yet. Make the map on the page Data."),
    "model": N_("There is no model yet. Teach one on the page Train."),
    "explanation": N_("Nothing has been explained yet. Do so on the page Explain."),
    "prediction": N_("Nothing has been predicted yet. Do so on the page Predict."),
}


class Project:
    """An open project. Any number of processes may have the same one open."""

    def __init__(self, folder: Path, manifest: dict[str, Any], by: str = "analyst") -> None:
        layout = Layout(folder)
        self.folder = folder
        self.by = by
        self.id = folder.name
        self.manifest = manifest
        self.artifacts = ArtifactStore(layout.artifacts, layout.damaged)
        self._layout = layout
        self._log = EventLog(layout.events, layout.lock)
        self._replayed: tuple[int, ProjectState] | None = None

    @classmethod
    def create(cls, folder: Path | str, name: str, by: str = "analyst") -> "Project":
        """Make a new, empty project in a folder that does not exist or is empty."""
        folder = Path(folder)
        if folder.exists() and any(folder.iterdir()):
            raise ProjectProblem(
                N_("{folder} is not empty. Choose a new folder for the project."),
                folder=str(folder),
            )
        if folder.exists():
            folder.rmdir()
        with new_folder(folder) as draft:
            created = datetime.now(UTC).isoformat(timespec="seconds")
            write_json(Layout(draft).manifest, {"format": FORMAT, "created": created})
        project = cls.open(folder, by)
        project.record("renamed", name=name)
        return project

    @classmethod
    def open(cls, folder: Path | str, by: str = "analyst") -> "Project":
        """Open a project folder. Raises ProjectProblem in words when it is none or too new."""
        folder = Path(folder)
        manifest = _read_manifest(Layout(folder).manifest)
        return cls(folder, manifest, by)

    @classmethod
    def open_or_create(cls, folder: Path | str, name: str, by: str = "analyst") -> "Project":
        """Open the project in a folder, or make one there."""
        folder = Path(folder)
        if Layout(folder).manifest.exists():
            return cls.open(folder, by)
        return cls.create(folder, name, by)

    # -- what people decided

    @property
    def state(self) -> ProjectState:
        """The present state, with what other processes have added."""
        events = self._log.events()
        if self._replayed is None or self._replayed[0] != len(events):
            self._replayed = (len(events), replay(events))
        return self._replayed[1]

    @property
    def revision(self) -> str:
        """A mark of the last decision, to tell whether a picture is up to date.

        By number and time: a project that was deleted and made again numbers them from 1 anew.
        """
        events = self._log.events()
        return f"{events[-1].number}-{events[-1].at}" if events else ""

    @property
    def name(self) -> str:
        return self.state.name

    @property
    def history(self) -> tuple[Event, ...]:
        """All decisions in order."""
        return self._log.events()

    @property
    def damaged_lines(self) -> int:
        """How many lines of the log failed their checksum and were left out."""
        self._log.events()
        return self._log.damaged_lines

    def record(self, kind: str, **values: Any) -> Event:
        """Write one decision down, durably."""
        return self._log.append(kind, self.by, **values)

    def undo(self) -> Event | None:
        """Take the last decision back and return it; None when there is nothing to take back."""
        event = self.state.can_undo
        if event is not None:
            self.record("undone", event=event.number)
        return event

    def redo(self) -> Event | None:
        """Bring the decision back that was undone last."""
        event = self.state.can_redo
        if event is not None:
            self.record("redone", event=event.number)
        return event

    # -- what was computed

    def has(self, kind: str) -> bool:
        """Whether a current artifact of this kind is there."""
        return self.state.current.get(kind, "") in self.artifacts

    def current(self, kind: str) -> Artifact:
        """Return the current artifact of a kind.

        Raises NotReady, saying what to do, when there is none, and ArtifactDamaged when its files
        no longer match their checksums.
        """
        if not self.has(kind):
            raise NotReady(MISSING.get(kind, N_("This has not been computed yet.")))
        return self.artifacts.open(self.state.current[kind])

    def make(self, recipe: Recipe, build: Callable[[Draft, Path], None]) -> Artifact:
        """Return the artifact of a recipe: read when it is there, built when it is not.

        `build` gets the draft to fill and a scratch folder which survives a crash, for blocks that
        are already finished. A damaged artifact is named in the log and built anew.
        """
        key = recipe.key
        if key in self.artifacts:
            try:
                return self.artifacts.open(key)
            except ArtifactDamaged:
                self.record("artifact_damaged", artifact=key)
        scratch = self._layout.scratch / key
        scratch.mkdir(parents=True, exist_ok=True)
        with self.artifacts.create(recipe) as draft:
            build(draft, scratch)
        shutil.rmtree(scratch, ignore_errors=True)
        return self.artifacts.open(key)

    def make_current(self, artifact: Artifact) -> None:
        """Let an artifact be the one of its kind that pages show."""
        if self.state.current.get(artifact.kind) != artifact.key:
            self.record("made_current", artifact=artifact.kind, key=artifact.key)

    # -- what most callers ask for

    def table(self, columns: list[str] | None = None) -> pa.Table:
        """Return the table as it was read: strings, in the order of the file."""
        return self.current("table").table("table", columns)

    @property
    def column_names(self) -> list[str]:
        """The names of the table's columns, in the order of the file."""
        return list(self.current("table").json("reading")["columns"])

    @property
    def row_count(self) -> int:
        """How many rows the table has; 0 before there is one."""
        return int(self.current("table").json("reading")["rows"]) if self.has("table") else 0

    def role(self, name: str) -> str:
        """Return the column that plays a role (text, label, date, id).

        Raises NotReady when no column does.
        """
        column = self.state.roles.get(name)
        if not column:
            raise NotReady(
                N_("No column of this table is chosen as {role}. Choose one on the page Data."),
                role=name,
            )
        return column


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text("utf-8"))
        version = int(manifest["format"])
    except FileNotFoundError as error:
        raise ProjectProblem(
            N_("{folder} holds no Textlode project. Choose another folder or make a new project."),
            folder=str(path.parent),
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProjectProblem(
            N_(
                "The file {path} cannot be read as a project's description. "
                "Put it back from a copy, or import the project's archive."
            ),
            path=str(path),
        ) from error
    if version > FORMAT:
        raise ProjectProblem(
            N_(
                "This project has format {found}; this version of Textlode reads formats up to "
                "{expected}. Open it with a newer Textlode."
            ),
            found=version,
            expected=FORMAT,
        )
    return dict(manifest)
