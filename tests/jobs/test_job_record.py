from dataclasses import replace

import pytest

from core.errors import ColumnMissing, FileProblem, JobProblem
from core.jobs import Job, JobState, Lane
from core.jobs.record import record_error

QUEUED = Job("1", "embed", "/p", {}, "me", Lane.LONG, JobState.QUEUED, created=100.0)
RUNNING = replace(
    QUEUED,
    state=JobState.RUNNING,
    started=100.0,
    stage_started=110.0,
    updated=120.0,
    stage_from=50,
    done=150,
    total=250,
)


def test_a_job_that_has_not_begun_knows_nothing_of_itself() -> None:
    assert not QUEUED.is_over
    assert (QUEUED.fraction, QUEUED.rate, QUEUED.seconds_left, QUEUED.seconds) == (None,) * 4


def test_the_rate_leaves_out_what_an_earlier_run_had_finished() -> None:
    assert RUNNING.fraction == 0.6
    assert RUNNING.rate == 10
    assert RUNNING.seconds_left == 10


def test_a_stage_without_a_total_has_a_rate_but_no_end() -> None:
    job = replace(RUNNING, total=0)
    assert job.fraction is None
    assert job.rate == 10
    assert job.seconds_left is None


def test_more_done_than_announced_is_still_a_part() -> None:
    job = replace(RUNNING, done=300)
    assert job.fraction == 1.0
    assert job.seconds_left == 0


def test_a_finished_job_is_whole_and_took_its_time() -> None:
    job = replace(RUNNING, state=JobState.DONE, ended=130.0)
    assert job.is_over
    assert job.fraction == 1.0
    assert job.seconds == 30
    assert job.seconds_left is None


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_three_states_are_final(state: JobState) -> None:
    assert replace(QUEUED, state=state).is_over


def test_an_error_comes_back_as_what_it_was() -> None:
    error = ColumnMissing("There is no column {column}.", column="txt")
    again = replace(QUEUED, error=record_error(error)).error_as_exception()
    assert type(again) is ColumnMissing
    assert str(again) == "There is no column txt."
    assert QUEUED.error_as_exception() is None


def test_an_error_of_another_module_keeps_its_nearest_public_name() -> None:
    class OddFile(FileProblem):
        pass

    assert record_error(OddFile("Odd."))["kind"] == "FileProblem"


def test_an_unknown_kind_of_error_is_still_an_error() -> None:
    job = replace(QUEUED, error={"kind": "Gone", "template": "It went.", "values": {}})
    assert str(job.error_as_exception()) == "It went."
    assert record_error(JobProblem("x"))["kind"] == "JobProblem"
