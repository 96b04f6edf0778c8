import os
from pathlib import Path

import pytest

from core.errors import ColumnMissing, JobProblem, OutOfRoom
from core.jobs import Job, JobState, JobStore, run_job
from core.settings import Settings
from tests.jobs.small_steps import RUNNER


@pytest.fixture
def store(tmp_path: Path, monkeypatch) -> JobStore:
    monkeypatch.setenv("TEXTLODE_HOME", "elsewhere")
    return JobStore(tmp_path / "home" / "jobs.sqlite")


def run(store: JobStore, step: str, project: Path, **settings: object) -> Job:
    job = store.create(step, str(project), settings, "me")
    run_job(job.id, str(store.path), RUNNER)
    return store.get(job.id)


def test_the_result_of_the_step_is_written_down(store: JobStore, project: Path) -> None:
    job = run(store, "count", project, n=3)
    assert (job.state, job.result) == (JobState.DONE, {"counted": 3, "from": 0})
    assert job.stage == "Counting"
    assert job.detail == {"last": 2}
    assert job.seconds is not None and job.seconds < 5


def test_an_error_in_words_stays_what_it_is(store: JobStore, project: Path) -> None:
    job = run(store, "fail_in_words", project)
    error = job.error_as_exception()
    assert job.state == JobState.FAILED
    assert type(error) is ColumnMissing and str(error) == "There is no column txt."


def test_an_unforeseen_error_is_a_sentence_and_its_traceback_is_in_the_log(
    store: JobStore, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    error = run(store, "fail_unforeseen", project).error_as_exception()
    assert type(error) is JobProblem
    assert "secret" not in str(error)
    log = (store.path.parent / "logs" / "jobs.log").read_text()
    assert f"[{error.values['mark']}] Traceback" in log
    assert "ZeroDivisionError: a secret of the code" in log
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("step", "words"), [("fail_out_of_memory", "memory"), ("fail_full_disk", "disk")]
)
def test_want_of_room_is_said(store: JobStore, project: Path, step: str, words: str) -> None:
    error = run(store, step, project).error_as_exception()
    assert type(error) is OutOfRoom
    assert f"The {words} of" in str(error)


def test_a_step_that_nobody_knows_fails_in_words(store: JobStore, project: Path) -> None:
    assert type(run(store, "dance", project).error_as_exception()) is JobProblem


def test_a_result_that_cannot_be_kept_fails_in_words(store: JobStore, project: Path) -> None:
    assert run(store, "mixed_keys", project).state == JobState.FAILED


def test_half_a_character_in_a_file_name_is_no_obstacle(store: JobStore, project: Path) -> None:
    job = run(store, "say", project, word="\udce9.csv")
    assert job.result is not None and job.result["said"] == "\udce9.csv"


def test_a_job_that_is_over_is_not_run(store: JobStore, project: Path) -> None:
    job = store.create("count", str(project), {"n": 1}, "me")
    store.request_cancel(job.id)
    run_job(job.id, str(store.path), RUNNER)
    assert not (project / "blocks.jsonl").exists()


def test_the_step_finds_the_home_of_its_job(store: JobStore, project: Path) -> None:
    job = run(store, "where", project)
    assert job.result == {"home": str(store.path.parent)}
    assert os.environ["TEXTLODE_HOME"] == "elsewhere", "other threads keep theirs"
    assert Settings.from_environment().home == Path("elsewhere").absolute()
