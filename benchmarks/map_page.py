"""How long a person waits on the map, in headless Chromium with software rendering.

    python benchmarks/map_page.py                        # 100,000 and a million points
    python benchmarks/map_page.py --rows 300000 --repeats 7

Prints a line for each number of points, medians of the repeats in seconds:

- first picture: from asking for the page, with an empty browser cache, to the drawn map (the
  first visit after the server's start beside it)
- lasso: from letting go to the count of all rows inside, in the page
- recolour, search: from the click to the drawn map
- zoom: from the last notch of the wheel to the drawn map with its names and its sample redone
- browser: the largest heap of the page's scripts, in MB, after all that
"""

import argparse
import math
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SERVER = Path(__file__).parent / "map_app" / "server.py"
ARGUMENTS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-precise-memory-info",
]
MAP = ".textlode-map"
# Taken in the page itself, at every frame: what is measured is the page, not the asking.
STOPWATCH = """
for (const act of ["pointerup", "click", "wheel"])
  addEventListener(act, () => { window.acted = performance.now(); }, true);
new MutationObserver(() => { window.drawn = performance.now(); })
  .observe(document, { subtree: true, attributeFilter: ["data-drawings"] });
"""
SINCE = "performance.now() - (window.acted ?? 0)"
DRAWN_AFTER = (
    f"count => Number(document.querySelector('{MAP}')?.dataset.drawings ?? 0) > count && {SINCE}"
)
COUNTED = f"() => /event [1-9]\\d*: [1-9]\\d* rows/.test(document.body.innerText) && {SINCE}"
SETTLED = 1_500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    arguments = parser.parse_args()
    print("points | first picture (first visit) | lasso | recolour | search | zoom | browser MB")
    for rows in arguments.rows:
        with served() as url, opened(arguments.chromium) as browser:
            times = measure(browser, f"{url}/?rows={rows}", arguments.repeats)
        first, *later = times.pop("first picture")
        heap = max(times.pop("heap"))
        middle = [f"{statistics.median(values):.2f}" for values in times.values()]
        picture = f"{statistics.median(later or [first]):.2f} ({first:.2f})"
        print(f"{rows:,} | {picture} | {' | '.join(middle)} | {heap:.0f}", flush=True)


def measure(browser: Any, url: str, repeats: int) -> dict[str, list[float]]:
    """Visit the page again and again, each time with an empty cache, and use the map."""
    times: dict[str, list[float]] = {
        name: [] for name in ("first picture", "lasso", "recolour", "search", "zoom", "heap")
    }
    for _ in range(repeats):
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.add_init_script(STOPWATCH)
        start = time.perf_counter()
        page.goto(url)
        page.wait_for_function(DRAWN_AFTER, arg=0)
        times["first picture"].append(time.perf_counter() - start)
        page.wait_for_timeout(SETTLED)
        times["lasso"].append(lasso(page))
        recolour = page.get_by_text("Recolour").click
        times["recolour"].append(until_drawn(page, recolour))
        times["search"].append(until_drawn(page, page.get_by_text("Search").click))
        until_drawn(page, page.get_by_text("Search").click)
        times["zoom"].append(zoom(page))
        times["heap"].append(page.evaluate("() => performance.memory.usedJSHeapSize / 2 ** 20"))
        context.close()
    return times


def until_drawn(page: Any, act: Callable[[], Any]) -> float:
    """Return the seconds from acting to the next drawing, and let the page settle."""
    count = int(page.locator(MAP).get_attribute("data-drawings"))
    act()
    return seconds(page, DRAWN_AFTER, count)


def seconds(page: Any, condition: str, argument: Any = None) -> float:
    """Return the seconds from the last act to the condition."""
    taken = page.wait_for_function(condition, arg=argument).json_value() / 1000
    page.wait_for_timeout(SETTLED)
    return float(taken)


def lasso(page: Any) -> float:
    """Draw around the middle of the map and wait for the count."""
    box = page.locator(MAP).bounding_box()
    centre = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    turns = [2 * math.pi * step / 60 for step in range(61)]
    spots = [(centre[0] + 150 * math.cos(t), centre[1] + 150 * math.sin(t)) for t in turns]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot)
    page.mouse.up()
    return seconds(page, COUNTED)


def zoom(page: Any) -> float:
    """Turn the wheel by five notches over the middle of the map."""
    box = page.locator(MAP).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(5):
        page.mouse.wheel(0, -100)
    page.wait_for_timeout(2 * SETTLED)
    return float(page.evaluate("() => (window.drawn - window.acted) / 1000"))


@contextmanager
def opened(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def served(script: Path = SERVER, **environment: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.port", str(port), "--server.headless", "true"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    url = f"http://localhost:{port}"
    try:
        wait_for(f"{url}/_stcore/health")
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{url} did not answer within a minute")


if __name__ == "__main__":
    main()
