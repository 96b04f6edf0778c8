"""A training killed by the system, in the middle of writing its state."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.learn import FineTuneSettings, Precision, fine_tune, split_rows, train_probe

CHILD = """
import json, os, signal, sys
import numpy as np
from pathlib import Path
from core.learn import FineTuneSettings, Precision, fine_tune, split_rows, train_probe

case = json.loads(Path(sys.argv[1]).read_text())
written, fsync = 0, os.fsync

def dying_fsync(number):
    global written
    written += 1
    if written == case["die_at"]:
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(number)

os.fsync = dying_fsync
vectors = np.load(case["vectors"])
split = split_rows(case["labels"], range(len(case["texts"])))
probe = train_probe(vectors[split.train], [case["labels"][row] for row in split.train])
settings = FineTuneSettings(**{**case["settings"], "precision": Precision.FLOAT32})
fine_tune(case["texts"], case["labels"], split, case["folder"], probe, settings=settings,
          scratch=Path(case["scratch"]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("die_at", [5, 6, 7])
def test_killed_while_saving_it_goes_on_to_the_same_model(
    tiny_folder: Path,
    tiny_texts: tuple[list[str], list[str]],
    tiny_vectors: np.ndarray,
    tmp_path: Path,
    die_at: int,
) -> None:
    texts, labels = tiny_texts
    settings = {"epochs": 3, "learning_rate": 3e-3, "batch_rows": 16, "device": "cpu"}
    scratch = tmp_path / "scratch"
    np.save(tmp_path / "vectors.npy", tiny_vectors)
    case = {
        "texts": texts,
        "labels": labels,
        "vectors": str(tmp_path / "vectors.npy"),
        "folder": str(tiny_folder),
        "scratch": str(scratch),
        "settings": {**settings, "checkpoint_seconds": 0.0},
        "die_at": die_at,
    }
    (tmp_path / "case.json").write_text(json.dumps(case))
    root = Path(__file__).resolve().parents[2]
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path / "case.json")], cwd=root, check=False
    )
    assert child.returncode == -9
    assert (scratch / "state.json").is_file()
    split = split_rows(labels, range(len(texts)))
    probe = train_probe(tiny_vectors[split.train], [labels[row] for row in split.train])
    chosen = FineTuneSettings(**settings, precision=Precision.FLOAT32)

    def tune(folder: Path | None) -> dict[str, np.ndarray]:
        tuned = fine_tune(texts, labels, split, tiny_folder, probe, settings=chosen, scratch=folder)
        assert folder is None or tuned.steps > json.loads(saved)["figures"]["step"] > 0
        return {n: p.detach().numpy() for n, p in tuned.network.model.named_parameters()}

    saved = (scratch / "state.json").read_text()
    resumed, whole = tune(scratch), tune(None)
    for name, value in whole.items():
        np.testing.assert_allclose(resumed[name], value, atol=1e-6)
