"""Dates as people write them become timestamps."""

import datetime

import pyarrow as pa
import pytest

from core.data import parse_dates
from core.data.dates import date_share


def days(*values):
    found = parse_dates(pa.array(values, pa.string())).to_pylist()
    return [None if value is None else value.date().isoformat() for value in found]


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-09", "2024/3/9", "2024.03.09", "20240309", "09.03.2024", "2024年3月9日",
        "9 March 2024", "9 Mar 2024", "March 9, 2024", "9. März 2024", "2024-03-09T23:59:59Z",
        "2024-03-09 08:30", "Sat, 9 Mar 2024 08:30:00 +0100",
    ],
)  # fmt: skip
def test_each_usual_form_is_read(written):
    assert days(written) == ["2024-03-09"]


def test_the_time_is_kept():
    found = parse_dates(pa.array(["2024-03-09 11:30 PM"]))
    assert found.to_pylist() == [datetime.datetime(2024, 3, 9, 23, 30)]


def test_the_day_comes_first_unless_other_cells_show_that_months_do():
    assert days("03/04/2024", "05/06/2024") == ["2024-04-03", "2024-06-05"]
    assert days("03/04/2024", "05/26/2024") == ["2024-03-04", "2024-05-26"]
    assert days("03/04/2024", "26/05/2024") == ["2024-04-03", "2024-05-26"]


def test_what_is_no_date_is_null():
    good = [f"2024-01-0{day}" for day in range(1, 6)]
    found = days(*good, "soon", "", None, "2024-13-01", "2024-02-30", "x" * 500)
    assert found == [*good, None, None, None, None, None, None]


def test_other_forms_in_the_same_column_are_read_too():
    assert days("2024-01-01", "2024-01-02", "March 3, 2024", "1999") == [
        "2024-01-01", "2024-01-02", "2024-03-03", "1999-01-01",
    ]  # fmt: skip


@pytest.mark.parametrize("values", [[], [None], [""], ["word"], ["word", "other", "2024-01-01"]])
def test_a_column_of_no_dates_gives_nulls_of_its_length(values):
    assert days(*values) == [None] * len(values)


def test_temporal_columns_of_other_files_are_taken_as_they_are():
    column = pa.chunked_array([pa.array([datetime.date(2024, 1, 2), None])])
    assert parse_dates(column).to_pylist() == [datetime.datetime(2024, 1, 2), None]


def test_the_share_of_dates():
    assert date_share(["2024-01-01", "2024-01-02", "2024-01-03", "later"]) == 0.75
    assert date_share([]) == 0.0
    assert date_share(["3.5", "hello"]) == 0.0
