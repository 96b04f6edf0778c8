"""The cells of a column in few groups: its most frequent values, ranges of numbers, periods."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.data.dates import parse_days
from core.data.numbers import parse_numbers
from core.data.profile import ColumnType
from core.i18n import N_

OTHER, MISSING = -1, -2
OTHERS, NO_VALUE = N_("other values"), N_("no value")
NO_NUMBER, NO_DATE = N_("no number"), N_("no date")
MOST_VALUES, MOST_PERIODS, RANGES = 12, 16, 5
# Days before those of nearly all rows, or after them, are likely slips of the pen.
USUAL = (0.01, 0.99)
YEARS = (1, 2, 5, 10, 20, 50, 100, 200)
# Whole numbers from the one to the other may be years, which have no mark between thousands.
FIRST_YEAR, LAST_YEAR = 1000, 2999
# An en dash, as a hyphen beside a negative number would be a minus.
BETWEEN = " – "
# From here on, and from so many decimals, a number is written with a power of ten.
TOO_LONG, MOST_DECIMALS = 1e15, 10
MONDAY = 3  # days from one to the first day of 1970, a Thursday

Days = npt.NDArray[np.datetime64]


class Unit(StrEnum):
    """What a period is a multiple of."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class Period:
    """A span of the calendar: a day, a week from Monday on, a month, a quarter, or some years."""

    unit: Unit
    years: int = 1

    def number(self, days: Days) -> npt.NDArray[np.int64]:
        """Return the number of the period that each day (n,) is in; later ones are higher."""
        match self.unit:
            case Unit.DAY:
                return days.astype(np.int64)
            case Unit.WEEK:
                return (days.astype(np.int64) + MONDAY) // 7
            case Unit.MONTH:
                return days.astype("datetime64[M]").astype(np.int64)
            case Unit.QUARTER:
                return days.astype("datetime64[M]").astype(np.int64) // 3
        return (days.astype("datetime64[Y]").astype(np.int64) + 1970) // self.years

    def name(self, number: int) -> str:
        """Return its name: "2024-03", "2024 Q1", "1990–1994"; a week by its Monday."""
        match self.unit:
            case Unit.DAY:
                return str(np.datetime64(number, "D"))
            case Unit.WEEK:
                return str(np.datetime64(7 * number - MONDAY, "D"))
            case Unit.MONTH:
                return str(np.datetime64(number, "M"))
            case Unit.QUARTER:
                return f"{1970 + number // 4} Q{number % 4 + 1}"
        first = number * self.years
        return str(first) if self.years == 1 else f"{first}–{first + self.years - 1}"


PERIODS = (
    *(Period(unit) for unit in Unit if unit is not Unit.YEAR),
    *(Period(Unit.YEAR, years) for years in YEARS),
)


@dataclass(frozen=True)
class Groups:
    """The group of each cell of a column: `codes` int16 (n,) are places in `names`.

    OTHER is in none of them, MISSING has no value, or none of the `kind`. Dates have a `period`.
    """

    codes: npt.NDArray[np.int16]
    names: tuple[str, ...]
    kind: ColumnType = ColumnType.CATEGORY
    period: Period | None = None

    @property
    def beside(self) -> dict[int, str]:
        """The codes below 0 that are there, and what they mean, in marked words."""
        nothing = {ColumnType.NUMBER: NO_NUMBER, ColumnType.DATE: NO_DATE}
        words = {OTHER: OTHERS, MISSING: nothing.get(self.kind, NO_VALUE)}
        return {code: word for code, word in words.items() if (self.codes == code).any()}


def group_column(column: pa.Array | pa.ChunkedArray, kind: ColumnType) -> Groups:
    """Return a column in as many groups as a table has room for, by what its values are."""
    if kind is ColumnType.NUMBER:
        return group_numbers(column, RANGES, singly=MOST_VALUES)
    if kind is ColumnType.DATE:
        return group_days(column, MOST_PERIODS)
    return _in_order(group_values(column, MOST_VALUES))


def group_values(column: pa.Array | pa.ChunkedArray, most: int) -> Groups:
    """Return the most frequent values, the first of them the most frequent; ties by the alphabet.

    Blanks around a value do not count.
    """
    encoded = _encoded(pc.utf8_trim_whitespace(column.cast(pa.string())))
    values = encoded.dictionary
    indices = pc.fill_null(encoded.indices, len(values)).to_numpy(zero_copy_only=False)
    counts = np.bincount(indices, minlength=len(values) + 1)[:-1]
    by_count = [("counts", "descending"), ("values", "ascending")]
    table = pa.table({"values": values, "counts": counts})
    blank = pc.equal(values, "").to_numpy(zero_copy_only=False)
    order = pc.sort_indices(table, sort_keys=by_count).to_numpy()
    top = order[~blank[order]][:most]
    place = np.full(len(values) + 1, OTHER, dtype=np.int16)
    place[:-1][blank] = place[-1] = MISSING
    place[top] = np.arange(len(top))
    return Groups(place[indices], tuple(values.take(pa.array(top)).to_pylist()))


def _in_order(groups: Groups) -> Groups:
    """Put values that are all numbers, such as stars from 1 to 5, into their order."""
    numbers = parse_numbers(pa.array(groups.names, pa.string()))
    if numbers.null_count:
        return groups
    order = np.argsort(numbers.to_numpy(zero_copy_only=False), kind="stable")
    place = np.append(np.argsort(order), [MISSING, OTHER])  # from behind: -1 is OTHER, -2 MISSING
    names = tuple(groups.names[one] for one in order)
    return replace(groups, codes=place[groups.codes].astype(np.int16), names=names)


