"""Which columns of texts are numbers or dates through and through, so that a sheet can hold them.

A column is so where each value can be had back from the number or the day as it was written: with
007 in it, with 1.5 beside 1.50, or with numbers of more than 15 digits it stays text.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.data.numbers import TWO_MEANINGS
from core.data.profile import ColumnType, profile_table

MOST_DIGITS = 15  # that a sheet keeps of a number
MOST_PLACES = 6
BLANKS = (" ", "\u00a0", "\u202f")
NEGATIVE_ZERO = r"^-[0.,]+$"
# Sheets count the days from here; for Excel 1900 has a 29th of February, so they agree from March.
EPOCH = np.datetime64("1899-12-30", "s")
FIRST_DAY = datetime(1900, 3, 1)
SECONDS = 24 * 3600
DIGIT, MARK = r"\d", "[.,]"
HEAD = 100


@dataclass(frozen=True)
class NumberForm:
    """Numbers with so many `places` behind the decimal sign; None for as few as each needs."""

    decimal: str = "."
    group: str = ""
    places: int | None = None

    @property
    def format(self) -> str:
        """The number format that shows them so in a sheet, with the signs of its reader."""
        if self.places is None:
            return "General"
        whole = "#,##0" if self.group else "0"
        return f"{whole}.{self.places * '0'}" if self.places else whole

    @cached_property
    def expression(self) -> str:
        sign, group = re.escape(self.decimal), re.escape(self.group)
        whole = rf"[1-9]\d{{0,2}}({group}\d{{3}})*" if self.group else r"[1-9]\d*"
        behind = rf"({sign}\d*[1-9])?" if self.places is None else rf"{sign}\d{{{self.places}}}"
        return rf"^-?(0|{whole}){behind if self.places != 0 else ''}$"

    def fits(self, texts: pa.Array) -> bool:
        """Whether each of some texts, none of them null, comes back as it is."""
        digits = pc.utf8_length(pc.replace_substring_regex(texts, r"\D", ""))
        kept = pc.and_(
            pc.match_substring_regex(texts, self.expression), pc.less_equal(digits, MOST_DIGITS)
        )
        kept = pc.and_not(kept, pc.match_substring_regex(texts, NEGATIVE_ZERO))
        return bool(pc.all(kept, min_count=0).as_py())

    def values(self, texts: pa.Array) -> pa.Array:
        """Return the numbers (n,), integers where there are no places."""
        bare = pc.replace_substring(texts, self.group, "") if self.group else texts
        bare = pc.replace_substring(bare, self.decimal, ".")
        return bare.cast(pa.int64() if self.places == 0 else pa.float64())


@dataclass(frozen=True)
class DateForm:
    """Dates by the `pattern` of strptime and the `format` of a sheet.

    Where they are not `padded`, days and months have no zeros before them.
    """

    pattern: str
    format: str
    padded: bool = True

    def fits(self, texts: pa.Array) -> bool:
        """Whether each of some texts, none of them null, comes back as it is."""
        if not self.padded and pc.any(pc.match_substring_regex(texts, r"\b0\d\b")).as_py():
            return False
        padded = self._pad(texts)
        days = self._parse(padded)
        if days.null_count:
            return False
        again = pc.equal(pc.strftime(days, self.pattern), padded)  # no 31st of February
        late = pc.greater_equal(days, pa.scalar(FIRST_DAY, days.type))
        return bool(pc.all(pc.and_(again, late), min_count=0).as_py())

    def values(self, texts: pa.Array) -> pa.Array:
        """Return serial numbers (n,): days since 1899-12-30."""
        days = self._parse(self._pad(texts))
        serial = (days.to_numpy(zero_copy_only=False) - EPOCH) / np.timedelta64(SECONDS, "s")
        return pa.array(serial, pa.float64(), mask=np.asarray(days.is_null()))

    def _parse(self, texts: pa.Array) -> pa.Array:
        return pc.strptime(texts, format=self.pattern, unit="s", error_is_null=True)

    def _pad(self, texts: pa.Array) -> pa.Array:
        if self.padded:
            return texts
        for _ in range(2):  # a number in the middle shares its marks with the one before
            texts = pc.replace_substring_regex(texts, r"(^|\D)(\d)(\D|$)", r"\10\2\3")
        return texts


CellType = NumberForm | DateForm


def _number_forms() -> tuple[NumberForm, ...]:
    whole = [NumberForm(".", group, 0) for group in ("", *BLANKS, "'", "’", ",", ".")]
    marks = [(".", ","), (",", ".")]
    plain = [
        NumberForm(decimal, "", places)
        for decimal, _ in marks
        for places in (*range(1, MOST_PLACES + 1), None)
    ]
    grouped = [
        NumberForm(decimal, group, places)
        for decimal, other in marks
        for group in (other, *BLANKS, "'", "’")
        for places in range(1, MOST_PLACES + 1)
    ]
    return (*whole, *plain, *grouped)


def _date_forms() -> tuple[DateForm, ...]:
    days = [
        *((f"%Y{s}%m{s}%d", f"yyyy{t}mm{t}dd") for s, t in (("-", "-"), ("/", r"\/"), (".", "."))),
        *((f"%d{s}%m{s}%Y", f"dd{t}mm{t}yyyy") for s, t in ((".", "."), ("/", r"\/"), ("-", "-"))),
        *((f"%m{s}%d{s}%Y", f"mm{t}dd{t}yyyy") for s, t in (("/", r"\/"), ("-", "-"))),
        ("%Y%m%d", "yyyymmdd"),
        ("%Y年%m月%d日", 'yyyy"年"mm"月"dd"日"'),
    ]
    times = [
        ("", ""), (" %H:%M", " hh:mm"), (" %H:%M:%S", " hh:mm:ss"),
        ("T%H:%M", '"T"hh:mm'), ("T%H:%M:%S", '"T"hh:mm:ss'),
    ]  # fmt: skip
    padded = [
        DateForm(day + time, shown_day + shown_time)
        for (day, shown_day), (time, shown_time) in product(days, times)
    ]
    bare = [
        DateForm(day, shown.replace("dd", "d").replace("mm", "m"), padded=False)
        for day, shown in days
        if day != "%Y%m%d"
    ]
    return (*padded, *bare)


FORMS: dict[ColumnType, tuple[CellType, ...]] = {
    ColumnType.NUMBER: _number_forms(),
    ColumnType.DATE: _date_forms(),
}


def find_cell_types(
    kinds: Mapping[str, ColumnType], batches: Iterable[pa.RecordBatch]
) -> dict[str, CellType]:
    """Return how the cells of columns are written, by name; columns that have to stay text lack.

    `kinds` are NUMBER or DATE. A cell without any digit, such as n/a, says nothing about a column.
    """
    searches = {name: _Search(kind) for name, kind in kinds.items()}
    for batch in batches:
        for name, search in searches.items():
            search.see(batch.column(name))
    return {name: form for name, search in searches.items() if (form := search.found)}


def cell_types_of(table: pa.Table) -> dict[str, CellType]:
    """Return how the cells of a table's columns of texts are written, its kinds not being known."""
    texts = table.select([field.name for field in table.schema if pa.types.is_string(field.type)])
    profile = profile_table(texts)
    kinds = {column.name: column.type for column in profile.columns if column.type in FORMS}
    return find_cell_types(kinds, table.select(list(kinds)).to_batches())


class _Search:
    """The forms that have fitted all cells of a column so far."""

    def __init__(self, kind: ColumnType) -> None:
        self._left = FORMS[kind]
        self._seen = self._is_told = False
        self._has_marks = False

    def see(self, column: pa.Array) -> None:
        cells = pc.unique(column.filter(pc.match_substring_regex(column, DIGIT)))
        if not self._left or not len(cells):
            return
        self._seen = True
        for part in (cells.slice(0, HEAD), cells):  # most forms go at the first look
            self._left = tuple(form for form in self._left if form.fits(part))
        marked = cells.filter(pc.match_substring_regex(cells, MARK))
        two_meanings = pc.match_substring_regex(marked, TWO_MEANINGS)
        self._has_marks |= len(marked) > 0
        self._is_told |= not pc.all(two_meanings, min_count=0).as_py()

    @property
    def found(self) -> CellType | None:
        """The first form that fits all cells; None where they could mean something else as well."""
        if not self._seen or not self._left or (self._has_marks and not self._is_told):
            return None
        starts = {form.pattern[:2] for form in self._left if isinstance(form, DateForm)}
        return None if {"%d", "%m"} <= starts else self._left[0]
