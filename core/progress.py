"""How long work tells how far it is, and hears that it should stop."""

from typing import Any

from core.errors import Cancelled
from core.i18n import N_

# The stage whose `done` and `total` are bytes of a file.
READING = N_("Reading")


class Progress:
    """The silent progress, and the protocol of all others.

    Algorithms call it often and cheaply; who listens (a terminal, a job record) thins the calls
    out. Calling it raises `Cancelled` when somebody has cancelled the work.
    """

    def __call__(self, done: float, total: float, message: str = "") -> None:
        """Report that `done` of `total` units of the stage `message` are finished.

        `message` is a short stage name marked with `N_`, e.g. N_("Reading texts"); a change of
        message starts a new stage. `total` may be 0 while it is unknown.
        """

    def detail(self, **values: Any) -> None:
        """Publish live figures of the work (JSON values), e.g. the curve of a training."""

    def should_stop(self) -> bool:
        """Whether somebody asked to stop early and keep the best result so far."""
        return False


class Part(Progress):
    """The progress of some of the work as a part of all: `before` of `total` units came first."""

    def __init__(self, progress: Progress, before: int, total: int) -> None:
        self._progress = progress
        self._before = before
        self._total = total

    def __call__(self, done: float, total: float, message: str = "") -> None:
        self._progress(self._before + done, self._total, message)


def stop_if(cancelled: bool) -> None:
    """Raise Cancelled when somebody has cancelled the work."""
    if cancelled:
        raise Cancelled(N_("This was cancelled. What was finished is kept."))


SILENT = Progress()
