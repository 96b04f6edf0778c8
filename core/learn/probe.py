"""A linear model on frozen vectors: the quick classifier, and the head fine-tuning starts from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.i18n import N_
from core.learn.logits import Floats, encode_labels, fit_temperature, log_loss, softmax
from core.progress import SILENT, Progress
from core.settings import SEED

STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""Inverse regularisation strengths tried; vectors of unit length need weak regularisation."""
USUAL_STRENGTH = 10.0
FOLDS = 5
ROWS_FOR_ONE_FOLD = 3000
"""From this many rows on, one held-out fifth says as much as five of them would."""


@dataclass(frozen=True)
class Probe:
    """Multinomial logistic regression: `weights` (c, d) and `bias` (c,) in float32.

    `strength` is the chosen inverse regularisation (scikit-learn's C), `temperature` what the
    weights were divided by afterwards.
    """

    weights: Floats
    bias: Floats
    classes: tuple[str, ...]
    strength: float
    temperature: float = 1.0

    def logits(self, vectors: Floats) -> Floats:
        """Return scores (n, c) of vectors (n, d)."""
        return vectors.astype(np.float32) @ self.weights.T + self.bias

    def probabilities(self, vectors: Floats) -> Floats:
        """Return probabilities (n, c) of vectors (n, d)."""
        return softmax(self.logits(vectors))


def train_probe(
    vectors: Floats,
    labels: Sequence[str],
    classes: Sequence[str] | None = None,
    seed: int = SEED,
    progress: Progress = SILENT,
) -> Probe:
    """Fit logistic regression (scikit-learn's lbfgs) to vectors (n, d) and n labels.

    Stratified cross-validation chooses the regularisation, and with it the temperature, with the
    lowest log loss: strong regularisation ranks classes well and is too modest about it, which the
    temperature mends. `classes` orders the outputs (default: sorted); each needs a row.
    """
    names = tuple(classes) if classes is not None else tuple(sorted(set(labels)))
    codes = encode_labels(labels, names)
    _check_rows(vectors, codes, names)
    folds = _inner_folds(codes, seed)
    strength, temperature = _choose_strength(vectors, codes, folds, progress)
    progress(len(STRENGTHS), len(STRENGTHS) + 1, N_("Fitting the quick model"))
    weights, bias = _fit(vectors, codes, strength)
    progress(len(STRENGTHS) + 1, len(STRENGTHS) + 1, N_("Fitting the quick model"))
    return Probe(weights / temperature, bias / temperature, names, strength, temperature)


def _check_rows(vectors: Floats, codes: npt.NDArray[np.int64], classes: tuple[str, ...]) -> None:
    if vectors.ndim != 2 or len(vectors) != len(codes):
        raise InputError(
            N_("Vectors of shape {shape} for {rows} labels. Give one vector for each label."),
            shape=str(vectors.shape),
            rows=len(codes),
        )
    counts = np.bincount(codes[codes >= 0], minlength=len(classes))
    if len(classes) < 2 or (codes < 0).any() or not counts.all():
        raise InputError(
            N_(
                "{rows} rows to train on cover {found} of {count} labels. A model needs two or "
                "more labels, each with at least one row to train on."
            ),
            rows=len(codes),
            found=int((counts > 0).sum()),
            count=len(classes),
        )
    if not np.isfinite(vectors).all():
        raise InputError(
            N_("{rows} vectors hold values that are not numbers. Embed the texts again."),
            rows=int((~np.isfinite(vectors).all(axis=1)).sum()),
        )


def _inner_folds(
    codes: npt.NDArray[np.int64], seed: int
) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Return (train, held out) pairs; none where no class has two rows."""
    import warnings

    from sklearn.model_selection import StratifiedKFold

    counts = np.bincount(codes)
    folds = int(min(FOLDS, counts.max()))
    # A class of one row always trains, so that no fold misses a class.
    shared, single = np.flatnonzero(counts[codes] > 1), np.flatnonzero(counts[codes] == 1)
    if not len(shared):
        return []
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # A class with fewer rows than folds is held out in some of them only, as it should be.
        warnings.filterwarnings("ignore", "The least populated class")
        pairs = [
            (np.concatenate([single, shared[inside]]), shared[outside])
            for inside, outside in splitter.split(shared, codes[shared])
        ]
    return pairs[:1] if len(codes) >= ROWS_FOR_ONE_FOLD else pairs


def _choose_strength(
    vectors: Floats,
    codes: npt.NDArray[np.int64],
    folds: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]],
    progress: Progress,
) -> tuple[float, float]:
    """Return the strength and the temperature with the lowest held-out log loss."""
    best = (np.inf, USUAL_STRENGTH, 1.0)
    for done, strength in enumerate(STRENGTHS if folds else ()):
        progress(done, len(STRENGTHS) + 1, N_("Fitting the quick model"))
        logits, truth = _held_out_logits(vectors, codes, folds, strength)
        temperature = fit_temperature(logits, truth)
        loss = log_loss(logits / temperature, truth)
        if loss >= best[0]:
            break
        best = (loss, strength, temperature)
    return best[1], best[2]


def _held_out_logits(
    vectors: Floats,
    codes: npt.NDArray[np.int64],
    folds: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]],
    strength: float,
) -> tuple[Floats, npt.NDArray[np.int64]]:
    logits = []
    for inside, outside in folds:
        weights, bias = _fit(vectors[inside], codes[inside], strength)
        logits.append(vectors[outside] @ weights.T + bias)
    return np.concatenate(logits), np.concatenate([codes[outside] for _, outside in folds])


def _fit(vectors: Floats, codes: npt.NDArray[np.int64], strength: float) -> tuple[Floats, Floats]:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=300, tol=1e-3)
    with warnings.catch_warnings():
        # 300 steps are past the point where the held-out loss changes.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(vectors.astype(np.float32), codes)
    weights = model.coef_.astype(np.float32)
    bias = model.intercept_.astype(np.float32)
    if len(weights) == 1:  # two classes: scikit-learn keeps the difference of the two scores
        weights = np.concatenate([-weights, weights]) / 2
        bias = np.concatenate([-bias, bias]) / 2
    return weights, bias
