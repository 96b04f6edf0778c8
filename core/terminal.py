"""What a terminal sees and does not see: progress on standard error, no chatter of libraries."""

import logging
import os
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any, TextIO

from core.i18n import translate
from core.progress import Progress

STANDARD_OUTPUT, STANDARD_ERROR = 1, 2
QUIET = {
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TQDM_DISABLE": "1",
}


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Silence the logs and bars of libraries; what they print goes to standard error all the same.

    Standard output is kept for the result alone, also from native code and child processes.
    """
    os.environ.update({name: os.environ.get(name, value) for name, value in QUIET.items()})
    sys.stdout.flush()
    kept = os.dup(STANDARD_OUTPUT)
    os.dup2(STANDARD_ERROR, STANDARD_OUTPUT)
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with redirect_stdout(sys.stderr), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
        os.dup2(kept, STANDARD_OUTPUT)
        os.close(kept)


class TerminalProgress(Progress):
    """Writes at most ten times a second where a person looks on, and once a stage elsewhere."""

    def __init__(self, language: str = "en", stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self.language = language
        self._moving = self._stream.isatty()
        self._stage = ""
        self._started = self._last = time.monotonic()
        self.seconds_by_stage: dict[str, float] = {}

    def __call__(self, done: float, total: float, message: str = "") -> None:
        now = time.monotonic()
        if message != self._stage:
            self._end_stage(now)
            self._stage, self._started, self._last = message, now, 0.0
            if message and not self._moving:
                print(translate(message, self.language), file=self._stream, flush=True)
        if self._moving and message and now - self._last > 0.1:
            self._last = now
            share = f" {100 * done / total:3.0f}%" if total else ""
            line = f"{translate(message, self.language)}{share} {now - self._started:.0f} s"
            print(f"\r\033[K{line}", end="", file=self._stream, flush=True)

    def detail(self, **values: Any) -> None:
        """Live figures are for pages."""

    def finish(self) -> dict[str, float]:
        """End the last stage and return the seconds of each."""
        self._end_stage(time.monotonic())
        self._stage = ""
        return self.seconds_by_stage

    def _end_stage(self, now: float) -> None:
        if self._stage:
            spent = self.seconds_by_stage.get(self._stage, 0.0) + now - self._started
            self.seconds_by_stage[self._stage] = round(spent, 3)
            if self._moving:
                print("\r\033[K", end="", file=self._stream, flush=True)
