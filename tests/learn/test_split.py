from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError, SettingInvalid
from core.learn import Split, split_rows


def parts_of(split: Split, rows: int) -> np.ndarray:
    parts = np.full(rows, -1)
    for number, members in enumerate((split.train, split.validation, split.test)):
        assert (parts[members] == -1).all()
        parts[members] = number
    return parts


def test_shares_hold_in_each_class() -> None:
    labels = ["a"] * 700 + ["b"] * 200 + ["c"] * 100
    split = split_rows(labels, range(1000))
    for rows, share in ((split.test, 0.2), (split.validation, 0.1), (split.train, 0.7)):
        counts = Counter(labels[row] for row in rows)
        assert counts["a"] == pytest.approx(700 * share, abs=2)
        assert counts["c"] == pytest.approx(100 * share, abs=2)


def test_shares_hold_over_many_small_classes() -> None:
    labels = [f"c{row % 77}" for row in range(616)]
    split = split_rows(labels, range(616))
    assert len(split.test) == pytest.approx(123, abs=3)
    assert len(split.validation) == pytest.approx(62, abs=16)
    assert set(np.array(labels)[split.train]) == set(labels)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 12)), min_size=2, max_size=80))
def test_every_row_is_in_one_part_and_groups_stay_whole(rows: list[tuple[str, int]]) -> None:
    labels, groups = [label for label, _ in rows], [group for _, group in rows]
    try:
        split = split_rows(labels, groups, seed=3)
    except InputError:
        return
    parts = parts_of(split, len(rows))
    assert (parts >= 0).all()
    for group in set(groups):
        assert len({part for part, of in zip(parts, groups, strict=True) if of == group}) == 1


def test_seed_decides() -> None:
    labels = ["a", "b"] * 50
    first, again = split_rows(labels, range(100)), split_rows(labels, range(100))
    other = split_rows(labels, range(100), seed=1)
    np.testing.assert_array_equal(first.test, again.test)
    assert not np.array_equal(first.test, other.test)


def test_small_classes() -> None:
    labels = ["big"] * 10 + ["one"] + ["two"] * 2 + ["three"] * 3
    split = split_rows(labels, range(16))
    parts = parts_of(split, 16)
    assert parts[10] == 0
    assert sorted(parts[11:13]) == [0, 2]
    assert sorted(parts[13:16]) == [0, 1, 2]
    assert "one distinct text (one)" in str(split.notes[0])


def test_rows_of_one_text_count_as_one() -> None:
    split = split_rows(["a"] * 8 + ["b"] * 8, [0] * 8 + list(range(1, 9)))
    assert set(range(8)) <= set(split.train)
    assert "(a)" in str(split.notes[0])


@pytest.mark.parametrize(
    ("labels", "groups", "words"),
    [
        ([], [], "0 labelled rows"),
        (["a"], [0], r"1 labelled rows with 1 label\(s\) \(a\)"),
        (["a"] * 9, range(9), "at least two labels"),
        (["a", "b", "c"], range(3), "one distinct text"),
        (["a", "b"] * 4, [0] * 8, "at least two labels"),
        (["a"], range(2), "1 labels for 2 rows"),
    ],
)
def test_what_cannot_be_split(labels: list[str], groups: list[int], words: str) -> None:
    with pytest.raises(InputError, match=words):
        split_rows(labels, groups)


@pytest.mark.parametrize("shares", [(-0.1, 0.1), (0.6, 0.4)])
def test_shares_out_of_range(shares: tuple[float, float]) -> None:
    with pytest.raises(SettingInvalid, match="leave at least"):
        split_rows(["a", "b"] * 9, range(18), test_share=shares[0], validation_share=shares[1])


def test_no_test_and_no_validation_rows() -> None:
    split = split_rows(["a", "b"] * 9, range(18), test_share=0.0, validation_share=0.0)
    assert len(split.train) == 18
    assert len(split) == 18


def test_own_test_rows_are_the_test_and_their_texts_are_not_learnt() -> None:
    labels = ["a", "b"] * 20 + ["a", "b", "new"]
    groups = [*range(40), 0, 1, 99]
    split = split_rows(labels, groups, test_rows=[40, 41, 42])
    np.testing.assert_array_equal(split.test, [40, 41, 42])
    assert not {0, 1} & {*split.train, *split.validation}
    assert len(split) == 41
    words = " ".join(map(str, split.notes))
    assert "2 rows to train on have the same text" in words
    assert "(new)" in words


def test_own_test_rows_that_leave_nothing() -> None:
    with pytest.raises(InputError, match="0 rows to train on"):
        split_rows(["a", "b"] * 2, [0, 1, 0, 1], test_rows=[2, 3])
