"""A million clean rows: seconds and peak memory of reading, beside pandas; and of the profile.

    python benchmarks/reader_speed.py --rows 1000000

Each reader runs in a process of its own, three times; the median counts.
"""

import argparse
import csv
import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = {
    "textlode": "from core.data import read_table; read_table({path!r})",
    "pandas": "import pandas; pandas.read_csv({path!r}, dtype=str, keep_default_na=False)",
    "pandas, types guessed": "import pandas; pandas.read_csv({path!r})",
    "textlode, first 50 rows": "from core.data import preview_table; preview_table({path!r})",
    "textlode, profile": (
        "from core.data import profile_table, read_table\n"
        "table = read_table({path!r}).table\n"
        "start = time.perf_counter()\n"
        "profile_table(table)"
    ),
}
MEASURE = """
import json, resource, time
import {module}
start = time.perf_counter()
{run}
seconds = time.perf_counter() - start
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def write_clean(path: Path, rows: int) -> None:
    rng = random.Random(3)
    words = [f"word{n}" for n in range(3000)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "date", "text", "label", "amount"])
        for number in range(rows):
            text = " ".join(rng.choices(words, k=12))
            day = f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
            label = rng.choice(["good", "bad", "neutral"])
            writer.writerow([number, day, f"{text}, and so on", label, f"{rng.random() * 99:.2f}"])


def measure(name: str, path: Path) -> tuple[float, float]:
    module = "pandas" if name.startswith("pandas") else "core.data"
    code = MEASURE.format(module=module, run=RUNS[name].format(path=str(path)))
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clean.csv"
        write_clean(path, options.rows)
        print(f"{options.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
        for name in RUNS:
            runs = [measure(name, path) for _ in range(options.times)]
            seconds = statistics.median(run[0] for run in runs)
            memory = statistics.median(run[1] for run in runs)
            print(f"{name:26}{seconds:8.2f} s{memory:8.0f} MB", flush=True)


if __name__ == "__main__":
    main()
