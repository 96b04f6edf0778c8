import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from core.errors import ColumnMissing, JobProblem, OutOfRoom
from core.jobs import Job, JobState, JobStore, Lane
from core.jobs.owner import Owner, put_back_interrupted, sweep
from core.jobs.store import MAX_ATTEMPTS, Report


def new(store: JobStore, n: int = 0, lane: Lane = Lane.LONG, step: str = "embed") -> Job:
    return store.create(step, "/p", {"n": n}, "me", lane)


def begun(store: JobStore, n: int = 0, owner: str = "someone") -> Job:
    new(store, n)
    store.claim(owner, Lane.LONG, 1)
    job = store.begin(store.list(limit=1)[0].id, "tcp://worker")
    assert job is not None
    return job


def test_a_new_job_is_queued_with_what_was_asked(store: JobStore) -> None:
    job = store.create("embed", "/p", {"b": [1, 2], "a": "é"}, "me")
    assert job == store.get(job.id)
    assert (job.state, job.lane, job.by) == (JobState.QUEUED, Lane.LONG, "me")
    assert job.settings == {"b": [1, 2], "a": "é"}
    assert job.attempts == 0
    assert time.time() - job.created < 5


def test_jobs_outlive_the_store_that_wrote_them(store: JobStore) -> None:
    job = new(store)
    assert JobStore(store.path).get(job.id) == job


def test_a_job_that_is_not_there_is_named(store: JobStore) -> None:
    with pytest.raises(JobProblem, match="There is no job abc"):
        store.get("abc")


def test_the_same_work_is_queued_once(store: JobStore) -> None:
    job = store.create("embed", "/p", {"a": 1, "b": 2}, "me")
    assert store.create("embed", "/p", {"b": 2, "a": 1}, "you").id == job.id
    assert store.create("embed", "/q", {"a": 1, "b": 2}, "me").id != job.id
    assert store.create("map", "/p", {"a": 1, "b": 2}, "me").id != job.id
    assert store.create("embed", "/p", {"a": 1, "b": 3}, "me").id != job.id


def test_the_same_work_may_be_asked_for_again_when_it_is_over_or_ends(store: JobStore) -> None:
    job = begun(store)
    store.request_cancel(job.id)
    again = new(store)
    assert again.id != job.id
    store.end(again.id, JobState.FAILED, JobProblem("No."))
    assert new(store).id not in (job.id, again.id)


def test_jobs_are_listed_newest_first_and_by_what_is_asked(store: JobStore) -> None:
    first, second = new(store, 1), new(store, 2, Lane.SHORT, "search")
    other = store.create("map", "/q", {}, "me")
    assert [job.id for job in store.list()] == [other.id, second.id, first.id]
    assert [job.id for job in store.list(limit=1)] == [other.id]
    assert [job.id for job in store.list("/p")] == [second.id, first.id]
    assert [job.id for job in store.list(steps=["map", "embed"])] == [other.id, first.id]
    assert [job.id for job in store.list("/p", lanes=[Lane.SHORT])] == [second.id]
    assert store.list("/nowhere") == ()


def test_jobs_are_claimed_in_order_by_one_owner_each(store: JobStore) -> None:
    jobs = [new(store, n) for n in range(3)]
    assert store.waiting(Lane.LONG)
    assert not store.waiting(Lane.SHORT)
    assert [job.id for job in store.claim("a", Lane.LONG, 2)] == [jobs[0].id, jobs[1].id]
    assert [job.id for job in store.claim("b", Lane.LONG, 2)] == [jobs[2].id]
    assert store.claim("a", Lane.SHORT, 2) == ()
    assert store.owners() == {"a", "b"}


def test_a_run_writes_how_far_it_is_and_how_it_ended(store: JobStore) -> None:
    job = begun(store)
    assert (job.state, job.attempts, job.worker) == (JobState.RUNNING, 1, "tcp://worker")
    wishes = store.report(job, Report("Reading", 5, 10, 99.0, 1, {"loss": [1.0]}))
    assert wishes is not None and not wishes.cancel and not wishes.stop_early
    seen = store.get(job.id)
    assert (seen.stage, seen.done, seen.total, seen.stage_from) == ("Reading", 5, 10, 1)
    assert seen.detail == {"loss": [1.0]}
    assert store.finish(job, JobState.DONE, result={"rows": np.int64(3), "share": np.float32(0.5)})
    assert store.get(job.id).result == {"rows": 3, "share": 0.5}
    assert store.get(job.id).state == JobState.DONE


