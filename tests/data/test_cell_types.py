"""A column becomes numbers or dates for a sheet only where each value comes back as it was."""

from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import CellType, ColumnType, cell_types_of, find_cell_types
from core.data.cell_types import DateForm, NumberForm

NUMBER, DATE = ColumnType.NUMBER, ColumnType.DATE


def type_of(kind: ColumnType, *blocks: list[str | None]) -> CellType | None:
    batches = [pa.record_batch({"x": pa.array(block, pa.string())}) for block in blocks]
    return find_cell_types({"x": kind}, batches).get("x")


@pytest.mark.parametrize(
    ("kind", "cells", "shown"),
    [
        (NUMBER, ["1", "22", "-3", "0"], "0"),
        (NUMBER, ["1", None, "", "n/a"], "0"),
        (NUMBER, ["1,50", "2,00", "1234,00"], "0.00"),
        (NUMBER, ["1.234,50", "3,00"], "#,##0.00"),
        (NUMBER, ["1,234.50", "3.00"], "#,##0.00"),
        (NUMBER, ["1.5", "2", "0.25"], "General"),
        (NUMBER, ["1 234", "5"], "#,##0"),
        (NUMBER, ["1.234.567", "2.000"], "#,##0"),
        (NUMBER, ["1.234", "0.500"], "0.000"),
        (DATE, ["01.02.2024", "31.12.2023"], "dd.mm.yyyy"),
        (DATE, ["1.2.2024", "12.12.2024"], "d.m.yyyy"),
        (DATE, ["2024-01-02", "unknown"], "yyyy-mm-dd"),
        (DATE, ["2024-01-02T03:04:05"], 'yyyy-mm-dd"T"hh:mm:ss'),
        (DATE, ["03/25/2024", "01/02/2024"], r"mm\/dd\/yyyy"),
        (DATE, ["2024年1月2日"], 'yyyy"年"m"月"d"日"'),
    ],
)
def test_columns_that_are_so_through_and_through(
    kind: ColumnType, cells: list[str | None], shown: str
) -> None:
    found = type_of(kind, cells)
    assert found is not None and found.format == shown


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        (NUMBER, ["007", "1"]),
        (NUMBER, ["1.5", "1.50"]),
        (NUMBER, ["1234567890123456"]),
        (NUMBER, ["-0", "-0.00"]),
        (NUMBER, ["+1"]),
        (NUMBER, [" 1"]),
        (NUMBER, ["1e5"]),
        (NUMBER, ["7 %"]),
        (NUMBER, ["1.234", "5.678"]),  # thousands, or three decimals
        (NUMBER, ["1,5", "1.5"]),
        (NUMBER, [None, "", "none"]),
        (DATE, ["31.02.2024"]),
        (DATE, ["03/04/2024", "05/06/2024"]),  # which is the month?
        (DATE, ["01.02.2024", "01.02.2024 10:00"]),
        (DATE, ["01.02.2024", "1.2.2024"]),
        (DATE, ["01.02.24"]),
        (DATE, ["1900-02-28"]),  # Excel counts a 29th of that month
        (DATE, ["2024-01-02T03:04:05Z"]),
    ],
)
def test_columns_that_stay_text(kind: ColumnType, cells: list[str | None]) -> None:
    assert type_of(kind, cells) is None


def test_a_late_cell_decides_as_well_as_an_early_one() -> None:
    assert type_of(NUMBER, ["1", "2"], ["3"]) == NumberForm(".", "", 0)
    assert type_of(NUMBER, ["1", "2"], ["03"]) is None
    assert type_of(NUMBER, ["1.234"] * 300, ["0.500"]) == NumberForm(".", "", 3)


def as_written(number: float, form: NumberForm) -> str:
    places = form.places or 0
    english = f"{number:,.{places}f}" if form.group else f"{number:.{places}f}"
    return english.translate({ord(","): form.group, ord("."): form.decimal})


@given(
    numbers=st.lists(st.integers(-(10**11), 10**11), min_size=1),
    places=st.integers(0, 4),
    marks=st.sampled_from([(".", ""), (",", ""), (",", "."), (".", ","), (",", " "), (".", "'")]),
)
def test_every_number_comes_back(numbers: list[int], places: int, marks: tuple[str, str]) -> None:
    form = NumberForm(*marks, places)
    cells = [as_written(number / 10**places, form) for number in numbers]
    found = type_of(NUMBER, cells)
    if found is not None:
        assert isinstance(found, NumberForm) and found.places == places
        values = found.values(pa.array(cells)).to_pylist()
        assert [as_written(value, form) for value in values] == cells
    elif places not in (0, 3):
        assert any(cell.startswith("-0") and not cell.strip("-0.,") for cell in cells)


@given(
    days=st.lists(st.datetimes(datetime(1900, 3, 1), datetime(2999, 1, 1)), min_size=1),
    pattern=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S"]),
)
def test_every_date_comes_back(days: list[datetime], pattern: str) -> None:
    cells = [day.strftime(pattern) for day in days]
    found = type_of(DATE, cells)
    assert isinstance(found, DateForm) and found.pattern == pattern
    serials = found.values(pa.array(cells)).to_pylist()
    counted = [datetime(1899, 12, 30) + timedelta(seconds=round(86400 * day)) for day in serials]
    assert [day.strftime(pattern) for day in counted] == cells


def test_a_table_that_nobody_has_looked_at_has_its_numbers_and_dates() -> None:
    rows = 40
    table = pa.table(
        {
            "text": [f"The parcel number {n} came late" for n in range(rows)],
            "amount": [f"{n + 1}.{100 + n},50" for n in range(rows)],
            "day": [f"{n % 28 + 1:02d}.03.2024" for n in range(rows)],
            "customer": [f"{n:05d}" for n in range(rows)],
            "predicted_confidence": [0.5] * rows,
        }
    )
    assert set(cell_types_of(table)) == {"amount", "day"}
    assert cell_types_of(table.slice(0, 0)) == {}
    assert cell_types_of(pa.table({})) == {}
