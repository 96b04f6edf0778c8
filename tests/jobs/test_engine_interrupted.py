"""The end of a server, in good order or by kill -9: its workers end, its jobs go on elsewhere."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core.jobs import Engine, JobState, JobStore
from core.jobs.owner import put_back_interrupted
from core.settings import Settings
from tests.jobs.small_steps import RUNNER
from tests.jobs.waiting import wait_until

# Without a guard for imports, as the script of a page has none.
SERVER = """
import signal, sys, time
from pathlib import Path
# A test run that a shell put into the background is born deaf to Ctrl-C, and so is its child.
signal.signal(signal.SIGINT, signal.default_int_handler)
from core.jobs import Engine
from core.settings import Settings

home = Path(sys.argv[1])
with (home / "started").open("a") as file:
    file.write("once\\n")
engine = Engine.start(Settings(home=home, warm_up=False), "tests.jobs.small_steps:run_step")
engine.submit("count", str(home / "project"), {"n": 30, "pause": 0.1}, "me")
engine.submit("say", str(home / "project"), {"word": "next"}, "me")
time.sleep(100)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_work_outlives_its_server(tmp_path: Path, end: signal.Signals) -> None:
    project = tmp_path / "project"
    project.mkdir()
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    server = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    blocks = project / "blocks.jsonl"
    wait_until(lambda: blocks.exists() and len(blocks.read_text().splitlines()) > 5, 30)
    store = JobStore(tmp_path / "jobs.sqlite")
    assert put_back_interrupted(store) == ()  # its server lives

    children = psutil.Process(server.pid).children(recursive=True)
    assert len(children) >= 3
    server.send_signal(end)
    server.wait(10)
    assert psutil.wait_procs(children, timeout=5)[1] == []
    assert (tmp_path / "started").read_text() == "once\n"
    finished = len(blocks.read_text().splitlines())

    engine = Engine.start(Settings(home=tmp_path, warm_up=False), RUNNER)
    try:
        engine.resume_interrupted()
        said, job = (engine.wait(job.id, 30) for job in store.list())
    finally:
        engine.close()
    assert job.state == JobState.DONE
    assert job.result is not None
    assert finished - 1 <= job.result["from"] <= finished + 1
    assert job.result["counted"] == 30
    assert job.attempts == 1  # the dispatcher gave it back in good order
    assert said.state == JobState.DONE
    assert list((tmp_path / "engines").iterdir()) == []
