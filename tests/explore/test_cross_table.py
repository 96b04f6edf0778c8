"""A table of topics by values says what chance would not."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from core.explore import CrossTable, association, cross_table, striking_cells
from core.explore.cross_table import adjusted_residuals

FOUR = [[30, 10], [20, 40]]


def table(counts: list[list[int]]) -> CrossTable:
    """The table of items that have these counts."""
    found = np.array(counts)
    rows, columns = (np.repeat(one.ravel(), found.ravel()) for one in np.indices(found.shape))
    return cross_table(rows, columns, found.shape)


def test_items_are_counted_by_row_and_column() -> None:
    found = table(FOUR)
    assert found.counts.tolist() == FOUR
    assert found.in_rows.ravel().tolist() == [40, 60]
    assert found.in_columns.ravel().tolist() == [50, 50]
    assert found.total == 100


def test_shares_and_ratios_by_hand() -> None:
    found = table(FOUR)
    assert found.of_rows[0].tolist() == [0.75, 0.25]
    assert found.of_columns[:, 0].tolist() == [0.6, 0.4]
    assert found.elsewhere[0].tolist() == [0.2, 0.6]
    # 60% in the first column, 20% elsewhere; 40% in it, 80% elsewhere.
    assert found.ratio[:, 0] == pytest.approx([3.0, 0.5])


def test_residuals_by_hand() -> None:
    """30 where 20 are expected, with a variance of 20 * (1 - 50 / 100) * 60 / 99."""
    found = table(FOUR)
    assert found.residuals[0] == pytest.approx([4.0620, -4.0620], abs=1e-4)
    assert found.residuals[1] == pytest.approx([-4.0620, 4.0620], abs=1e-4)
    assert adjusted_residuals(np.array([5]), 5, np.array([5]), 5).tolist() == [0.0]


def test_the_chance_is_that_of_fishers_exact_test() -> None:
    """Four cells of a table of four say the same, and Holm asks four times of the least."""
    found = table(FOUR)
    tail = fisher_exact(FOUR, alternative="greater").pvalue
    assert found.p == pytest.approx(np.full((2, 2), 4 * 2 * tail))
    assert found.standing.tolist() == [[1, -1], [-1, 1]]


def test_the_chance_by_hand_and_the_base() -> None:
    """Of 924 ways to draw 6 of 12, one is this: 2 / 924 for a cell, 8 / 924 for one of four."""
    found = table([[6, 0], [0, 6]])
    assert found.p == pytest.approx(np.full((2, 2), 8 / 924))
    assert np.isinf(found.ratio[0, 0]) and found.ratio[0, 1] == 0
    # Only three were expected in the empty cells: too few to call them empty.
    assert found.standing.tolist() == [[1, 0], [0, 1]]
    # With five of each, 8 / 252 is no longer rare.
    assert not table([[5, 0], [0, 5]]).standing.any()


def test_holm_asks_less_of_the_next() -> None:
    """Rows apart from each other: the least of m chances times m, the next times m - 1."""
    counts = [[40, 10, 10], [10, 30, 20], [10, 20, 30]]
    found = table(counts)
    total, alone = np.sum(counts), []
    for row, column in np.ndindex(3, 3):
        n = counts[row][column]
        r, c = sum(counts[row]), int(np.sum(counts, axis=0)[column])
        four = [[n, r - n], [c - n, total - r - c + n]]
        alone.append(2 * min(fisher_exact(four, "less")[1], fisher_exact(four, "greater")[1]))
    expected, least = [], 0.0
    for place, p in enumerate(sorted(alone)):
        least = max(least, min(p * (9 - place), 1))
        expected.append(least)
    assert np.sort(found.p.ravel()) == pytest.approx(expected)


def test_what_is_certain_but_small_does_not_stand_out() -> None:
    found = table([[12_000, 10_000], [10_000, 12_000]])
    assert found.p.max() < 1e-50
    assert found.ratio[0, 0] == pytest.approx(1.2)
    assert not found.standing.any()


def test_a_few_rows_of_a_large_table_stand_out() -> None:
    """Two were expected, and the normal curve would be far from what chance does."""
    counts = np.full((20, 5), 100)
    counts[19] = [0, 0, 12, 0, 0]
    found = table(counts.tolist())
    assert found.standing[19].tolist() == [0, 0, 1, 0, 0]
    assert not found.standing[:19].any()


def test_chance_marks_no_cell_in_ninety_nine_tables_of_a_hundred() -> None:
    rng = np.random.default_rng(1)
    marked = 0
    for _ in range(300):
        shares = np.outer(rng.dirichlet(np.ones(20)), rng.dirichlet(np.ones(8)))
        found = table(rng.multinomial(2_000, shares.ravel()).reshape(20, 8).tolist())
        marked += found.standing.any()
    assert marked <= 3


def test_association_by_hand() -> None:
    """Chi-squared 16.667 of 100; less 1 / 99 for chance, by 2 - 1 / 99 - 1."""
    assert association(np.array(FOUR)) == pytest.approx(np.sqrt(0.156566 / 0.989899), abs=1e-5)
    assert association(np.array([[50, 0], [0, 50]])) == pytest.approx(1.0)
    assert association(np.array([[25, 25], [25, 25]])) == 0.0
    assert association(np.array([[30, 10, 0], [20, 40, 0], [0, 0, 0]])) == pytest.approx(
        association(np.array(FOUR))
    )


def test_the_association_of_chance_does_not_grow_with_the_table() -> None:
    """Without the correction it would be 0.3 here."""
    rng = np.random.default_rng(0)
    counts = np.bincount(rng.integers(0, 400, 4_000), minlength=400).reshape(20, 20)
    assert association(counts) < 0.05


def test_striking_cells_name_no_row_and_no_column_twice() -> None:
    counts = [[90, 80, 5, 5], [80, 70, 5, 5], [5, 5, 60, 5], [1, 1, 1, 40], [20, 20, 20, 90]]
    found = table(counts)
    cells = striking_cells(found, (5, 4))
    assert len({row for row, _ in cells}) == len({column for _, column in cells}) == len(cells)
    z = [found.residuals[cell] for cell in cells]
    assert z == sorted(z, reverse=True) and z[0] == found.residuals.max()
    assert all(found.standing[cell] == 1 for cell in cells)
    assert striking_cells(found, (5, 4), most=1) == cells[:1]


def test_striking_cells_leave_out_what_is_no_topic_and_no_value() -> None:
    found = table([[10, 10, 90], [10, 2, 10], [90, 10, 10]])
    assert found.standing[0, 2] == found.standing[2, 0] == 1
    assert striking_cells(found, (2, 2)) == []


@pytest.mark.parametrize(
    "counts",
    [
        [[0]],
        [[1]],
        [[0, 0], [0, 0]],
        [[7]],
        [[1, 1, 1, 1, 1]],
        [[100], [200]],
        [[100, 0], [50, 0]],
        np.eye(30, dtype=int).tolist(),
    ],
    ids=["no rows", "one", "empty", "one cell", "one topic", "one value", "equal", "all apart"],
)
def test_few_and_odd_tables_say_nothing(counts: list[list[int]]) -> None:
    found = table(counts)
    assert not found.standing.any() and (found.p == 1).all()
    assert np.isfinite(found.residuals).all()
    assert np.isfinite(found.of_rows).all() and np.isfinite(found.of_columns).all()
    assert striking_cells(found, found.counts.shape) == []
    if len(counts) < 30:
        assert association(found.counts) == 0


def test_a_table_without_topics_and_columns() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    found = cross_table(nothing, nothing, (0, 0))
    assert found.total == 0 and found.standing.shape == (0, 0)
    assert association(found.counts) == 0 and striking_cells(found, (0, 0)) == []
