"""How good a model is, how sure that figure is, and whether another model is better."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.i18n import N_
from core.learn.logits import Floats, encode_labels

Counts = npt.NDArray[np.int64]
NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    """The lower and the upper end of a 95% confidence interval."""

    low: float
    high: float


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall and F1 (0 to 1) of one class, with its number of true rows."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Evaluation:
    """What a model scored on rows that it had not seen.

    `confusion` (c, c) counts rows by true class (rows) and predicted class (columns). Rows whose
    true label is no class of the model count as wrong and stand in `unknown_rows` alone.
    """

    rows: int
    right: int
    interval: Interval
    macro_f1: float
    classes: tuple[ClassScore, ...]
    confusion: Counts
    unknown_rows: int

    @property
    def accuracy(self) -> float:
        return self.right / self.rows

    def mistakes(self, n: int = 10) -> list[tuple[str, str, int]]:
        """Return the n most frequent (true class, predicted class, rows) with true != predicted."""
        wrong = self.confusion.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None, kind="stable")[:n]
        places = zip(*np.unravel_index(order, wrong.shape), strict=True)
        return [
            (self.classes[true].name, self.classes[said].name, int(wrong[true, said]))
            for true, said in places
            if wrong[true, said]
        ]

    def to_json(self) -> dict[str, object]:
        """Return the figures as JSON values."""
        return {
            "rows": self.rows,
            "right": self.right,
            "accuracy": self.accuracy,
            "interval": [self.interval.low, self.interval.high],
            "macro_f1": self.macro_f1,
            "unknown_rows": self.unknown_rows,
            "classes": [vars(score) for score in self.classes],
            "confusion": self.confusion.tolist(),
        }


@dataclass(frozen=True)
class Comparison:
    """Two models on the same test rows.

    `fixed` rows only the second has right, `broken` rows only the first. `difference` is the gain
    in accuracy, `interval` its 95% interval for paired proportions (Newcombe 1998, method 10),
    `p_value` McNemar's exact test of "no difference".
    """

    rows: int
    fixed: int
    broken: int
    difference: float
    interval: Interval
    p_value: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes "no difference"."""
        return self.interval.low > 0 or self.interval.high < 0


def evaluate(probabilities: Floats, truth: Sequence[str], classes: Sequence[str]) -> Evaluation:
    """Score probabilities (n, c) against n true labels; the interval is Wilson's (1927)."""
    predicted, codes = _predicted_and_true(probabilities, truth, classes)
    right = int((predicted == codes).sum())
    known = codes >= 0
    confusion = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(confusion, (codes[known], predicted[known]), 1)
    scores = _score_classes(confusion, np.bincount(predicted, minlength=len(classes)), classes)
    judged = [score.f1 for score in scores if score.support]
    return Evaluation(
        rows=len(codes),
        right=right,
        interval=wilson_interval(right, len(codes)),
        macro_f1=float(np.mean(judged)) if judged else 0.0,
        classes=scores,
        confusion=confusion,
        unknown_rows=int((~known).sum()),
    )


def compare(
    before: Floats, after: Floats, truth: Sequence[str], classes: Sequence[str]
) -> Comparison:
    """Compare the probabilities (n, c) of two models with the same classes on the same n rows."""
    from scipy.stats import binomtest

    first, codes = _predicted_and_true(before, truth, classes)
    second, _ = _predicted_and_true(after, truth, classes)
    was, now = first == codes, second == codes
    fixed, broken = int((now & ~was).sum()), int((was & ~now).sum())
    p_value = binomtest(fixed, fixed + broken).pvalue if fixed + broken else 1.0
    return Comparison(
        rows=len(codes),
        fixed=fixed,
        broken=broken,
        difference=(fixed - broken) / len(codes),
        interval=_paired_interval(was, now),
        p_value=float(p_value),
    )


def wilson_interval(right: int, rows: int) -> Interval:
    """Return Wilson's 95% interval of a share of `rows` (1 or more)."""
    share, z2 = right / rows, NORMAL_95**2
    centre = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = NORMAL_95 * np.sqrt(share * (1 - share) / rows + z2 / (4 * rows**2)) / (1 + z2 / rows)
    return Interval(float(max(0.0, centre - half)), float(min(1.0, centre + half)))


def _predicted_and_true(
    probabilities: Floats, truth: Sequence[str], classes: Sequence[str]
) -> tuple[Counts, Counts]:
    codes = encode_labels(truth, classes)
    if not len(codes) or probabilities.shape != (len(codes), len(classes)):
        raise InputError(
            N_(
                "Probabilities of shape {shape} for {rows} test rows and {count} labels. Give one "
                "row or more, and one probability for each row and label."
            ),
            shape=str(probabilities.shape),
            rows=len(codes),
            count=len(classes),
        )
    return probabilities.argmax(axis=1), codes


def _score_classes(
    confusion: Counts, said: Counts, classes: Sequence[str]
) -> tuple[ClassScore, ...]:
    hits, support = np.diagonal(confusion), confusion.sum(axis=1)
    precision = hits / np.maximum(said, 1)
    recall = hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(said + support, 1)
    columns = zip(classes, precision, recall, f1, support, strict=True)
    return tuple(ClassScore(c, float(p), float(r), float(f), int(s)) for c, p, r, f, s in columns)


def _paired_interval(was: npt.NDArray[np.bool_], now: npt.NDArray[np.bool_]) -> Interval:
    rows = len(was)
    a, b = int((now & was).sum()), int((now & ~was).sum())
    c, d = int((~now & was).sum()), int((~now & ~was).sum())
    first, second = wilson_interval(a + b, rows), wilson_interval(a + c, rows)
    share_now, share_was = (a + b) / rows, (a + c) / rows
    spread = (a + b) * (c + d) * (a + c) * (b + d)
    # Newcombe's correction for continuity applies where the two models agree more than by chance.
    agreement = float(a * d - b * c)
    if agreement > 0:
        agreement = max(agreement - rows / 2, 0.0)
    link = agreement / np.sqrt(spread) if spread else 0.0
    down_now, up_now = share_now - first.low, first.high - share_now
    down_was, up_was = share_was - second.low, second.high - share_was
    difference = share_now - share_was
    low = difference - np.sqrt(down_now**2 - 2 * link * down_now * up_was + up_was**2)
    high = difference + np.sqrt(up_now**2 - 2 * link * up_now * down_was + down_was**2)
    return Interval(float(max(-1.0, low)), float(min(1.0, high)))
