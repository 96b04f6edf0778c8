"""Real work interrupted by kill -9: it goes on from its last block, and no vector is lost."""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.jobs import Engine, Job, JobState
from core.settings import Settings
from tests.jobs.small_steps import RUNNER
from tests.jobs.waiting import wait_until

TEXTS = Path(__file__).parents[3] / "shared" / "data" / "banking77" / "train.csv"
ROWS = 2000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not TEXTS.exists(), reason=f"the texts of {TEXTS} are not here"),
]


@pytest.fixture
def folder(project: Path) -> Path:
    with TEXTS.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    (project / "texts.json").write_text(json.dumps(list(dict.fromkeys(texts))[:ROWS]))
    return project


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    started = Engine.start(Settings(home=tmp_path / "home", warm_up=False), RUNNER)
    yield started
    started.close()


@pytest.mark.parametrize("victim", ["worker", "dispatcher"])
def test_embedding_goes_on_after_kill_9(engine: Engine, folder: Path, victim: str) -> None:
    job = engine.submit("embed", str(folder), {}, "me")
    wait_until(lambda: engine.store.get(job.id).done > 300, 120)
    os.kill(_process_of(engine, job, victim), 9)
    done = engine.wait(job.id, 300)
    assert (done.state, done.attempts) == (JobState.DONE, 2)
    assert done.result is not None
    assert done.result["cached"] >= 200
    assert done.result["computed"] + done.result["cached"] == ROWS
    vectors = np.load(folder / "vectors.npy")
    assert vectors.shape == (ROWS, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def _process_of(engine: Engine, job: Job, victim: str) -> int:
    dispatcher = psutil.Process(engine._dispatcher.pid)
    if victim == "dispatcher":
        return dispatcher.pid
    port = int(engine.store.get(job.id).worker.rpartition(":")[2])
    return next(
        process.pid
        for process in dispatcher.children(recursive=True)
        if any(connection.laddr.port == port for connection in _listening(process))
    )


def _listening(process: psutil.Process) -> list:
    return [c for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
