"""A million clean rows: seconds and peak memory of reading, beside pandas; and of the profile.

    python benchmarks/reader_speed.py --rows 1000000
    python benchmarks/reader_speed.py --rows 3400000 --ragged 5 --times 1 \
        --only textlode "textlode, all with care"

`--ragged` puts odd rows into the file: too long, too short, a quote that never closes.
Each reader runs in a process of its own, in turns, so that other work on the machine falls on all;
the median counts. CPU seconds are those of all threads. Imports of the reader are not counted.
"""

import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = {
    "textlode": "from core.data import read_table; read_table({path!r})",
    "textlode, all with care": (
        "from core.data import delimited, read_table\n"
        "delimited.suits_pieces = lambda plan: False\n"
        "read_table({path!r})"
    ),
    "pandas, types guessed": "pandas.read_csv({path!r})",
    "pandas, str": "pandas.read_csv({path!r}, dtype=str, keep_default_na=False)",
    "pandas, str, pyarrow": (
        "pandas.read_csv({path!r}, dtype=str, keep_default_na=False, engine='pyarrow')"
    ),
    "textlode, first 50 rows": "from core.data import preview_table; preview_table({path!r})",
    "textlode, profile": (
        "from core.data import profile_table, read_table\n"
        "table = read_table({path!r}).table\n"
        "start, busy = time.perf_counter(), time.process_time()\n"
        "profile_table(table)"
    ),
}
MEASURE = """
import json, resource, time
import {module}
start, busy = time.perf_counter(), time.process_time()
{run}
seconds, busy = time.perf_counter() - start, time.process_time() - busy
print(json.dumps([seconds, busy, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


ODD_ROWS = (
    ["7", "2024-01-01", "one cell too many", "good", "1.00", "more"],
    ["7", "2024-01-01", "too few cells"],
    ["7", "2024-01-01", '"never closed', "good", "1.00"],
    ["7", "2024-01-01", 'a 5" wide box', "good", "1.00"],
)


def write_table(path: Path, rows: int, ragged: int) -> None:
    """Write a table of clean rows, and some that are not, at equal distances from each other."""
    rng = random.Random(3)
    words = [f"word{n}" for n in range(3000)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "date", "text", "label", "amount"])
        for number in range(rows):
            if ragged and number % (rows // (ragged + 1)) == rows // (ragged + 1) // 2 and number:
                file.write(",".join(ODD_ROWS[number // (rows // (ragged + 1)) % 4]) + "\n")
            text = " ".join(rng.choices(words, k=12))
            day = f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
            label = rng.choice(["good", "bad", "neutral"])
            writer.writerow([number, day, f"{text}, and so on", label, f"{rng.random() * 99:.2f}"])


def measure(name: str, path: Path) -> tuple[float, float, float]:
    """Return seconds, CPU seconds and the peak of memory in MB."""
    # pyarrow imports pandas when it first makes a scalar, which the app has done before.
    module = "pandas" if name.startswith("pandas") else "core.data, pandas"
    code = MEASURE.format(module=module, run=RUNS[name].format(path=str(path)))
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    seconds, busy, megabytes = json.loads(done.stdout)
    return seconds, busy, megabytes


def main() -> None:
    usual = [name for name in RUNS if not name.endswith("with care")]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--ragged", type=int, default=0)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=list(RUNS), default=usual)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        write_table(path, options.rows, options.ragged)
        print(f"{options.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
        path.read_bytes()  # into the system's cache, for the first as for the last
        turns = [{name: measure(name, path) for name in options.only} for _ in range(options.times)]
        print(f"{'':26}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}   load {os.getloadavg()[0]:.0f}")
        for name in options.only:
            medians = [statistics.median(turn[name][place] for turn in turns) for place in range(3)]
            print(f"{name:26}{medians[0]:9.2f}{medians[1]:9.2f}{medians[2]:9.0f}", flush=True)


if __name__ == "__main__":
    main()
