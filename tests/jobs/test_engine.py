import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.errors import ColumnMissing, JobProblem
from core.jobs import Engine, Job, JobState, Lane
from tests.jobs.waiting import wait_until


def submit(engine: Engine, step: str, project: Path, **settings: object) -> Job:
    return engine.submit(step, str(project), settings, "me")


def wait(engine: Engine, job: Job, seconds: float = 30) -> Job:
    job = engine.wait(job.id, seconds)
    assert job.is_over, "this took too long"
    return job


def counted(project: Path) -> int:
    blocks = project / "blocks.jsonl"
    return len(blocks.read_text().splitlines()) if blocks.exists() else 0


def test_starting_and_submitting_block_nobody(engine: Engine, project: Path) -> None:
    begun = time.perf_counter()
    job = submit(engine, "say", project, word="hello")
    assert time.perf_counter() - begun < 0.5
    assert job.state == JobState.QUEUED
    done = wait(engine, job)
    assert done.state == JobState.DONE
    assert done.result is not None and done.result["said"] == "hello"
    assert done.result["pid"] != os.getpid()
    assert done.attempts == 1


def test_progress_is_seen_while_the_work_goes_on(engine: Engine, project: Path) -> None:
    job = submit(engine, "count", project, n=20, pause=0.05)
    wait_until(lambda: 0 < (engine.store.get(job.id).fraction or 0) < 1)
    wait_until(lambda: engine.store.get(job.id).rate is not None)
    seen = engine.store.get(job.id)
    assert seen.stage == "Counting"
    assert seen.detail["last"] >= 0
    assert wait(engine, job).result == {"counted": 20, "from": 0}


def test_an_error_of_a_worker_arrives_in_words(engine: Engine, project: Path) -> None:
    job = wait(engine, submit(engine, "fail_in_words", project))
    assert job.state == JobState.FAILED
    assert type(job.error_as_exception()) is ColumnMissing
    with pytest.raises(ColumnMissing, match="There is no column txt"):
        engine.run_short("fail_in_words", str(project), {})


def test_work_that_reports_is_cancelled_at_once(engine: Engine, project: Path) -> None:
    job = submit(engine, "count", project, n=1000, pause=0.05)
    wait_until(lambda: counted(project) > 2)
    begun = time.monotonic()
    engine.cancel(job.id)
    assert wait(engine, job).state == JobState.CANCELLED
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("step", ["sleep", "hold"])
def test_work_that_hears_nothing_is_cancelled_too(engine: Engine, project: Path, step: str) -> None:
    """A sleep lets other threads run, a computation in C may hold the whole interpreter."""
    bystander = engine.run_short("say", str(project), {"word": step})
    job = submit(engine, step, project, seconds=60)
    wait_until((project / "asleep").exists)
    begun = time.monotonic()
    engine.cancel(job.id)
    assert wait(engine, job).state == JobState.CANCELLED
    assert time.monotonic() - begun < 5
    wait_until(lambda: not psutil.pid_exists(int((project / "asleep").read_text())), 5)
    assert engine.run_short("say", str(project), {"word": step})["pid"] == bystander["pid"]
    again = submit(engine, "say", project, word="again")
    assert wait(engine, again).state == JobState.DONE


def test_what_waits_is_cancelled_before_it_begins(engine: Engine, project: Path) -> None:
    first = submit(engine, "count", project, n=1000, pause=0.05)
    second = submit(engine, "say", project, word="never")
    assert engine.cancel(second.id).state == JobState.CANCELLED
    engine.cancel(first.id)
    wait(engine, first)
    assert engine.store.get(second.id).attempts == 0


def test_stopping_early_keeps_what_there_is(engine: Engine, project: Path) -> None:
    job = submit(engine, "count", project, n=1000, pause=0.05)
    wait_until(lambda: counted(project) > 2)
    engine.stop_early(job.id)
    done = wait(engine, job)
    assert done.state == JobState.DONE
    assert done.result is not None and 2 < done.result["counted"] < 1000


def test_short_work_does_not_wait_behind_long_work(engine: Engine, project: Path) -> None:
    job = submit(engine, "count", project, n=1000, pause=0.05)
    wait_until(lambda: counted(project) > 0)
    begun = time.monotonic()
    answers = [engine.run_short("say", str(project), {"word": n})["said"] for n in range(3)]
    assert time.monotonic() - begun < 3
    assert answers == [0, 1, 2]
    assert not engine.store.get(job.id).is_over
    engine.cancel(job.id)
    wait(engine, job)


