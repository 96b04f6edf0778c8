"""Where things lie in a project folder. The layout on disk is data, and this module is its table.

::

    project.json                  format version, identity
    events.jsonl                  everything a person decided, one event a line
    artifacts/<kind>-<key>/       the result of one step: artifact.json and its files
    scratch/<kind>-<key>/         the finished blocks of a step that still runs
    damaged/                      artifacts that failed their checksum, kept for a look
"""

from dataclasses import dataclass
from pathlib import Path

FORMAT = 1


@dataclass(frozen=True)
class Layout:
    """The paths of one project folder."""

    root: Path

    @property
    def manifest(self) -> Path:
        return self.root / "project.json"

    @property
    def events(self) -> Path:
        return self.root / "events.jsonl"

    @property
    def lock(self) -> Path:
        return self.root / ".lock"

    @property
    def artifacts(self) -> Path:
        return self.root / "artifacts"

    @property
    def scratch(self) -> Path:
        return self.root / "scratch"

    @property
    def damaged(self) -> Path:
        return self.root / "damaged"
