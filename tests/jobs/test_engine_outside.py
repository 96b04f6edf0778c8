"""The same jobs on a scheduler that was started as a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import JobProblem
from core.jobs import Engine, JobState
from core.settings import Settings
from tests.jobs.small_steps import RUNNER
from tests.jobs.waiting import wait_until


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("scheduler")
    address = f"tcp://127.0.0.1:{free_port()}"
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(folder)}
    commands = [
        ["scheduler", "--host", address, "--no-dashboard"],
        ["worker", address, "--nthreads", "2", "--no-dashboard", "--local-directory", str(folder)],
    ]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "dask", *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=folder,
        )
        for command in commands
    ]
    yield address
    for process in reversed(processes):
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def engine(scheduler: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), scheduler=scheduler)
    started = Engine.start(settings, RUNNER)
    yield started
    started.close()


def test_a_job_runs_on_an_outside_scheduler(engine: Engine, project: Path) -> None:
    job = engine.wait(engine.submit("count", str(project), {"n": 3}, "me").id, 60)
    assert job.state == JobState.DONE
    assert job.result == {"counted": 3, "from": 0}
    assert job.worker.startswith("tcp://")
    where = engine.run_short("where", str(project), {})
    assert where == {"home": str(engine.store.path.parent)}


def test_long_work_leaves_room_for_short_work(engine: Engine, project: Path) -> None:
    jobs = [engine.submit("count", str(project), {"n": n, "pause": 0.05}, "me") for n in (900, 901)]
    wait_until(lambda: engine.store.get(jobs[0].id).state == JobState.RUNNING)
    assert engine.run_short("say", str(project), {"word": "hello"}, timeout=5)["said"] == "hello"
    assert engine.store.get(jobs[1].id).state == JobState.QUEUED
    for job in jobs:
        engine.cancel(job.id)
        assert engine.wait(job.id, 10).state == JobState.CANCELLED


def test_work_that_hears_nothing_is_cancelled_there_too(engine: Engine, project: Path) -> None:
    job = engine.submit("sleep", str(project), {"seconds": 60}, "me")
    wait_until((project / "asleep").exists)
    begun = time.monotonic()
    engine.cancel(job.id)
    assert engine.wait(job.id, 10).state == JobState.CANCELLED
    assert time.monotonic() - begun < 5
    assert engine.run_short("say", str(project), {"word": "again"})["said"] == "again"


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path, project: Path) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    engine = Engine.start(Settings(home=tmp_path, scheduler=address), RUNNER)
    try:
        job = engine.wait(engine.submit("say", str(project), {"word": "hello"}, "me").id, 60)
    finally:
        engine.close()
    error = job.error_as_exception()
    assert type(error) is JobProblem
    assert f"No Dask scheduler answers at {address}" in str(error)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
