"""Numbers are read as people write them; what is none stays empty."""

import pyarrow as pa
import pytest

from core.data.numbers import parse_numbers


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("007", 7),
        (" 12 ", 12),
        ("+3", 3),
        ("-3.5", -3.5),
        (".5", 0.5),
        ("1e5", 1e5),
        ("12,5", 12.5),
        ("1,234", 1234),
        ("1,234.5", 1234.5),
        ("1'234'567", 1234567),
        ("1 234", 1234),
        ("1\u00a0234,5", 1234.5),
        ("1\u202f234", 1234),
        ("1.234,56", 1234.56),
        ("-1.234.567,5", -1234567.5),
        ("7 %", 7),
        ("", None),
        ("-", None),
        ("1.2.3", None),
        ("2024-01-02", None),
        ("seven", None),
        (None, None),
    ],
)
def test_one(written: str | None, number: float | None) -> None:
    assert parse_numbers(pa.array([written], pa.string())).to_pylist() == [number]


@pytest.mark.parametrize("texts", [[], [None], ["x"] * 3])
def test_columns_without_a_number(texts: list[str | None]) -> None:
    found = parse_numbers(pa.chunked_array([pa.array(texts, pa.string())]))
    assert found.to_pylist() == [None] * len(texts)


def test_one_value_tells_how_a_column_is_written() -> None:
    column = pa.array(["123,41", "1.234", "2.500,00", None, "-"])
    assert parse_numbers(column).to_pylist() == [123.41, 1234, 2500, None, None]
    assert parse_numbers(pa.array(["1.234", "12,5"])).to_pylist() == [1.234, 12.5]
