"""A million texts: seconds and peak memory of the profile and of the findings of the Data page.

Seconds of the processor (of all threads) tell more than those of the clock on a busy machine.

    python -m benchmarks.data_page --rows 1000000

The texts have what real exports have: repetitions, near repetitions, markup, signatures, gaps.
Each run has a process of its own; the median of three counts.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

RUNS = {
    "profile": "from core.data import profile_table; profile_table(table)",
    "findings": "from core.data import check_texts; check_texts(table.column('text'))",
}
MEASURE = """
import json, resource, time
import core.data, pyarrow.parquet
table = pyarrow.parquet.read_table({path!r})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
start, busy = time.perf_counter(), time.process_time()
{run}
seconds, busy = time.perf_counter() - start, time.process_time() - busy
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([seconds, busy, before, peak]))
"""
SIGNATURE = "\n--\nThis e-mail is confidential and meant for its addressee alone.\nACME Ltd, Dublin"


def make_texts(rows: int, seed: int = 3) -> list[str]:
    """Texts of 8 to 60 words; of a hundred, 10 come again, 5 nearly, 5 have HTML, 10 a footer."""
    rng = random.Random(seed)
    words = [f"{a}{b}{c}" for a in "bdfglmnprst" for b in ("an", "el", "or", "ust") for c in (
        "er", "ing", "ed", "o", "ity", "al", "y", "ful")]  # fmt: skip
    texts: list[str] = []
    for number in range(rows):
        kind = rng.random()
        if kind < 0.15 and texts:
            text = texts[rng.randrange(len(texts))]
            texts.append(text if kind < 0.1 else f"Update: {text}, number {number}")
            continue
        text = " ".join(rng.choices(words, k=rng.randint(8, 60)))
        if kind < 0.2:
            text = f"<p>{text}</p><br>Tom &amp; Co."
        elif kind < 0.3:
            text += SIGNATURE
        elif kind < 0.31:
            text = ""
        texts.append(text)
    return texts


def write_table(path: Path, rows: int) -> None:
    rng = random.Random(4)
    table = pa.table(
        {
            "id": [str(number) for number in range(rows)],
            "date": [f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(rows)],
            "text": make_texts(rows),
            "label": rng.choices(["good", "bad", "neutral"], k=rows),
            "amount": [f"{rng.random() * 99:.2f}" for _ in range(rows)],
        }
    )
    pq.write_table(table, path, compression="zstd")


def measure(name: str, path: Path) -> list[float]:
    code = MEASURE.format(run=RUNS[name], path=str(path))
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return [float(value) for value in json.loads(done.stdout)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        write_table(path, options.rows)
        for name in RUNS:
            runs = [measure(name, path) for _ in range(options.times)]
            figures = (statistics.median(run[i] for run in runs) for i in range(4))
            seconds, busy, before, peak = figures
            print(
                f"{options.rows:,} rows, {name:9}{seconds:7.2f} s, {busy:7.2f} s of the processor, "
                f"peak {peak:,.0f} MB ({before:,.0f} MB with the table alone)",
                flush=True,
            )


if __name__ == "__main__":
    main()
