"""The cells of a column in few groups: its most frequent values, ranges of numbers, periods."""

import math
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

    A range holds its lower edge and not its upper one, but for the last. Where no more than
    `singly` different numbers are there, each is a group.
    """
    encoded = _encoded(column)
    parsed = parse_numbers(encoded.dictionary)
    values = pc.take(parsed, encoded.indices).to_numpy(zero_copy_only=False)
    known = np.isfinite(values)
    distinct = np.unique(parsed.to_numpy(zero_copy_only=False))
    distinct = distinct[np.isfinite(distinct)]
    if len(distinct) <= singly or not len(distinct):
        place = np.searchsorted(distinct, values)
        names = [f"{value:,.6g}" for value in distinct.tolist()]
    else:
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, most + 1)))
        ranges = max(len(edges) - 1, 1)
        place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, ranges - 1)
        names = range_names(edges if len(edges) > 1 else np.repeat(edges, 2))
    codes = np.where(known, place, MISSING).astype(np.int16)
    return Groups(codes, tuple(names), ColumnType.NUMBER)


def range_names(edges: npt.NDArray[np.floating]) -> list[str]:
    """Name the ranges between edges, in as few digits as tell them apart."""
    spread = float(edges[-1] - edges[0])
    digits = 0 if spread >= 20 else 1 if spread >= 1 else 2
    # An en dash, as a hyphen beside a negative number would be a minus.
    return [f"{low:,.{digits}f} – {high:,.{digits}f}" for low, high in pairwise(edges.tolist())]


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
