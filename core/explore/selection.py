"""What sets some texts apart from all others: their words, and the values of their columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.explore.cross_table import CERTAIN, adjusted_residuals
from core.explore.keywords import TermCounts, choose_terms
from core.explore.umap_layout import Points

PRIOR_WORDS = 500
"""Weight of what all texts say, in words, against what few selected texts happen to say."""

MOST_VALUES = 200
"""A column with more distinct values than this names its rows rather than describes them."""


@dataclass(frozen=True)
class DistinctiveWord:
    """A word or phrase that some texts use more than the rest; `texts` counts those that do."""

    word: str
    texts: int
    z: float


@dataclass(frozen=True)
class DistinctiveValue:
    """A value of a column that is more frequent in some rows than in all.

    `count` of the selected rows have it, `expected` would at the share of all rows; `ratio` is
    one by the other.
    """

    column: str
    value: str
    count: int
    expected: float
    z: float

    @property
    def ratio(self) -> float:
        return self.count / self.expected


@dataclass(frozen=True)
class DistinctiveNumber:
    """A column whose numbers are higher (z > 0) or lower in some rows: the medians in and out."""

    column: str
    inside: float
    outside: float
    z: float


@dataclass(frozen=True)
class SelectionDescription:
    """What sets a selection apart, best first: `units` texts of `all_units` were selected."""

    units: int
    all_units: int
    words: tuple[DistinctiveWord, ...]
    values: tuple[DistinctiveValue, ...]
    numbers: tuple[DistinctiveNumber, ...] = ()

    @property
    def share(self) -> float:
        return self.units / self.all_units if self.all_units else 0.0


def describe_selection(
    selected: npt.NDArray[np.bool_],
    terms: TermCounts,
    selected_rows: npt.NDArray[np.bool_] | None = None,
    columns: pa.Table | None = None,
    most: int = 10,
    numbers: Mapping[str, npt.NDArray[np.float64]] | None = None,
) -> SelectionDescription:
    """Describe the selected units, bool (n,), by words, and their rows, bool (rows,), by values.

    `columns` hold values, `numbers` (rows,) each, NaN where a row has none.
    """
    values: list[DistinctiveValue] = []
    apart: list[DistinctiveNumber] = []
    if numbers and selected_rows is not None:
        apart = distinctive_numbers(selected_rows, numbers)
    if columns is not None and selected_rows is not None:
        values = distinctive_values(selected_rows, columns, most)
    return SelectionDescription(
        units=int(selected.sum()),
        all_units=len(selected),
        words=tuple(distinctive_words(selected, terms, most)),
        values=tuple(values),
        numbers=tuple(apart),
    )


def distinctive_words(
    selected: npt.NDArray[np.bool_], terms: TermCounts, most: int = 10
) -> list[DistinctiveWord]:
    """Return the words that the selected texts use more than the rest, by z score.

    The log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi, Quinn 2008), the
    prior being the words of all texts. Nothing stands out when all or none are selected.
    """
    if not len(terms.terms) or selected.all() or not selected.any():
        return []
    inside = np.asarray(terms.matrix[selected].sum(axis=0), dtype=np.float64).ravel()
    overall = np.asarray(terms.matrix.sum(axis=0), dtype=np.float64).ravel()
    z = _log_odds_z(inside, overall - inside, PRIOR_WORDS * overall / overall.sum())
    z[inside == 0] = -np.inf
    using = np.asarray((terms.matrix[selected] > 0).sum(axis=0)).ravel()
    order = [term for term in np.argsort(-z, kind="stable")[: most * 8].tolist() if z[term] > 0]
    chosen = choose_terms(terms, order, dict(enumerate(inside.tolist())), most)
    return [DistinctiveWord(terms.terms[t], int(using[t]), float(z[t])) for t in chosen]


def distinctive_values(
    selected: npt.NDArray[np.bool_], columns: pa.Table, most: int = 10
) -> list[DistinctiveValue]:
    """Return the values more frequent in the selected rows than in all, by z score.

    Columns with one value, or with more than 200, say nothing and are passed over. The z score is
    the adjusted residual of the value's cell.
    """
    if selected.all() or not selected.any():
        return []
    found = [
        value
        for name in columns.column_names
        for value in _values_of_column(selected, name, columns.column(name))
        if value.z >= CERTAIN
    ]
    return sorted(found, key=lambda value: (-value.z, value.column, value.value))[:most]


def distinctive_numbers(
    selected: npt.NDArray[np.bool_], columns: Mapping[str, npt.NDArray[np.float64]]
) -> list[DistinctiveNumber]:
    """Return the columns whose numbers in the selected rows lie higher or lower than in the rest.

    By the z score of the rank sum (Wilcoxon 1945), ties having their mean rank.
    """
    found = [_number_of_column(selected, name, column) for name, column in columns.items()]
    certain = [one for one in found if one is not None and abs(one.z) >= CERTAIN]
    return sorted(certain, key=lambda one: -abs(one.z))


def units_in_polygon(
    points: Points, polygon: Sequence[tuple[float, float]] | npt.NDArray[np.floating]
) -> npt.NDArray[np.bool_]:
    """Return which points (n, 2) lie inside a polygon (corners, 2), by the even-odd rule.

    The polygon is closed by itself; with fewer than three corners nothing lies inside.
    """
    corners = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    inside = np.zeros(len(points), dtype=bool)
    if len(corners) < 3:
        return inside
    low, high = corners.min(axis=0), corners.max(axis=0)
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    x, y = points[near].astype(np.float64).T
    odd = np.zeros(len(near), dtype=bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 != y2:
            odd ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    inside[near] = odd
    return inside


def _log_odds_z(
    inside: npt.NDArray[np.float64],
    outside: npt.NDArray[np.float64],
    prior: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    a, b = inside + prior, outside + prior
    odds_inside = np.log(a / np.maximum(a.sum() - a, 1e-9))
    odds_outside = np.log(b / np.maximum(b.sum() - b, 1e-9))
    z: npt.NDArray[np.float64] = (odds_inside - odds_outside) / np.sqrt(1 / a + 1 / b)
    return z


def _values_of_column(
    selected: npt.NDArray[np.bool_], name: str, column: pa.ChunkedArray
) -> list[DistinctiveValue]:
    encoded = pc.cast(column, pa.string()).combine_chunks().dictionary_encode()
    values = encoded.dictionary.to_pylist()
    if not 2 <= len(values) <= MOST_VALUES:
        return []
    codes = pc.fill_null(encoded.indices, len(values)).to_numpy(zero_copy_only=False)
    overall = np.bincount(codes, minlength=len(values))[: len(values)]
    inside = np.bincount(codes[selected], minlength=len(values))[: len(values)]
    rows, chosen = len(selected), int(selected.sum())
    z = adjusted_residuals(inside, chosen, overall, rows)
    expected = chosen * overall / rows
    return [
        DistinctiveValue(name, value, int(inside[i]), float(expected[i]), float(z[i]))
        for i, value in enumerate(values)
        if value and inside[i]
    ]


def _number_of_column(
    selected: npt.NDArray[np.bool_], name: str, column: npt.NDArray[np.float64]
) -> DistinctiveNumber | None:
    from scipy.stats import rankdata

    known = ~np.isnan(column)
    inside, values = selected[known], column[known]
    n, m = int(inside.sum()), int((~inside).sum())
    if not n or not m:
        return None
    ranks = rankdata(values)
    spread = np.sqrt(n * m / (n + m) * ranks.var(ddof=1)) if n + m > 1 else 0.0
    if not spread:
        return None
    z = (ranks[inside].sum() - n * (n + m + 1) / 2) / spread
    return DistinctiveNumber(
        name, float(np.median(values[inside])), float(np.median(values[~inside])), float(z)
    )
