"""Scores of classes and what follows from them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]


def encode_labels(labels: Sequence[str], classes: Sequence[str]) -> Codes:
    """Return each label's place in `classes`; -1 for a label that is not there."""
    place = {name: number for number, name in enumerate(classes)}
    return np.array([place.get(name, -1) for name in labels], dtype=np.int64)


def softmax(logits: Floats) -> Floats:
    """Return the softmax of each row in float32."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances: Floats = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return chances


def log_loss(logits: npt.NDArray[np.floating], codes: Codes, smoothing: float = 0.0) -> float:
    """Return the mean of -log p(true class) over rows (n, c) with true classes (n).

    `smoothing` is the share of the truth that is spread over all classes.
    """
    scores = logits.astype(np.float64)
    top = scores.max(axis=1, keepdims=True)
    total = np.log(np.exp(scores - top).sum(axis=1)) + top[:, 0]
    true = scores[np.arange(len(codes)), codes]
    return float((total - (1 - smoothing) * true - smoothing * scores.mean(axis=1)).mean())


def fit_temperature(logits: npt.NDArray[np.floating], codes: Codes) -> float:
    """Return the number to divide logits (n, c) by for the lowest log loss (Guo et al. 2017).

    The truth is smoothed by 1 / (n + 2), as Platt (1999) does, so that a few rows that are all
    right do not make the model certain.
    """
    from scipy.optimize import minimize_scalar

    doubt = 1 / (len(codes) + 2)
    found = minimize_scalar(
        lambda power: log_loss(logits / np.exp(power), codes, doubt),
        bounds=(-4.0, 4.0),
        method="bounded",
    )
    return float(np.exp(found.x))