def group_numbers(column: pa.Array | pa.ChunkedArray, most: int, singly: int = 0) -> Groups:
    """Return ranges of numbers, from low to high, with about as many cells in each.

    Where no more than `singly` or `most` different numbers are there, each is a group, and so is
    a number that more cells have than a range should hold. A range of whole numbers holds both
    that it is named by; one of others holds its lower edge and not its upper one, but for the
    last.
    """
    encoded = _encoded(column)
    parsed = parse_numbers(encoded.dictionary)
    values = pc.take(parsed, encoded.indices).to_numpy(zero_copy_only=False)
    known = np.isfinite(values)
    # Adding zero makes -0 a 0.
    distinct, of_value, counts = np.unique(
        values[known] + 0.0, return_inverse=True, return_counts=True
    )
    few = len(distinct) <= max(singly, most)
    place = np.arange(len(distinct)) if few else _places_in_ranges(counts, most)
    codes = np.full(len(values), MISSING, dtype=np.int16)
    codes[known] = place[of_value]
    return Groups(codes, tuple(_names_of_numbers(distinct, place)), ColumnType.NUMBER)


def _places_in_ranges(counts: npt.NDArray[np.integer], most: int) -> npt.NDArray[np.integer]:
    """Return the place of the range of each number (n,), from the `counts` of the sorted numbers.

    There are more than `most` of them.
    """
    alone, ranges = np.zeros(len(counts), dtype=bool), most
    while True:
        # What is left is shared out anew, so that another may now be too frequent for a range.
        found = alone | (counts * (most - alone.sum()) > counts[~alone].sum())
        # A number alone between others parts a range in two.
        cuts = len(np.unique(np.cumsum(found)[~found])) - 1
        left = most - int(found.sum()) - cuts
        if (found == alone).all() or left < 1:
            break
        alone, ranges = found, left
    cells = counts[~alone]
    middle = np.cumsum(cells) - cells / 2
    quantile = np.zeros(len(counts), dtype=np.int64)
    quantile[~alone] = middle * ranges // cells.sum()
    first = alone[1:] | alone[:-1] | (np.diff(quantile) > 0)
    return np.append(0, np.cumsum(first))


def _names_of_numbers(
    distinct: npt.NDArray[np.floating], place: npt.NDArray[np.integer]
) -> list[str]:
    """Name each range of the sorted numbers (n,) by its ends, or by the one number in it."""
    first = np.flatnonzero(np.diff(place, prepend=-1))
    low, high = distinct[first], distinct[np.append(first[1:], len(distinct))[: len(first)] - 1]
    single = low == high
    all_digits = (",.15g", ",.17g")
    forms: Sequence[str] = all_digits
    if (distinct == np.round(distinct)).all():
        if ((distinct >= FIRST_YEAR) & (distinct <= LAST_YEAR)).all():
            forms = all_digits = (".15g", ".17g")
    elif not single.all():
        high = np.append(low[1:], high[-1:])
        forms = _few_digits(np.append(low, high))
    ends = _written(np.append(low, high), forms)
    ranges = map(BETWEEN.join, zip(ends[: len(low)], ends[len(low) :], strict=True))
    names = zip(single.tolist(), _written(low, all_digits), ranges, strict=True)
    return [number if alone else between for alone, number, between in names]


def range_names(edges: npt.NDArray[np.floating]) -> list[str]:
    """Name the ranges between edges, in as few digits as tell them apart."""
    return list(map(BETWEEN.join, pairwise(_written(edges, _few_digits(edges)))))


def _few_digits(edges: npt.NDArray[np.floating]) -> list[str]:
    """Return ways to write the edges of ranges, each with more digits than the one before it."""
    digits = [f",.{number}g" for number in range(6, 18)]
    if np.abs(edges).max() >= TOO_LONG:
        return digits
    spread = float(np.ptp(edges))
    least = 0 if spread >= 20 else max(1, 1 + math.ceil(-math.log10(spread)))
    # The z is for no minus before a 0.
    return [*(f"z,.{decimals}f" for decimals in range(least, MOST_DECIMALS)), *digits]


def _written(numbers: npt.NDArray[np.floating], forms: Sequence[str]) -> list[str]:
    """Write numbers in the first of the forms in which no two different ones read alike."""
    different = np.unique(numbers).tolist()
    found = next(
        (form for form in forms if len({format(one, form) for one in different}) == len(different)),
        forms[-1],
    )
    return [format(one, found) for one in numbers.tolist()]


def group_days(column: pa.Array | pa.ChunkedArray, most: int) -> Groups:
    """Return periods in their order, none left out between: the shortest that do with so many.

    A few days far from all others make the periods no longer: they are OTHER.
    """
    days = parse_days(column)
    known = ~np.isnat(days)
    if not known.any():
        return Groups(np.full(len(days), MISSING, dtype=np.int16), (), ColumnType.DATE)
    found = np.sort(days[known])
    low, high = np.array(USUAL) * (len(found) - 1)
    ends = [math.floor(low), math.ceil(high)]
    period = next(one for one in PERIODS if np.ptp(one.number(found[ends])) < most)
    first, last = period.number(found[[0, -1]]).tolist()
    if last - first >= most:
        first, last = period.number(found[ends]).tolist()
    number = period.number(days)
    place = np.where((number >= first) & (number <= last), number - first, OTHER)
    names = [period.name(one) for one in range(first, last + 1)]
    codes = np.where(known, place, MISSING).astype(np.int16)
    return Groups(codes, tuple(names), ColumnType.DATE, period=period)


def _encoded(column: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.dictionary_encode()