def test_wishes_reach_the_run(store: JobStore) -> None:
    job = begun(store)
    store.request_stop_early(job.id)
    wishes = store.report(job, None)
    assert wishes is not None and wishes.stop_early and not wishes.cancel
    store.request_cancel(job.id)
    wishes = store.report(job, None)
    assert wishes is not None and wishes.cancel
    assert store.get(job.id).state == JobState.RUNNING


def test_a_queued_job_is_cancelled_at_once_and_never_begins(store: JobStore) -> None:
    job = new(store)
    assert store.request_cancel(job.id).state == JobState.CANCELLED
    assert store.begin(job.id) is None


def test_what_is_over_stays_as_it_ended(store: JobStore) -> None:
    job = begun(store)
    store.finish(job, JobState.DONE, result={})
    assert store.request_cancel(job.id) == store.get(job.id)
    store.end(job.id, JobState.FAILED, JobProblem("No."))
    assert store.get(job.id).state == JobState.DONE
    assert not store.get(job.id).cancel_requested


def test_a_run_that_was_replaced_can_write_no_more(store: JobStore) -> None:
    old = begun(store)
    new_run = store.begin(old.id)
    assert new_run is not None and new_run.attempts == 2
    assert store.report(old, Report("Late", 1, 1, 1.0, 0, {})) is None
    assert not store.finish(old, JobState.FAILED, error=JobProblem("Late."))
    seen = store.get(old.id)
    assert (seen.state, seen.stage) == (JobState.RUNNING, "")


def test_a_job_that_was_begun_too_often_fails_in_words(store: JobStore) -> None:
    job = begun(store)
    for _ in range(MAX_ATTEMPTS - 1):
        assert store.begin(job.id) is not None
    assert store.begin(job.id) is None
    assert "begun 3 times" in str(store.get(job.id).error_as_exception())
    assert store.get(job.id).state == JobState.FAILED


def test_a_cancelled_job_is_not_begun_again_by_another_worker(store: JobStore) -> None:
    job = begun(store)
    store.request_cancel(job.id)
    assert store.begin(job.id) is None
    assert store.get(job.id).state == JobState.CANCELLED


def test_an_interrupted_job_is_queued_again_and_its_attempt_counts(store: JobStore) -> None:
    job = begun(store)
    put_back = store.put_back("someone")
    assert [(again.id, again.state, again.attempts) for again in put_back] == [
        (job.id, JobState.QUEUED, 1)
    ]
    assert [again.id for again in store.claim("another", Lane.LONG, 9)] == [job.id]


def test_an_orderly_stop_is_no_attempt(store: JobStore) -> None:
    job = begun(store)
    store.put_back("someone", interrupted=False)
    assert store.get(job.id).attempts == 0


def test_an_interrupted_job_gives_up_after_its_last_attempt(store: JobStore) -> None:
    job = begun(store)
    store.begin(job.id)
    store.begin(job.id)
    assert store.put_back("someone") == ()
    assert "begun 3 times" in str(store.get(job.id).error_as_exception())


def test_an_interrupted_job_that_was_to_be_cancelled_is_cancelled(store: JobStore) -> None:
    job = begun(store)
    store.request_cancel(job.id)
    assert store.put_back("someone") == ()
    assert store.get(job.id).state == JobState.CANCELLED


def test_one_job_of_an_owner_can_be_put_back_alone(store: JobStore) -> None:
    first, second = begun(store, 1), begun(store, 2)
    assert [job.id for job in store.put_back("someone", job_id=second.id)] == [second.id]
    assert store.get(first.id).state == JobState.RUNNING


