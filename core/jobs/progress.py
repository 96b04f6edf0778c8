"""The progress of a job: remembered at once, written down a few times a second."""

import json
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any

from core.errors import TextlodeError
from core.jobs.record import Job
from core.jobs.store import JobStore, Report, Wishes, to_json
from core.progress import Progress, stop_if

SECONDS_BETWEEN_WRITES = 0.25


class JobProgress(Progress):
    """The progress of one run, a context. Each call costs about a microsecond.

    A thread of its own writes what is new and reads what people want, four times a second, so
    that the stage before a long silent computation is shown, and a wish to cancel is known at
    the next call, which raises Cancelled.
    """

    def __init__(self, store: JobStore, job: Job) -> None:
        self._store = store
        self._job = job
        self._lock = threading.Lock()
        self._report = Report("", 0.0, 0.0, None, 0.0, {})
        self._written: Report | None = self._report
        self._wishes = Wishes(cancel=False, stop_early=False)
        self._ended = threading.Event()
        self._writer = threading.Thread(target=self._write_often, name="progress", daemon=True)

    def __enter__(self) -> "JobProgress":
        self._writer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._writer.join()
        self._write()

    def __call__(self, done: float, total: float, message: str = "") -> None:
        stop_if(self._wishes.cancel)
        with self._lock:
            last = self._report
            same_stage = last.stage_started is not None and message in ("", last.stage)
            self._report = Report(
                stage=last.stage if same_stage else message,
                done=float(done),
                total=float(total),
                stage_started=last.stage_started if same_stage else time.time(),
                stage_from=last.stage_from if same_stage else float(done),
                detail=last.detail,
            )

    def detail(self, **values: Any) -> None:
        stop_if(self._wishes.cancel)
        values = json.loads(to_json(values))  # a copy: the step may go on changing its lists
        with self._lock:
            last = self._report
            self._report = Report(
                last.stage,
                last.done,
                last.total,
                last.stage_started,
                last.stage_from,
                {**last.detail, **values},
            )

    def should_stop(self) -> bool:
        stop_if(self._wishes.cancel)
        return self._wishes.stop_early

    def _write_often(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN_WRITES):
            with suppress(TextlodeError):  # a full disk, a long lock: the next turn tries again
                self._write()

    def _write(self) -> None:
        with self._lock:
            report = self._report
        news = None if report is self._written else report
        # None: another run has this job now, and this one should end.
        self._wishes = self._store.report(self._job, news) or Wishes(cancel=True, stop_early=True)
        self._written = report
