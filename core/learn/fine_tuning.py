"""All layers of a pretrained network bent to the analyst's labels, starting from the probe."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.i18n import N_
from core.learn.checkpoint import Checkpoints
from core.learn.fine_tuned import FineTuned, FineTuneSettings
from core.learn.logits import encode_labels
from core.learn.network import TextNetwork, Tokens
from core.learn.probe import Probe
from core.learn.split import Split
from core.learn.training_loop import TrainingLoop
from core.progress import SILENT, Progress


def fine_tune(
    texts: Sequence[str],
    labels: Sequence[str],
    split: Split,
    model_folder: Path | str,
    probe: Probe,
    *,
    settings: FineTuneSettings | None = None,
    progress: Progress = SILENT,
    scratch: Path | None = None,
) -> FineTuned:
    """Train all layers on the split's training rows and keep the best by its validation rows.

    AdamW with linear warm-up and decay and lower rates for lower layers (Howard and Ruder 2018),
    from the probe as head (Kumar et al. 2022). With `scratch` the state is saved there after epochs
    and at least every `checkpoint_seconds`, and a training found there goes on to the same result.
    The test rows are not touched.
    """
    chosen = settings or FineTuneSettings()
    codes = _check_rows(texts, labels, split, probe)
    network = TextNetwork.from_probe(model_folder, probe, chosen.device, chosen.precision)
    rows = np.concatenate([split.train, split.validation])
    tokens = network.tokenize([texts[row] for row in rows], progress)
    checkpoints = None
    if scratch is not None:
        mark = _fingerprint(
            tokens,
            codes[rows],
            len(split.train),
            probe=probe,
            model_folder=model_folder,
            settings=chosen,
        )
        checkpoints = Checkpoints(scratch, mark)
    loop = TrainingLoop(
        network, tokens, codes[rows], len(split.train), settings=chosen, progress=progress
    )
    loop.resume(checkpoints)
    ended = loop.run()
    return loop.finish(probe.classes, ended)


def _check_rows(
    texts: Sequence[str], labels: Sequence[str], split: Split, probe: Probe
) -> npt.NDArray[np.int64]:
    if len(texts) != len(labels):
        raise InputError(
            N_("There are {labels} labels for {rows} rows. Give one label for each row."),
            labels=len(labels),
            rows=len(texts),
        )
    if not len(split.train) or not len(split.validation):
        raise InputError(
            N_(
                "{train} rows to train on and {validation} to validate with. Fine-tuning needs "
                "both: label more rows, or use the quick model."
            ),
            train=len(split.train),
            validation=len(split.validation),
        )
    codes = encode_labels(labels, probe.classes)
    used = np.concatenate([split.train, split.validation])
    if (codes[used] < 0).any():
        raise InputError(
            N_(
                "{rows} rows have a label that the quick model does not know. Train both on the "
                "same labels."
            ),
            rows=int((codes[used] < 0).sum()),
        )
    return codes


def _fingerprint(
    tokens: Tokens,
    codes: npt.NDArray[np.int64],
    train_rows: int,
    *,
    probe: Probe,
    model_folder: Path | str,
    settings: FineTuneSettings,
) -> str:
    """Return a hash of all that decides the result, so that no other training takes it up."""
    digest = hashlib.sha256()
    what = {**asdict(settings), "checkpoint_seconds": None}
    digest.update(json.dumps([what, train_rows, str(model_folder), probe.classes]).encode())
    for array in (probe.weights, probe.bias, codes, tokens.lengths):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(np.concatenate([np.asarray(ids) for ids in tokens.ids]).astype("<i4").tobytes())
    return digest.hexdigest()
