"""Probabilities that mean what they say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.learn.logits import Floats, encode_labels, fit_temperature, log_loss, softmax

BINS = 15
FEWEST_ROWS = 30
"""Fewer validation rows than this say too little to move the probabilities."""


@dataclass(frozen=True)
class Calibration:
    """The number that logits are divided by, and what it changed on the validation rows.

    `gap` is the expected calibration error: how far confidence and accuracy lie apart on average
    (0 to 1). A temperature of 1 changes nothing.
    """

    temperature: float
    rows: int
    log_loss_before: float
    log_loss_after: float
    gap_before: float
    gap_after: float


def calibrate(logits: Floats, truth: Sequence[str], classes: Sequence[str]) -> Calibration:
    """Fit one temperature to logits (n, c) by log loss (Guo et al. 2017), 1 if it cannot help."""
    codes = encode_labels(truth, classes)
    known = codes >= 0
    scores, codes = logits[known].astype(np.float64), codes[known]
    if len(codes) < FEWEST_ROWS:
        return _describe(scores, codes, 1.0)
    return _describe(scores, codes, fit_temperature(scores, codes))


def _describe(
    scores: npt.NDArray[np.float64], codes: npt.NDArray[np.int64], temperature: float
) -> Calibration:
    if not len(codes):
        return Calibration(temperature, 0, 0.0, 0.0, 0.0, 0.0)
    cooled = scores / temperature
    return Calibration(
        temperature=temperature,
        rows=len(codes),
        log_loss_before=log_loss(scores, codes),
        log_loss_after=log_loss(cooled, codes),
        gap_before=_gap(scores, codes),
        gap_after=_gap(cooled, codes),
    )


def _gap(scores: npt.NDArray[np.float64], codes: npt.NDArray[np.int64]) -> float:
    chances = softmax(scores.astype(np.float32))
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == codes
    places = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    return sum(
        float(abs(confidence[places == one].sum() - right[places == one].sum())) / len(codes)
        for one in np.unique(places)
    )
