"""A large upload in the browser: seconds from its arrival until its first rows are seen.

    python -m benchmarks.reader_page FILE... [--times N]

Serves the app from this folder, drops each file on the page Start of a fresh server, and waits for
the answer to its last slice, then for the table of first rows. Needs Chromium, as the browser
tests do.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.browser.conftest import ARGUMENTS, CHROMIUM, ROOT, start_server

MINUTES = 60_000
WARM_UP = 20


def measure(page: Any, url: str, file: Path) -> tuple[float, float]:
    """Return the seconds of the upload, and from its end to the first rows."""
    page.goto(url)
    page.locator("input[type=file]").wait_for(state="attached")
    ended: list[float] = []
    page.on(
        "requestfinished",
        lambda request: ended.append(time.monotonic()) if request.method == "PUT" else None,
    )
    begun = time.monotonic()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_test_id("stMain").locator('[data-testid="stDataFrame"] canvas').first.wait_for()
    seen = time.monotonic()
    return ended[-1] - begun, seen - ended[-1]


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for file in options.files:
            runs = []
            for number in range(options.times):
                home = Path(folder) / f"{file.name}-{number}"
                home.mkdir()
                server = start_server(ROOT / "app.py", home)
                time.sleep(WARM_UP)
                page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="en-US")
                page.set_default_timeout(5 * MINUTES)
                runs.append(measure(page, server.url, file))
                page.close()
                server.stop()
            upload, first = (statistics.median(run[place] for run in runs) for place in range(2))
            size = file.stat().st_size / 1e6
            slowest = max(run[1] for run in runs)
            print(
                f"{file.name}, {size:.0f} MB: upload {upload:.1f} s, first rows {first:.2f} s "
                f"after it (slowest {slowest:.2f}); load {os.getloadavg()[0]:.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
