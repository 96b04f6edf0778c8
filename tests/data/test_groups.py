"""The cells of a column in few groups, whatever stands in it."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from core.data import ColumnType, group_column, parse_dates
from core.data.dates import parse_days
from core.data.groups import (
    MISSING,
    OTHER,
    Groups,
    Period,
    Unit,
    group_days,
    group_numbers,
    group_values,
)


def column(*cells: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(cells, pa.string())])


def named(groups: Groups) -> list[str]:
    """The name of each cell's group."""
    beside = {OTHER: "OTHER", MISSING: "MISSING"}
    return [beside[code] if code < 0 else groups.names[code] for code in groups.codes.tolist()]


def test_the_most_frequent_values_are_groups() -> None:
    groups = group_values(column("b", "a", "b", None, "c", " a", "", "d", "  "), 2)
    assert groups.names == ("a", "b")
    assert named(groups) == ["b", "a", "b", "MISSING", "OTHER", "a", "MISSING", "OTHER", "MISSING"]
    assert groups.beside == {OTHER: "other values", MISSING: "no value"}


def test_values_that_are_numbers_stand_in_their_order() -> None:
    cells = column("10", "9", "9", "2", None, "10", "10")
    groups = group_column(cells, ColumnType.CATEGORY)
    assert groups.names == ("2", "9", "10")
    assert named(groups) == ["10", "9", "9", "2", "MISSING", "10", "10"]
    many = group_column(column(*map(str, range(20)), "0", None), ColumnType.CATEGORY)
    assert many.names[0] == "0" and len(many.names) == 12
    assert named(many)[-2:] == ["0", "MISSING"] and named(many).count("OTHER") == 8


def test_few_numbers_are_a_group_each_and_many_are_ranges() -> None:
    few = group_column(column("5", "1", "3", "n/a", None, "NaN", "3"), ColumnType.NUMBER)
    assert few.names == ("1", "3", "5")
    assert named(few) == ["5", "1", "3", "MISSING", "MISSING", "MISSING", "3"]
    assert few.beside == {MISSING: "no number"}
    many = group_column(column(*map(str, range(100))), ColumnType.NUMBER)
    assert many.names == ("0 – 19", "20 – 39", "40 – 59", "60 – 79", "80 – 99")
    assert np.bincount(many.codes).tolist() == [20] * 5


def test_numbers_with_a_decimal_comma_and_ties() -> None:
    groups = group_numbers(column("1.000,5", "2,5", *["0"] * 30, *["7,25"] * 10), 5)
    assert groups.names == ("0", "2.5", "7.25", "1,000.5")
    assert np.bincount(groups.codes).tolist() == [30, 1, 10, 1]


def test_a_number_that_most_cells_have_is_a_group_beside_the_ranges_of_the_rest() -> None:
    votes = [*["0"] * 900, *[str(one) for one in range(1, 30)] * 4]
    groups = group_column(column(*votes), ColumnType.NUMBER)
    assert groups.names == ("0", "1 – 7", "8 – 14", "15 – 22", "23 – 29")
    assert np.bincount(groups.codes).tolist() == [900, 28, 28, 32, 28]
    between = group_column(
        column(*[str(one - 20) for one in range(41)], *["0"] * 200, "-0"), ColumnType.NUMBER
    )
    assert between.names == ("-20 – -8", "-7 – -1", "0", "1 – 7", "8 – 20")
    prices = [*["0"] * 900, *[str(one / 100) for one in range(2, 3000)]]
    assert group_column(column(*prices), ColumnType.NUMBER).names[:2] == ("0", "0.02 – 7.51")


@pytest.mark.parametrize(
    ("numbers", "names"),
    [
        (range(2019, 2022), ("2019", "2020", "2021")),
        (range(1990, 2020), ("1990 – 1995", "1996 – 2001", "2002 – 2007")),
        (range(2995, 3001), ("2,995", "2,996", "2,997", "2,998", "2,999", "3,000")),
        (range(1_000_001, 1_000_005), ("1,000,001", "1,000,002", "1,000,003", "1,000,004")),
        (np.arange(1, 60) / 10_000, ("0.0001 – 0.0013", "0.0013 – 0.0025", "0.0025 – 0.0036")),
        (1000 + np.arange(50) / 1e6, ("1,000.000000 – 1,000.000010",)),
        (np.arange(1, 31) * 1e-200, ("1e-200 – 7e-200", "7e-200 – 1.3e-199")),
        ([0.1, 0.1 + 2**-56], ("0.10000000000000001", "0.10000000000000002")),
        ([*range(30), 1e300], ("0 – 5", "6 – 11", "12 – 18", "19 – 24", "25 – 1e+300")),
        ([*range(30), 0.5, 1e300], ("0 – 5",)),
        ([0.5], ("0.5",)),
        ([1000.5, 2000], ("1,000.5", "2,000")),
    ],
)
def test_names_of_numbers_have_as_many_digits_as_tell_them_apart(
    numbers: Iterable[float], names: tuple[str, ...]
) -> None:
    groups = group_column(column(*map(str, numbers)), ColumnType.NUMBER)
    assert groups.names[: len(names)] == names
    assert len(set(groups.names)) == len(groups.names)


def test_there_are_no_more_groups_than_asked_for_where_many_numbers_are_frequent() -> None:
    numbers = [str(one) for one in range(19) for _ in range(100 if one % 2 else 1)]
    groups = group_numbers(column(*numbers), 10)
    assert len(groups.names) <= 10 and np.bincount(groups.codes).max() <= 102


