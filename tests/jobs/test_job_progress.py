import time

import pytest

from core.errors import Cancelled
from core.jobs import Job, JobProgress, JobStore, Lane
from core.jobs.progress import SECONDS_BETWEEN_WRITES
from tests.jobs.waiting import wait_until


@pytest.fixture
def job(store: JobStore) -> Job:
    job = store.begin(store.create("embed", "/p", {}, "me", Lane.LONG).id)
    assert job is not None
    return job


def test_progress_is_written_when_the_work_ends_if_not_before(store: JobStore, job: Job) -> None:
    with JobProgress(store, job) as progress:
        progress(3, 10, "Reading")
        progress.detail(loss=[1.0, 0.5])
        progress.detail(accuracy=0.8)
    seen = store.get(job.id)
    assert (seen.stage, seen.done, seen.total) == ("Reading", 3, 10)
    assert seen.detail == {"loss": [1.0, 0.5], "accuracy": 0.8}


def test_a_stage_before_a_long_silence_is_shown(store: JobStore, job: Job) -> None:
    with JobProgress(store, job) as progress:
        progress(10, 10, "Reading")
        progress(0, 0, "Fitting")
        wait_until(lambda: store.get(job.id).stage == "Fitting", 5)


def test_many_calls_are_few_writes(store: JobStore, job: Job, monkeypatch) -> None:
    written = []
    report = store.report
    monkeypatch.setattr(
        store, "report", lambda job, news: (written.append(news), report(job, news))[1]
    )
    begun = time.monotonic()
    with JobProgress(store, job) as progress:
        for number in range(50_000):
            progress(number, 50_000, "Counting")
    turns = (time.monotonic() - begun) / SECONDS_BETWEEN_WRITES
    assert len(written) <= turns + 2
    assert store.get(job.id).done == 49_999


def test_a_new_stage_begins_its_own_rate(store: JobStore, job: Job) -> None:
    with JobProgress(store, job) as progress:
        progress(5, 10, "Reading")
        progress(400, 1000, "Embedding")
        progress(410, 1000)
    seen = store.get(job.id)
    assert (seen.stage, seen.stage_from, seen.done) == ("Embedding", 400, 410)


def test_a_wish_to_cancel_is_raised_by_every_call(store: JobStore, job: Job) -> None:
    with JobProgress(store, job) as progress:
        store.request_cancel(job.id)
        time.sleep(2 * SECONDS_BETWEEN_WRITES)
        for call in (lambda: progress(1, 2), lambda: progress.detail(a=1), progress.should_stop):
            with pytest.raises(Cancelled, match="cancelled"):
                call()


def test_a_wish_to_stop_early_is_told(store: JobStore, job: Job) -> None:
    with JobProgress(store, job) as progress:
        assert not progress.should_stop()
        store.request_stop_early(job.id)
        wait_until(progress.should_stop, 5)


def test_a_run_that_was_replaced_ends(store: JobStore, job: Job) -> None:
    with JobProgress(store, job) as progress:
        store.begin(job.id)
        time.sleep(2 * SECONDS_BETWEEN_WRITES)
        with pytest.raises(Cancelled):
            progress(1, 2)


def test_live_figures_are_those_of_the_moment_they_were_given(store: JobStore, job: Job) -> None:
    curve = [1.0]
    with JobProgress(store, job) as progress:
        progress.detail(curve=curve)
        curve.append(2.0)
    assert store.get(job.id).detail == {"curve": [1.0]}
