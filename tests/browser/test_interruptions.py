"""Servers that die in the middle of long work, and people who come back to it."""

import csv
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.jobs import Job, JobState, JobStore
from core.project import Project
from core.samples import FOLDER
from core.steps import find_model
from tests.browser.hand import SECOND, choose, fill, follow, press, unfold

PATIENCE = 100

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Any) -> Any:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    opened = context.new_page()
    opened.set_default_timeout(60 * SECOND)
    yield opened
    context.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def some_mails(folder: Path, every: int, characters: int = 250) -> Path:
    """The beginnings of some of the sample's mails as one file: minutes become seconds."""
    with (FOLDER / "mail" / "mail.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[::every]
    path = folder / "mails.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "text": row["text"][:characters]} for row in rows)
    return path


def test_a_killed_server_goes_on_where_it_was(
    page: Any, home: Path, start_app: Callable[[Path], Any]
) -> None:
    server = start_app(home)
    upload(page, server, some_mails(home, every=6))
    before = project_of(home)
    before.record("labelled", column="mine", rows=[3], label="kept")
    page.get_by_role("button", name="Make the map").click()
    job = in_the_middle(home, "Embedding texts")

    page.reload()
    page.get_by_test_id("stMain").get_by_text("Embedding texts").wait_for()
    assert [one.id for one in running(home)] == [job.id]

    workers = server.processes()
    server.kill()
    _, alive = psutil.wait_procs(workers, timeout=15)
    assert not alive, f"{len(alive)} processes outlived the server"
    assert JobStore(home / "jobs.sqlite").get(job.id).state == JobState.QUEUED

    again = start_app(home)
    page.goto(page.url.replace(server.url, again.url))
    page.get_by_role("progressbar").first.wait_for()
    assert [one.id for one in running(home)] == [job.id]
    ended = until_over(home, job.id)
    assert ended.state == JobState.DONE, ended.error
    page.goto(page.url.replace("/data", "/map"))
    page.locator(".js-plotly-plot").first.wait_for()
    after = project_of(home)
    assert after.row_count == before.row_count == 300
    assert after.state.labels["mine"] == {3: "kept"}
    assert "Traceback" not in again.log + page.inner_text("body")


def test_a_fine_tuning_outlives_its_worker_and_its_server(
    page: Any, home: Path, start_app: Callable[[Path], Any]
) -> None:
    server = start_app(home)
    upload(page, server, some_mails(home, every=45, characters=80))
    project_of(home).record("labelled", column="mine", rows=[3], label="kept")
    teach(page)
    first = in_the_middle(home, "Fine-tuning", saved)

    worker = worker_of(server, first)
    worker.kill()
    second = in_the_middle(home, "Fine-tuning", lambda job: job.started > first.started)
    assert second.id == first.id and second.stage_from > 0, "the new worker began anew"
    bar(page).wait_for()

    before = artifacts(home)
    server.kill()
    again = start_app(home)
    page.goto(page.url.replace(server.url, again.url))
    bar(page).wait_for()
    third = in_the_middle(home, "Fine-tuning", lambda job: job.started > second.started)
    assert third.id == first.id and third.stage_from >= second.stage_from
    press(page, "Stop and keep the best", page.get_by_text("test rows right"))
    ended = until_over(home, first.id)
    assert ended.state == JobState.DONE, ended.error

    after = project_of(home)
    training = find_model(after).report["training"]
    steps = [point["step"] for point in training["curve"]]
    assert steps == sorted(set(steps)) and steps[-1] == training["steps"] > second.stage_from
    assert after.row_count == 40 and after.state.labels["mine"] == {3: "kept"}
    assert before < artifacts(home), "what was there before the kill is still there"
    assert not list((after.folder / "scratch").glob("*"))
    assert "Traceback" not in again.log + page.inner_text("body")


def test_a_stopped_server_leaves_no_process(home: Path, start_app: Callable[[Path], Any]) -> None:
    server = start_app(home)
    until(lambda: len(server.processes()) >= 4, "the workers start")
    every = server.processes()
    os.kill(server.process.pid, signal.SIGTERM)
    server.process.wait(15)
    _, alive = psutil.wait_procs(every, timeout=15)
    assert not alive, [one.cmdline() for one in alive]
    assert "Traceback" not in server.log


def upload(page: Any, server: Any, path: Path) -> None:
    """Drop a file on the page Start and wait until it is read."""
    page.goto(server.url)
    page.locator("input[type=file]").set_input_files(str(path))
    page.get_by_text(re.compile(r"\d+ rows, \d+ columns")).wait_for()


def teach(page: Any) -> None:
    """Start a fine-tuning on the page Train."""
    follow(page, "Train")
    choose(page, "What to learn", "label")
    choose(page, "How", "Thorough")
    unfold(page, "Name and number of epochs")
    fill(page, "Passes over the rows (epochs)", "60")
    press(page, "Train", bar(page))


def bar(page: Any) -> Any:
    """The bar of a fine-tuning in the page itself."""
    return page.get_by_test_id("stMain").get_by_text(re.compile("Fine-tuning"))


def saved(job: Job) -> bool:
    """Whether a training has a checkpoint on disk to go on from."""
    return any(Path(job.project).rglob("scratch/*/state.json"))


def worker_of(server: Any, job: Job) -> psutil.Process:
    """Return the process that runs a job: the one that listens at its worker's address."""
    port = int(job.worker.rsplit(":", 1)[1])
    return next(
        process
        for process in server.processes()
        if any(
            c.status == psutil.CONN_LISTEN and c.laddr.port == port
            for c in process.net_connections("tcp")
        )
    )


def artifacts(home: Path) -> set[str]:
    store = project_of(home).artifacts
    return {key for kind in ("table", "vectors", "model") for key in store.keys(kind)}


def project_of(home: Path) -> Project:
    (folder,) = (home / "projects").glob("mails-*")
    return Project.open(folder)


def running(home: Path) -> list[Job]:
    return list(JobStore(home / "jobs.sqlite").alive())


def in_the_middle(home: Path, stage: str, also: Callable[[Job], bool] = lambda _: True) -> Job:
    """Wait until the only job is between the beginning and the end of a stage."""

    def found() -> list[Job]:
        return [
            job
            for job in running(home)
            if job.stage == stage and 0 < job.done < job.total and also(job)
        ]

    return until(found, f"{stage} is half done")[0]


def until_over(home: Path, job_id: str) -> Job:
    store = JobStore(home / "jobs.sqlite")
    until(lambda: store.get(job_id).is_over, "the job ends")
    return store.get(job_id)


def until(found: Callable[[], Any], what: str) -> Any:
    """Look until something is found, and return it."""
    deadline = time.monotonic() + PATIENCE
    while not (value := found()):
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE} s"
        time.sleep(0.05)
    return value