def test_medium_work_waits_for_no_long_work_nor_long_work_for_it(
    engine: Engine, project: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    medium = engine.submit("count", str(other), {"n": 1000, "pause": 0.05}, "me", Lane.MEDIUM)
    wait_until(lambda: counted(other) > 0)
    long = submit(engine, "count", project, n=1000, pause=0.05)
    wait_until(lambda: counted(project) > 0)
    assert not engine.store.get(medium.id).is_over
    for job in (medium, long):
        engine.cancel(job.id)
        wait(engine, job)


def test_short_work_that_takes_long_is_given_up(engine: Engine, project: Path) -> None:
    with pytest.raises(JobProblem, match="more than 1 seconds and was stopped"):
        engine.run_short("count", str(project), {"n": 1000, "pause": 0.05}, timeout=1)
    job = engine.store.list(str(project), lanes=[Lane.SHORT])[0]
    assert wait(engine, job).state == JobState.CANCELLED


def test_the_same_work_runs_once_and_again_when_asked(engine: Engine, project: Path) -> None:
    job = submit(engine, "count", project, n=10, pause=0.05)
    assert submit(engine, "count", project, n=10, pause=0.05).id == job.id
    assert engine.retry(job.id).id == job.id
    wait(engine, job)
    again = engine.retry(job.id)
    assert again.id != job.id
    assert (again.step, again.settings, again.by) == (job.step, job.settings, job.by)
    assert wait(engine, again).result == {"counted": 10, "from": 10}


def test_a_killed_worker_goes_on_from_its_blocks(engine: Engine, project: Path) -> None:
    job = submit(engine, "count", project, n=40, pause=0.05)
    wait_until(lambda: counted(project) > 5)
    os.kill(_pid_of_last_block(project), 9)
    done = wait(engine, job)
    assert (done.state, done.attempts) == (JobState.DONE, 2)
    assert done.result is not None and done.result["from"] > 5
    assert done.result["counted"] == 40


def test_work_that_kills_its_process_again_and_again_fails_in_words(
    engine: Engine, project: Path
) -> None:
    job = wait(engine, submit(engine, "die", project), 60)
    assert (job.state, job.attempts) == (JobState.FAILED, 3)
    assert "begun 3 times" in str(job.error_as_exception())
    assert wait(engine, submit(engine, "say", project, word="alive")).state == JobState.DONE


def test_a_killed_dispatcher_is_started_again_and_the_work_goes_on(
    engine: Engine, project: Path
) -> None:
    job = submit(engine, "count", project, n=60, pause=0.05)
    wait_until(lambda: counted(project) > 5)
    workers = psutil.Process(engine._dispatcher.pid).children(recursive=True)
    os.kill(engine._dispatcher.pid, 9)
    done = wait(engine, job, 60)
    assert (done.state, done.attempts) == (JobState.DONE, 2)
    assert done.result is not None and done.result["counted"] == 60
    assert psutil.wait_procs(workers, timeout=5)[1] == []


@pytest.mark.slow
def test_a_worker_that_nobody_starts_again_is_replaced(engine: Engine, project: Path) -> None:
    job = submit(engine, "lose_worker", project)
    assert wait(engine, job, 120).state == JobState.DONE


@pytest.mark.slow
def test_a_worker_killed_twice_in_a_quarter_of_a_minute_comes_back_twice(
    engine: Engine, project: Path
) -> None:
    """Dask looks 15 seconds after a death, and gives up what is only being started once more."""
    job = submit(engine, "count", project, n=450, pause=0.05)
    wait_until(lambda: counted(project) > 5)
    os.kill(_pid_of_last_block(project), 9)
    time.sleep(14.5)
    os.kill(_pid_of_last_block(project), 9)
    time.sleep(3)
    finished = counted(project)
    wait_until(lambda: counted(project) > finished, 15)
    assert wait(engine, job, 60).attempts == 3


@pytest.mark.slow
def test_a_worker_that_says_nothing_for_long_is_left_alone(engine: Engine, project: Path) -> None:
    job = wait(engine, submit(engine, "hold", project, seconds=90), 120)
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_nothing_is_printed_and_nothing_is_left_when_the_engine_closes(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from core.jobs import Engine
from core.settings import Settings
home = Path(sys.argv[1])
engine = Engine.start(Settings(home=home, warm_up=False), "tests.jobs.small_steps:run_step")
assert engine.run_short("say", str(home), {"word": "hello"})["said"] == "hello"
job = engine.submit("sleep", str(home), {"seconds": 60}, "me")
asleep = home / "asleep"
while not (asleep.exists() and asleep.read_text()): pass
engine.close()
assert not {"distributed", "torch", "pandas"} & set(sys.modules)
"""
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert (answer.stdout, answer.stderr, answer.returncode) == ("", "", 0)
    assert list((tmp_path / "engines").iterdir()) == []
    wait_until(lambda: not psutil.pid_exists(int((tmp_path / "asleep").read_text())), 5)


def _pid_of_last_block(project: Path) -> int:
    return int(json.loads((project / "blocks.jsonl").read_text().splitlines()[-1])["pid"])
