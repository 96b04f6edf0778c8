"""`textlode serve`: a server that answers, and that ends with all its processes when asked."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

PATIENCE = 60


@dataclass(frozen=True)
class Served:
    """A running `textlode serve`: its process, its port and what it says."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def answers(self) -> bool:
        try:
            address = f"http://127.0.0.1:{self.port}/_stcore/health"
            with urllib.request.urlopen(address, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = tmp_path / "served.log"
    library = {"PYTHONPATH": str(Path(__file__).parents[2])}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.cli", "serve", "--port", str(port)],
            cwd=tmp_path,
            env=os.environ | library | {"TEXTLODE_HOME": "home", "TEXTLODE_WARM_UP": "0"},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    yield Served(process, port, log)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_asked_to_stop(served: Served, asked: signal.Signals) -> None:
    deadline = time.monotonic() + PATIENCE
    while not served.answers():
        assert served.process.poll() is None and time.monotonic() < deadline, said(served)
        time.sleep(0.1)
    assert "Network URL" not in said(served), "only this machine is served"
    assert (served.log.parent / "home").is_dir()
    processes = psutil.Process(served.process.pid).children(recursive=True)
    assert processes, "the server is a process of its own"
    served.process.send_signal(asked)
    assert served.process.wait(PATIENCE) == 0, said(served)
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert not alive, [one.cmdline() for one in alive]
    assert not served.answers()
    assert "Traceback" not in said(served)


def said(served: Served) -> str:
    return served.log.read_text("utf-8", "replace")
