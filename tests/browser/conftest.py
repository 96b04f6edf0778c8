"""A real browser and real servers for the journeys that need them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("TEXTLODE_CHROMIUM") or shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    # WebGL without a graphics card.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a test of the browser once more when it fails: a loaded machine loses a click at times.

    The report counts what was tried again; what fails twice is broken.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium, headless; the tests are skipped where there is none."""
    if not CHROMIUM:
        pytest.skip("no chromium on the path, and TEXTLODE_CHROMIUM names none")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        yield opened
        opened.close()


@dataclass(frozen=True)
class Server:
    """A running server: its process, its home and its address."""

    process: "subprocess.Popen[bytes]"
    home: Path
    url: str

    @property
    def log(self) -> str:
        """What the server has written so far."""
        return (self.home / "server.log").read_text("utf-8", "replace")

    def processes(self) -> list[psutil.Process]:
        """Return the server's process and all below it: the dispatcher and the workers."""
        server = psutil.Process(self.process.pid)
        return [server, *server.children(recursive=True)]

    def kill(self) -> None:
        """End the server's own process as a crash does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ask the server to end, and see to it that it does."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], str]]:
    """A function that runs a Streamlit script, once a session, and returns its address.

    Each server has a home of its own and all its processes end with the session.
    """
    servers: dict[Path, Server] = {}

    def start(script: Path) -> str:
        if script not in servers:
            servers[script] = start_server(script, tmp_path_factory.mktemp("home"))
        return servers[script].url

    yield start
    for server in servers.values():
        server.stop()
    for server in servers.values():
        assert "most recent call" not in server.log, "the server wrote a traceback into its log"


@pytest.fixture(scope="module")
def start_app() -> Iterator[Callable[[Path], Server]]:
    """A function that starts the app on a home, a new one or one that a server left behind."""
    servers: list[Server] = []

    def start(home: Path) -> Server:
        servers.append(start_server(ROOT / "app.py", home, {"TEXTLODE_WARM_UP": "0"}))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def start_server(script: Path, home: Path, environment: Mapping[str, str] | None = None) -> Server:
    port = _free_port()
    log = home / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    options = ["--server.port", str(port), "--server.headless", "true"]
    quiet = ["--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    settings = {"TEXTLODE_HOME": str(home), "PYTHONPATH": str(ROOT), **(environment or {})}
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*command, *options, *quiet],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    while not _healthy(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{script} did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.1)
    return Server(process, home, url)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
