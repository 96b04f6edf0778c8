"""Dates as people write them become timestamps."""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

KIND = pa.timestamp("ms")
TIME = (
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp][Mm])?"
    r"\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero", "feb february februar février febrero",
            "mar march märz mars marzo", "apr april avril abril", "may mai mayo",
            "jun june juni juin junio", "jul july juli juillet julio", "aug august août agosto",
            "sep sept september septembre septiembre", "oct october oktober octobre octubre okt",
            "nov november novembre noviembre", "dec december dezember décembre diciembre dez",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip


@dataclass(frozen=True)
class DateForm:
    """A way to write dates: an expression, and which of its groups are year, month and day."""

    expression: re.Pattern[str]
    year: int
    month: int
    day: int


DAY_FIRST = DateForm(
    re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{2}}){TIME}"), 3, 2, 1
)
MONTH_FIRST = DateForm(DAY_FIRST.expression, 3, 1, 2)
FORMS = (
    DateForm(re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){TIME}"), 1, 2, 3),
    DateForm(re.compile(rf"(\d{{4}})年(\d{{1,2}})月(\d{{1,2}})日?{TIME}"), 1, 2, 3),
    DateForm(re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){TIME}"), 1, 2, 3),
    DAY_FIRST,
    MONTH_FIRST,
    DateForm(
        re.compile(rf"(?:\w{{3}},? )?(\d{{1,2}})\.?[ -]([^\W\d]+)\.?,?[ -](\d{{4}}){TIME}.*"),
        3,
        2,
        1,
    ),
    DateForm(
        re.compile(rf"([^\W\d]+)\.?[ -](\d{{1,2}})(?:st|nd|rd|th)?,?[ -](\d{{4}}){TIME}"), 3, 1, 2
    ),
    DateForm(re.compile(r"(\d{4})[-/.](\d{1,2})()()()()()"), 1, 2, 3),
    DateForm(re.compile(r"(\d{4})()()()()()()"), 1, 2, 3),
)
# A time behind a day, as the engine of Arrow (RE2) has it; behind a month or a year is none.
MINUTES = r":[0-5]\d(:([0-5]\d|60)([.,]\d+)?)?"
TIME_OF_DAY = (
    rf"[T ]+(([01]?\d|2[0-3]){MINUTES}|\d{{1,2}}{MINUTES}\s*[AaPp][Mm])"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?\s*$"
)
NO_DAY = r"^\s*\d{4}([-/.]\d{1,2})?\s*$"
SAMPLED = 500
LONGEST = 60


def parse_dates(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return a timestamp[ms] for each cell, null where it is no date; zones are dropped.

    Day and month have one order in the whole column, the one that reads most of it: 03/04/2024
    is the third of April unless other cells show that months come first.
    """
    column = _trimmed(column)
    return column if column.type == KIND else _read(column, _forms_of(column.unique()))


def parse_days(column: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.datetime64]:
    """Return the day of each cell, datetime64[D] (n,), not a time (NaT) where it is no date.

    As `parse_dates` reads them, but each day once and not each time of it: far quicker.
    """
    column = _trimmed(column)
    if column.type != KIND:
        # The whole cells say what the column is: its days may be fewer than its notes.
        forms = _forms_of(column.unique())
        bare = pc.replace_substring_regex(column, TIME_OF_DAY, "")
        column = _read(pc.if_else(pc.match_substring_regex(bare, NO_DAY), column, bare), forms)
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype="datetime64[D]")


def _trimmed(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return the cells as they are if they are times, else as strings with no blanks around."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_temporal(column.type):
        return column.cast(KIND, safe=False)
    return pc.utf8_trim_whitespace(column.cast(pa.string()))


def _read(column: pa.Array, forms: list[DateForm]) -> pa.Array:
    distinct = column.dictionary_encode()
    parsed = [_parse_any(value, forms) for value in distinct.dictionary.to_pylist()]
    return pc.take(pa.array(parsed, pa.string()).cast(KIND), distinct.indices)


def date_share(values: list[str]) -> float:
    """Return the share of values that are dates."""
    forms = _forms_of(pa.array(values, pa.string()))
    return sum(_parse_any(value, forms) is not None for value in values) / max(1, len(values))


def _forms_of(values: pa.Array) -> list[DateForm]:
    """Return the forms for a column: the one that reads most of it first; none where few are."""
    step = max(1, len(values) // SAMPLED)
    sample = [value for value in values[::step].to_pylist() if value]
    read = [sum(_parse(value, form) is not None for value in sample) for form in FORMS]
    best = FORMS[read.index(max(read))]
    if not max(read) or max(read) < 0.5 * len(sample):
        return []
    other_order = MONTH_FIRST if best is not MONTH_FIRST else DAY_FIRST
    return [best, *(form for form in FORMS if form not in (best, other_order))]


def _parse_any(value: str | None, forms: list[DateForm]) -> str | None:
    if not value or len(value) > LONGEST:
        return None
    return next((found for form in forms if (found := _parse(value, form)) is not None), None)


def _parse(value: str, form: DateForm) -> str | None:
    found = form.expression.fullmatch(value)
    if not found:
        return None
    year, month = int(found[form.year]), found[form.month] or "1"
    day = int(found[form.day] or 1)
    year += 0 if year > 99 else 2000 if year < 70 else 1900
    number = int(month) if month.isdigit() else MONTHS.get(month.lower(), 0)
    hour, minute, second = (int(found[group] or 0) for group in (4, 5, 6))
    half = (found[7] or "").lower()
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    if not (1 <= number <= 12 and 1 <= day <= _days(year, number) and year < 3000 and year > 999):
        return None
    if hour > 23 or minute > 59 or second > 60:
        return None
    return f"{year:04}-{number:02}-{day:02} {hour:02}:{minute:02}:{min(second, 59):02}"


def _days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
