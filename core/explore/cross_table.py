"""Which topics come from where: a contingency table, and the cells of it that stand out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Figures = npt.NDArray[np.float64]

CERTAIN = 2.58
"""The z score from which a difference is shown: one chance in a hundred."""

BASE = 5
"""A cell stands out with so many items in it, or so many that should be."""

NOTABLE = 1.5
"""What stands out is so many times as frequent as elsewhere, or as rare."""

CHANCE = 0.01
"""How likely chance alone may mark any cell of a table."""


@dataclass(frozen=True)
class CrossTable:
    """How many items are in each row and column of a table: `counts` (r, c).

    `p` (r, c) is the chance to see a cell as far from what its margins let expect, or farther:
    Fisher's exact test of the cell against the rest of the table, two-sided by doubling, corrected
    for the many cells after Holm (1979). 1 where a margin holds too few to tell.
    """

    counts: Counts
    p: Figures

    @property
    def in_rows(self) -> Counts:
        """The items of each row, (r, 1)."""
        return np.asarray(self.counts.sum(axis=1, keepdims=True))

    @property
    def in_columns(self) -> Counts:
        """The items of each column, (1, c)."""
        return np.asarray(self.counts.sum(axis=0, keepdims=True))

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    @property
    def of_rows(self) -> Figures:
        """Which share of its row is in a cell, (r, c); 0 in an empty row."""
        return self.counts / np.maximum(self.in_rows, 1)

    @property
    def of_columns(self) -> Figures:
        """Which share of its column is in a cell, (r, c); 0 in an empty column."""
        return self.counts / np.maximum(self.in_columns, 1)

    @property
    def elsewhere(self) -> Figures:
        """Which share the row has of all other columns together, (r, c); NaN where these are empty.

        With `of_columns` it says what each cell is compared with.
        """
        others = (self.total - self.in_columns).astype(np.float64)
        return (self.in_rows - self.counts) / np.where(others, others, np.nan)

    @cached_property
    def ratio(self) -> Figures:
        """How many times as frequent a row is in a column as elsewhere (relative risk), (r, c).

        Infinite where it is nowhere else, NaN where there is no elsewhere or nothing to compare.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio: Figures = self.of_columns / self.elsewhere
        ratio[:, self.in_columns[0] == 0] = np.nan
        return ratio

    @cached_property
    def residuals(self) -> Figures:
        """How far each count is from what its margins let expect, (r, c), as z scores."""
        return adjusted_residuals(self.counts, self.in_rows, self.in_columns, self.total)

    @cached_property
    def standing(self) -> npt.NDArray[np.int8]:
        """Which cells stand out, (r, c): 1 for more than elsewhere, -1 for fewer, else 0.

        Those that chance marks in less than one table of a hundred (`p`), that have a base of 5
        items (in them, or expected) and differ from elsewhere by half or more (`ratio`).
        """
        ratio, expected = self.ratio, self.in_rows * self.in_columns / max(self.total, 1)
        more = (ratio >= NOTABLE) & (self.counts >= BASE)
        fewer = (ratio <= 1 / NOTABLE) & (expected >= BASE)
        return np.where(self.p < CHANCE, more.astype(np.int8) - fewer, 0).astype(np.int8)


def cross_table(
    rows: npt.NDArray[np.integer],
    columns: npt.NDArray[np.integer],
    shape: tuple[int, int],
) -> CrossTable:
    """Count items by row and column, both (n,) and numbered from 0, in a `shape` (r, c)."""
    cells = rows.astype(np.int64) * shape[1] + columns
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape).astype(np.int64)
    return CrossTable(counts, _chances(counts))


def adjusted_residuals(
    counts: npt.NDArray[np.integer],
    in_rows: npt.NDArray[np.integer] | int,
    in_columns: npt.NDArray[np.integer] | int,
    total: int,
) -> Figures:
    """Return how far counts are from what their margins let expect, in standard deviations.

    The adjusted standardised residuals of a contingency table (Haberman 1973), with the exact
    variance, that of the hypergeometric distribution. 0 where the margins leave no choice.
    """
    share = np.asarray(in_columns) / max(total, 1)
    expected = in_rows * share
    spread = expected * (1 - share) * (total - np.asarray(in_rows)) / max(total - 1, 1)
    z: Figures = (counts - expected) / np.sqrt(np.maximum(spread, 1e-12))
    return z


def association(counts: Counts) -> float:
    """Return how closely the rows and columns of a table (r, c) go together, from 0 to 1.

    Cramér's V, corrected for its bias (Bergsma 2013): a table of chance has 0, whatever its size.
    Empty rows and columns do not count, and with fewer than two of either there is none.
    """
    full = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0].astype(np.float64)
    (r, c), n = full.shape, full.sum()
    if r < 2 or c < 2:
        return 0.0
    expected = full.sum(axis=1, keepdims=True) * full.sum(axis=0, keepdims=True) / n
    by_chance = (r - 1) * (c - 1) / (n - 1)
    beyond = max(0.0, float(((full - expected) ** 2 / expected).sum() / n - by_chance))
    most = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    return float(np.sqrt(beyond / most)) if most > 0 else 0.0


def striking_cells(
    table: CrossTable, shape: tuple[int, int], most: int = 3
) -> list[tuple[int, int]]:
    """Return the cells that stand out most by holding more, as (row, column), best first.

    By the residual; no row and no column comes twice, as others then have something to say. Only
    the first rows and columns are looked at, so many as `shape` says.
    """
    rows, columns = np.nonzero(table.standing[: shape[0], : shape[1]] > 0)
    found: list[tuple[int, int]] = []
    for place in np.argsort(-table.residuals[rows, columns], kind="stable").tolist():
        row, column = int(rows[place]), int(columns[place])
        if len(found) < most and not any(row == r or column == c for r, c in found):
            found.append((row, column))
    return found


def _chances(counts: Counts) -> Figures:
    """Return the corrected chance of each cell, (r, c)."""
    from scipy.stats import hypergeom

    p = np.ones(counts.shape)
    total = int(counts.sum())
    in_rows, in_columns = np.broadcast_arrays(
        counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    )
    # By the margins alone: to look at the counts, too, would choose the tests by their results.
    tested = (np.minimum(in_rows, in_columns) >= BASE) & (np.maximum(in_rows, in_columns) < total)
    if not tested.any():
        return p
    of = (total, in_rows[tested], in_columns[tested])
    found = counts[tested]
    tails = np.minimum(hypergeom.cdf(found, *of), hypergeom.sf(found - 1, *of))
    p[tested] = _holm(np.minimum(2 * tails, 1))
    return p


def _holm(p: Figures) -> Figures:
    """Return chances (m,) corrected for being m, so that the least is not taken for what it is not.

    Sequentially rejective (Holm 1979): needs no independence, which cells of a table have not.
    """
    order = np.argsort(p, kind="stable")
    corrected = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    result = np.empty_like(p)
    result[order] = np.minimum(corrected, 1)
    return result
