"""How long a person waits for the map of an existing project, and for fewer or more topics on it.

    textlode ingest texts.csv --project HOME/projects/large --text text
    textlode map --project HOME/projects/large
    python benchmarks/opening.py HOME large

Prints one line of JSON, in seconds: the server has run for a while, and each visit is that of a new
browser. The first visit after the server's start stands apart, as it reads the project.

- page: from asking for the address to the controls of the map
- picture: from asking to the drawn map
- fewer-more: from letting a key go on the slider to the redrawn map; the first pass over the counts
  names their topics, the second finds them named
- memory: resident MB of the server's processes, before and after
"""

import argparse
import json
import os
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

import psutil
from map_page import DRAWN_AFTER, MAP, ROOT, opened, seconds, served

# Streamlit takes a slider's value a moment after the last key.
STOPWATCH = 'addEventListener("keyup", () => { window.acted = performance.now(); }, true);'
STEPS = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("project")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    options = parser.parse_args()
    load = os.getloadavg()[0]
    home = {"TEXTLODE_HOME": str(options.home.resolve())}
    with served(ROOT / "app.py", **home) as url, opened(options.chromium) as browser:
        before = memory_of_server()
        visits = [visit(browser, f"{url}/map?project={options.project}", options.repeats)]
        visits += [
            visit(browser, f"{url}/map?project={options.project}") for _ in range(options.repeats)
        ]
        after = memory_of_server()
    first, *later = visits
    line = {"first visit": first, "load": round(load, 1), "memory": [before, after]}
    for name in ("page", "picture"):
        line[name] = middle([one[name] for one in later])
    print(json.dumps(line))


def visit(browser: Any, url: str, walks: int = 0) -> dict[str, Any]:
    """Open the map in a new browser window, and walk the slider up and back so many times."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(STOPWATCH)
    start = time.perf_counter()
    page.goto(url)
    slider = page.get_by_role("slider", name="Fewer - more topics")
    slider.wait_for()
    times: dict[str, Any] = {"page": round(time.perf_counter() - start, 2)}
    page.wait_for_function(DRAWN_AFTER, arg=0)
    times["picture"] = round(time.perf_counter() - start, 2)
    if walks:
        page.wait_for_timeout(3_000)
        times["fewer-more, new"] = middle([step(page, "ArrowLeft") for _ in range(STEPS)])
        times["fewer-more, known"] = middle([step(page, "ArrowRight") for _ in range(STEPS)])
    context.close()
    return times


def step(page: Any, key: str) -> float:
    """Press a key on the slider; return the seconds to the redrawn map."""
    count = int(page.locator(MAP).get_attribute("data-drawings"))
    # A redraw puts another slider in the place of this one.
    page.get_by_role("slider", name="Fewer - more topics").press(key)
    return seconds(page, DRAWN_AFTER, count)


def middle(values: list[float]) -> float:
    return round(statistics.median(values), 2)


def memory_of_server() -> int:
    """Return the resident MB of the server of this benchmark and of its workers."""
    mine = psutil.Process().children(recursive=True)
    python = [one for one in mine if "python" in one.name() and "driver" not in one.exe()]
    return round(sum(one.memory_info().rss for one in python) / 1e6)


if __name__ == "__main__":
    main()