def test_whole_numbers_are_within_the_range_that_names_them() -> None:
    numbers = np.random.default_rng(0).geometric(0.02, 2000) - 30
    for most in (5, 10):
        groups = group_numbers(column(*map(str, numbers)), most)
        ends = [[int(end) for end in name.split(" – ")] for name in groups.names]
        for number, code in zip(numbers.tolist(), groups.codes.tolist(), strict=True):
            assert ends[code][0] <= number <= ends[code][-1]
        assert all(low[-1] < high[0] for low, high in pairwise(ends))


@pytest.mark.parametrize(
    ("first", "last", "unit", "years", "names"),
    [
        ("2024-03-04", "2024-03-04", Unit.DAY, 1, ("2024-03-04", "2024-03-04", 1)),
        ("2024-02-25", "2024-03-10", Unit.DAY, 1, ("2024-02-25", "2024-03-10", 15)),
        ("2024-03-01", "2024-05-31", Unit.WEEK, 1, ("2024-02-26", "2024-05-27", 14)),
        ("2023-12-24", "2025-03-01", Unit.MONTH, 1, ("2023-12", "2025-03", 16)),
        ("2023-05-01", "2025-12-31", Unit.QUARTER, 1, ("2023 Q2", "2025 Q4", 11)),
        ("2010-05-01", "2025-12-31", Unit.YEAR, 1, ("2010", "2025", 16)),
        ("1990-05-01", "2020-12-31", Unit.YEAR, 2, ("1990–1991", "2020–2021", 16)),
        ("1790-01-08", "2020-02-04", Unit.YEAR, 20, ("1780–1799", "2020–2039", 13)),
    ],
)
def test_dates_are_in_periods_that_fit_their_span(
    first: str, last: str, unit: Unit, years: int, names: tuple[str, str, int]
) -> None:
    groups = group_days(column(first, None, last), 16)
    assert groups.period == Period(unit, years)
    assert (groups.names[0], groups.names[-1], len(groups.names)) == names
    assert groups.codes.tolist() == [0, MISSING, len(groups.names) - 1]


def test_days_before_1970_and_weeks_from_monday() -> None:
    days = np.array(["1969-12-31", "1970-01-04", "1970-01-05"], dtype="datetime64[D]")
    assert Period(Unit.WEEK).number(days).tolist() == [0, 0, 1]
    assert Period(Unit.WEEK).name(0) == "1969-12-29" and Period(Unit.WEEK).name(1) == "1970-01-05"
    assert Period(Unit.QUARTER).name(int(Period(Unit.QUARTER).number(days)[0])) == "1969 Q4"
    assert Period(Unit.YEAR, 10).name(int(Period(Unit.YEAR, 10).number(days)[0])) == "1960–1969"


def test_a_slip_of_the_pen_makes_no_period_longer() -> None:
    days = [f"2024-{month:02}-15" for month in range(1, 13)] * 20
    groups = group_days(column(*days, "1024-01-01", "soon"), 16)
    assert groups.period == Period(Unit.MONTH) and len(groups.names) == 12
    assert named(groups)[-2:] == ["OTHER", "MISSING"]
    assert groups.beside == {OTHER: "other values", MISSING: "no date"}


def test_a_day_is_read_whatever_time_stands_behind_it() -> None:
    for cells in (
        ["2024-03-01T10:00:00Z", "2024-03-02 23:59", "2024-03-03 01:02:03.456+02:00", "2024-03-04"],
        ["03/01/2024 10:00 PM", "12/31/2024 1:00 am", "13/01/2024 1:00", None],
        ["Fri, 12 Jul 2002 10:11:12 +0200", "13 July 2002", "no day", ""],
        ["2024年3月1日 10:00", "2024年3月2日"],
        ["2024-01-01 24:00", "2024-01-02 99:99", "2024-01-03 23:60", "2024-01-04 1:00:61"],
        [
            "2024-01-01",
            "2024-01-02",
            "2024-01-03 24:00",
            "2024-01-04 13:00 pm",
            "2024-01-05 0:60 am",
        ],
        [*(f"2024-01-01 {hour}:00" for hour in range(9)), "2024-01-02 7:00", "soon", "late", "?"],
        ["2024-01", "2024-02", "2024-03 10:00", "2024", "2023 10:00", None, " 2024-04 "],
    ):
        read = parse_dates(column(*cells)).to_numpy(zero_copy_only=False)
        days = parse_days(column(*cells))
        assert np.array_equal(days, read.astype("datetime64[D]"), equal_nan=True)
        assert days.dtype == "datetime64[D]"
    assert not np.isnat(parse_days(column("2024-03-01T10:00:00Z"))).any()


@pytest.mark.parametrize("kind", [ColumnType.CATEGORY, ColumnType.NUMBER, ColumnType.DATE])
def test_few_and_odd_columns(kind: ColumnType) -> None:
    nothing = group_column(column(), kind)
    assert nothing.names == () and nothing.codes.tolist() == [] and nothing.beside == {}
    missing = group_column(column(None, "", " "), kind)
    assert missing.names == () and named(missing) == ["MISSING"] * 3
    one = group_column(column("2024"), kind)
    assert len(one.names) == 1 and one.codes.tolist() == [0]
    equal = group_column(column(*["2024"] * 9), kind)
    assert equal.names == one.names and set(equal.codes.tolist()) == {0}
    apart = group_column(column(*map(str, range(1000, 2000))), kind)
    assert len(apart.names) <= 16 and len(apart.codes) == 1000
