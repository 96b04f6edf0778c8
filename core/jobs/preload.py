"""What a worker process of the embedded cluster does as it starts: `dask_setup` is Dask's name."""

import importlib
import os
import threading
from contextlib import suppress
from typing import Any

from core.jobs.record import Lane
from core.settings import Settings

LANE = "TEXTLODE_LANE"
NICE = {Lane.LONG: 5, Lane.MEDIUM: 3, Lane.SHORT: 0}


def dask_setup(worker: Any) -> None:
    """Let long work yield to clicks, and warm up beside the first job."""
    lane = Lane(os.environ[LANE])
    os.nice(NICE[lane])
    if Settings.from_environment().warm_up:
        threading.Thread(target=_warm_up, args=(lane,), name="warm-up", daemon=True).start()


def _warm_up(lane: Lane) -> None:
    """Load, and for long work compile, what somebody would otherwise wait for.

    A job that needs the same meanwhile waits for the rest of it only.
    """
    with suppress(OSError):  # on Linux a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
    importlib.import_module("core.steps")  # somebody waits for the first rows of a file
    if lane == Lane.SHORT:  # whose encoders need no more than this; another loads it as it is asked
        importlib.import_module("torch")
    if lane == Lane.LONG:
        importlib.import_module("sentence_transformers")
        importlib.import_module("core.explore.warming").warm_up()
