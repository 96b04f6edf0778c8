import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from core.jobs import Engine, Lane
from core.jobs.cluster import Cluster, find_gpus, worker_plan
from core.settings import Settings
from tests.jobs.small_steps import RUNNER
from tests.jobs.waiting import wait_until


def test_without_gpus_or_with_one_there_is_a_worker_for_each_lane() -> None:
    for gpus in ([], ["0"]):
        assert worker_plan(gpus) == [(str(lane), lane, {}) for lane in Lane]


def test_each_of_several_gpus_has_a_long_worker() -> None:
    plan = worker_plan(["0", "3"])
    assert [(lane, env["CUDA_VISIBLE_DEVICES"]) for _, lane, env in plan] == [
        (Lane.LONG, "0"),
        (Lane.LONG, "3"),
        (Lane.MEDIUM, "3"),
        (Lane.SHORT, "3"),
    ]
    assert len({name for name, _, _ in plan}) == 4


@pytest.mark.parametrize(
    ("threads", "busy", "room"),
    [
        (0, {}, (0, 0, 0)),
        (1, {}, (1, 1, 1)),
        (1, {Lane.LONG: 1}, (0, 0, 1)),
        (2, {}, (1, 1, 2)),
        (2, {Lane.MEDIUM: 1}, (0, 0, 2)),
        (4, {}, (2, 3, 4)),
        (4, {Lane.LONG: 2}, (0, 1, 4)),
        (4, {Lane.LONG: 2, Lane.MEDIUM: 1, Lane.SHORT: 4}, (0, 0, 0)),
    ],
)
def test_without_lanes_slower_work_leaves_threads_free(threads, busy, room) -> None:
    cluster = Cluster(Scheduled({"nthreads": threads, "resources": {}}), own=0)
    assert tuple(cluster.room(lane, Counter(busy)) for lane in Lane) == room


def test_a_lane_that_is_not_offered_shares_a_slower_one() -> None:
    workers = [{"nthreads": 1, "resources": {name: 1.0}} for name in ("long", "long", "short")]
    cluster = Cluster(Scheduled(*workers), own=0)
    busy = Counter({Lane.LONG: 1, Lane.MEDIUM: 1})
    assert [cluster.room(lane, busy) for lane in Lane] == [0, 0, 1]


class Scheduled:
    """What a client of Dask says of some workers."""

    def __init__(self, *workers: dict[str, object]) -> None:
        self.scheduler = self
        self.identity = None
        self._workers = dict(enumerate(workers))

    def sync(self, _: object, n_workers: int) -> dict[str, object]:
        return {"workers": self._workers}


@pytest.mark.parametrize(
    ("device", "visible", "found"),
    [
        ("auto", "1,2", ["1", "2"]),
        ("cuda", "1", ["1"]),
        ("auto", "", []),
        ("auto", "-1", []),
        ("cpu", "1,2", []),
        ("mps", "1,2", []),
    ],
)
def test_gpus_are_those_that_may_be_used(device, visible, found, monkeypatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert find_gpus(device) == found


def test_gpus_are_asked_of_the_driver(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_gpus("auto") == []
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 0; echo 1\n")
    program.chmod(0o755)
    assert find_gpus("auto") == ["0", "1"]
    program.write_text("#!/bin/sh\necho no driver; exit 9\n")
    assert find_gpus("auto") == []


def test_long_work_is_nicer_than_short_work_and_both_may_use_all_cores(
    engine: Engine, project: Path
) -> None:
    long = engine.wait(engine.submit("surroundings", str(project), {}, "me").id, 30).result
    short = engine.run_short("surroundings", str(project), {"lane": "short"})
    assert long is not None
    assert long["nice"] > short["nice"]
    assert long["threads"] == short["threads"] == str(psutil.cpu_count())


@pytest.mark.slow
def test_workers_warm_up_beside_the_first_job(tmp_path: Path, project: Path) -> None:
    engine = Engine.start(Settings(home=tmp_path), RUNNER)
    try:
        begun = time.monotonic()
        engine.run_short("surroundings", str(project), {})
        assert time.monotonic() - begun < 15
        wait_until(
            lambda: engine.run_short("surroundings", str(project), {"at": time.time()})["warm"], 60
        )
        log = tmp_path / "logs" / "jobs.log"
        assert "Traceback" not in log.read_text()
    finally:
        engine.close()


def test_the_jobs_package_opens_without_the_heavy_libraries() -> None:
    program = (
        "import sys, core.jobs; print(sorted({'distributed','dask','torch'} & set(sys.modules)))"
    )
    answer = subprocess.check_output(
        [sys.executable, "-c", program], text=True, cwd=Path(__file__).parents[2]
    )
    assert answer == "[]\n"


def test_short_work_warms_up_without_what_only_long_work_needs() -> None:
    program = (
        "import sys; from core.jobs.preload import _warm_up; _warm_up('short');"
        "print(sorted({'core.steps', 'torch', 'sentence_transformers'} & set(sys.modules)))"
    )
    answer = subprocess.check_output(
        [sys.executable, "-c", program], text=True, cwd=Path(__file__).parents[2]
    )
    assert answer == "['core.steps', 'torch']\n"
