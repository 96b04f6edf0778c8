"""The record of one job: what was asked, how far it is, how it ended."""

import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core import errors
from core.errors import TextlodeError


class JobState(StrEnum):
    """Where a job stands. The last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Lane(StrEnum):
    """How long work takes: none stands behind work of a slower lane.

    Short: a few seconds, somebody waits. Medium: a minute at most for what people usually have,
    such as reading a file. Long: a map, a training.
    """

    LONG = "long"
    MEDIUM = "medium"
    SHORT = "short"


# The lanes whose jobs a person sees in lists; short work is over before one looks.
LISTED_LANES = (Lane.LONG, Lane.MEDIUM)


@dataclass(frozen=True)
class Job:
    """One job as it was when it was read. Times are seconds since 1970.

    `done` of `total` units of the stage `stage` are finished (`total` 0: not known); the stage
    began at `stage_started` with `stage_from` units already there, e.g. those of an earlier run.
    `detail` holds the step's live figures, `result` what it returned, and `error` the kind,
    template and values of what went wrong. `attempts` counts how often the work was begun.
    """

    id: str
    step: str
    project: str
    settings: dict[str, Any]
    by: str
    lane: Lane
    state: JobState
    created: float
    stage: str = ""
    done: float = 0.0
    total: float = 0.0
    stage_started: float | None = None
    stage_from: float = 0.0
    detail: dict[str, Any] = field(default_factory=dict)
    started: float | None = None
    updated: float | None = None
    ended: float | None = None
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    attempts: int = 0
    cancel_requested: bool = False
    stop_requested: bool = False
    owner: str | None = None
    run: str | None = None
    worker: str = ""

    @property
    def is_over(self) -> bool:
        return self.state not in (JobState.QUEUED, JobState.RUNNING)

    @property
    def fraction(self) -> float | None:
        """The finished part of the stage, 0 to 1; None while it is unknown."""
        if self.state == JobState.DONE:
            return 1.0
        if self.total <= 0:
            return None
        return min(1.0, max(0.0, self.done / self.total))

    @property
    def rate(self) -> float | None:
        """Units a second in this stage; None until there is something to measure."""
        if self.stage_started is None or self.updated is None:
            return None
        seconds = self.updated - self.stage_started
        units = self.done - self.stage_from
        return units / seconds if seconds > 0 and units > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """How long this stage will still take at its present rate; None while that is unknown."""
        if self.is_over or self.total <= 0 or self.rate is None:
            return None
        return max(0.0, (self.total - self.done) / self.rate)

    @property
    def seconds(self) -> float | None:
        """How long the last attempt has run; None before it has begun."""
        if self.started is None:
            return None
        return max(0.0, (self.ended or time.time()) - self.started)

    def error_as_exception(self) -> TextlodeError | None:
        """Return what went wrong as the error that it was, to raise or to describe."""
        if self.error is None:
            return None
        kind = getattr(errors, self.error["kind"], TextlodeError)
        error = kind(self.error["template"], **self.error["values"])
        return error if isinstance(error, TextlodeError) else None


def record_error(error: TextlodeError) -> dict[str, Any]:
    """Return an error as JSON values, under its nearest name in the public tree."""
    names = (kind.__name__ for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
    return {"kind": next(names), "template": error.template, "values": error.values}
