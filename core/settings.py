"""Every knob of the installation, from TEXTLODE_* variables."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import SettingInvalid
from core.i18n import N_

SEED = 20260

VARIABLES = {
    "TEXTLODE_HOME": N_("Where projects, vectors and the records of jobs live."),
    "TEXTLODE_DEVICE": N_("What computes: auto (a GPU where there is one), cpu, cuda or mps."),
    "TEXTLODE_SCHEDULER": N_(
        "The address of a Dask scheduler whose workers do the jobs, instead of this machine's own."
    ),
    "TEXTLODE_FOLDERS": N_(
        "Folders on the server whose files may be read without an upload, with : between them."
    ),
    "TEXTLODE_LANGUAGE": N_("The language where no browser says one: en or zh_CN."),
    "TEXTLODE_USER": N_("The name that is written beside labels and jobs."),
    "TEXTLODE_WARM_UP": N_(
        "1 loads ahead what the first job needs; 0 saves that memory, and the first job waits."
    ),
}

_HOME: ContextVar[Path | None] = ContextVar("home", default=None)


@dataclass(frozen=True)
class Settings:
    """How this installation runs. `Settings.from_environment()` reads the `VARIABLES` above."""

    home: Path = field(default_factory=lambda: Path.home() / ".textlode")
    scheduler: str = ""
    device: str = "auto"
    language: str = "en"
    user: str = "analyst"
    folders: tuple[Path, ...] = ()
    warm_up: bool = True

    def __post_init__(self) -> None:
        if self.device not in ("auto", "cpu", "cuda", "mps"):
            raise SettingInvalid(
                N_("TEXTLODE_DEVICE is {value}. It has to be auto, cpu, cuda or mps."),
                value=self.device,
            )

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the TEXTLODE_* variables; what is not set keeps its default."""
        get = os.environ.get
        return cls(
            home=_HOME.get() or _home_of_environment(),
            scheduler=get("TEXTLODE_SCHEDULER", ""),
            device=get("TEXTLODE_DEVICE", "auto").lower(),
            language=get("TEXTLODE_LANGUAGE", "en"),
            user=get("TEXTLODE_USER") or get("USER") or "analyst",
            folders=tuple(
                Path(folder).expanduser().absolute()
                for folder in get("TEXTLODE_FOLDERS", "").split(os.pathsep)
                if folder
            ),
            warm_up=get("TEXTLODE_WARM_UP", "1") != "0",
        )

    @property
    def logs_folder(self) -> Path:
        return self.home / "logs"

    @property
    def projects_folder(self) -> Path:
        return self.home / "projects"

    @property
    def uploads_folder(self) -> Path:
        """Where files lie that are on their way from a browser into a project."""
        return self.home / "uploads"

    @property
    def vectors_folder(self) -> Path:
        """Where each text's vector is kept, once for all projects."""
        return self.home / "vectors"

    @property
    def jobs_file(self) -> Path:
        return self.home / "jobs.sqlite"


@contextmanager
def at_home(home: Path) -> Iterator[None]:
    """Let this thread alone work in another TEXTLODE_HOME: a worker of a cluster may serve two."""
    before = _HOME.set(home)
    try:
        yield
    finally:
        _HOME.reset(before)


def _home_of_environment() -> Path:
    return (
        Path(os.environ.get("TEXTLODE_HOME") or Path.home() / ".textlode").expanduser().absolute()
    )