def test_only_the_jobs_of_the_dead_are_put_back(store: JobStore) -> None:
    living = Owner.register(store.path.parent)
    mine = begun(store, 1, living.name)
    theirs = begun(store, 2, "1234-dead")
    assert [job.id for job in put_back_interrupted(store)] == [theirs.id]
    assert store.get(mine.id).state == JobState.RUNNING
    living.remove()
    assert [job.id for job in put_back_interrupted(store)] == [mine.id]


def test_folders_of_dead_owners_are_swept_away(tmp_path: Path, monkeypatch) -> None:
    living, dead = Owner.register(tmp_path), Owner.register(tmp_path)
    dead.lock.release()
    sweep(tmp_path)
    assert dead.folder.exists()  # it may be one that is only just being set up
    monkeypatch.setattr("core.jobs.owner.SECONDS_TO_SET_UP", -1)
    sweep(tmp_path)
    assert living.folder.exists() and not dead.folder.exists()
    living.remove()
    assert not living.folder.exists()


def test_old_short_jobs_are_forgotten_and_long_ones_kept(store: JobStore, monkeypatch) -> None:
    monkeypatch.setattr("core.jobs.store.SECONDS_SHORT_JOBS_ARE_KEPT", -1)
    long, short, waiting = new(store, 1), new(store, 2, Lane.SHORT), new(store, 3, Lane.SHORT)
    for job in (long, short):
        store.end(job.id, JobState.DONE)
    store.prune()
    assert [job.id for job in store.list()] == [waiting.id, long.id]
    monkeypatch.setattr("core.jobs.store.LONG_JOBS_KEPT", 0)
    store.prune()
    assert [job.id for job in store.list()] == [waiting.id]


def test_errors_survive_with_their_values(store: JobStore) -> None:
    job = begun(store)
    store.finish(
        job,
        JobState.FAILED,
        error=ColumnMissing("No {column} in {file}.", column="ü", file=Path("/a")),
    )
    error = store.get(job.id).error_as_exception()
    assert isinstance(error, ColumnMissing)
    assert str(error) == "No ü in /a."


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    path.write_bytes(b"This is a letter to a friend." * 100)
    with pytest.raises(JobProblem, match=r"jobs\.sqlite cannot be read .* Move the file away"):
        JobStore(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(
        JobProblem, match=r"cannot hold job records .* Choose another TEXTLODE_HOME"
    ):
        JobStore(tmp_path / "file" / "jobs.sqlite")


def test_records_of_a_newer_version_are_refused(store: JobStore) -> None:
    store._connection.execute("PRAGMA user_version = 7")
    with pytest.raises(
        JobProblem, match=r"newer version of Textlode .format 7, this one reads up to 1"
    ):
        JobStore(store.path)


def test_a_full_disk_is_said_and_loses_nothing(store: JobStore) -> None:
    job = new(store)
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutOfRoom, match="is full"):
        store.create("embed", "/p", {"long": "x" * 100_000}, "me")
    assert store.list() == (job,)


def test_records_that_another_program_holds_are_said_to_be_in_use(store, monkeypatch) -> None:
    monkeypatch.setattr("core.jobs.database.SECONDS_TO_WAIT_FOR_A_LOCK", 0.1)
    other = JobStore(store.path)
    with store._transaction(), pytest.raises(JobProblem, match="in use by another program"):
        new(other)


def test_threads_share_one_store(store: JobStore) -> None:
    threads = [threading.Thread(target=new, args=(store, n)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {job.settings["n"] for job in store.list()} == set(range(20))


WRITER = """
import sys
from pathlib import Path
from core.jobs.record import Lane
from core.jobs.store import JobStore

name, path = sys.argv[1:]
sys.stdin.readline()
store = JobStore(Path(path))
for n in range(100):
    store.create("embed", "/" + name, {"n": n}, name)
    for job in store.claim(name, Lane.LONG, 1):
        assert store.begin(job.id) is not None
"""


def test_processes_write_at_once_and_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, name, str(path)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        for name in ("a", "b", "c")
    ]
    for writer in writers:
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    errors = [writer.communicate(timeout=60)[1].decode() for writer in writers]
    assert errors == ["", "", ""]
    jobs = JobStore(path).list(limit=1000)
    assert len(jobs) == 300
    assert all(job.attempts == 1 and job.owner in "abc" for job in jobs)
