"""What each column of a table holds: its type, what is missing, its values."""

import re
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.data.cells import ADDRESS
from core.data.dates import date_share, parse_dates
from core.data.language import detect_language, language_shares
from core.data.numbers import parse_numbers
from core.i18n import N_
from core.progress import SILENT, Progress

SAMPLED = 1000
# Telling a language takes half a second: of a table with many columns of texts, the first are told.
MOST_TOLD = 12
LANGUAGE_SAMPLED = 2000
DATES_SAMPLED = 20_000
TOP_VALUES = 10
BINS = 20
COUNTED_CHARACTERS = 2000
LONGEST_NUMBER = 18
NUMBERING = ("id", "nr", "no", "key", "index")
# Thai, Lao, kana and Han: scripts that put no blanks between words.
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u9fff\U00020000-\U0003ffff]")
MOST_CATEGORIES = 300
NUMBER = (
    r"^\s*[-+]?(\d{1,3}(\.\d{3})+,\d+"
    r"|(\d{1,3}([,' \x{a0}\x{202f}]\d{3})+|\d+)?([.,]\d+)?([eE][-+]?\d+)?)"
    r"[\s\x{a0}\x{202f}]*%?\s*$"
)
LANGUAGE_NAMES = frozenset([
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "pl", "cs", "sk", "hu",
    "ro", "bg", "el", "ru", "uk", "tr", "ar", "he", "fa", "hi", "bn", "th", "vi", "id", "ms",
    "ja", "ko", "zh", "zh-cn", "zh-tw", "zh-hans", "zh-hant", "english", "german", "french",
    "spanish", "italian", "chinese", "japanese",
])  # fmt: skip


class ColumnType(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    CATEGORY = "category"
    NUMBER = "number"
    DATE = "date"
    ID = "id"
    LANGUAGE = "language"
    EMPTY = "empty"


@dataclass(frozen=True)
class ColumnProfile:
    """A column in figures. Lengths are in characters; `histogram` counts rows in equal bins.

    The bins run from `low` to `high`: of the values where these are numbers, of days since 1970
    (of up to 20,000 rows, evenly drawn) where they are `dated`, else of the lengths, of which the
    longest hundredth counts as the one below it.
    Columns of texts have a `language` (ISO 639-1), and a share for each of the `languages`.
    """

    name: str
    type: ColumnType
    rows: int
    missing: int
    distinct: int
    mean_length: float
    median_length: int
    longest: int
    top: tuple[tuple[str, int], ...]
    histogram: tuple[int, ...]
    low: float
    high: float
    words: float
    language: str = ""
    languages: tuple[tuple[str, float], ...] = ()
    dated: bool = False

    @property
    def filled(self) -> int:
        return self.rows - self.missing


@dataclass(frozen=True)
class TableProfile:
    """The profile of each column, in their order."""

    rows: int
    columns: tuple[ColumnProfile, ...]

    def column(self, name: str) -> ColumnProfile:
        """Return the profile of a column by its name."""
        return next(column for column in self.columns if column.name == name)

    def to_json(self) -> dict[str, Any]:
        """Return the profile as JSON values."""
        return {"rows": self.rows, "columns": [asdict(column) for column in self.columns]}


def profile_table(table: pa.Table, progress: Progress = SILENT) -> TableProfile:
    """Return the profile of a table of strings."""
    columns: list[ColumnProfile] = []
    for place, name in enumerate(table.column_names):
        progress(place, table.num_columns, N_("Looking at the columns"))
        column = table.column(place).cast(pa.string())
        described = _profile(name, column)
        told = sum(bool(one.language) for one in columns) < MOST_TOLD
        if described.type is ColumnType.TEXT and told:
            described = _with_language(described, column)
        columns.append(described)
    progress(table.num_columns, table.num_columns, N_("Looking at the columns"))
    return TableProfile(table.num_rows, tuple(columns))


def _with_language(described: ColumnProfile, column: pa.ChunkedArray) -> ColumnProfile:
    sample = _evenly(column, LANGUAGE_SAMPLED)
    languages = tuple((one.code, one.share) for one in language_shares(sample))
    return replace(described, language=detect_language(sample), languages=languages)


def _profile(name: str, column: pa.ChunkedArray) -> ColumnProfile:
    present = _present(column)
    rows, missing = len(column), len(column) - len(present)
    if len(present) == 0:
        return ColumnProfile(name, ColumnType.EMPTY, rows, missing, 0, 0.0, 0, 0, (), (), 0, 0, 0.0)
    counts = pc.value_counts(present)
    distinct = len(counts)
    lengths = pc.utf8_length(present)
    sample = _sample(counts.field("values"))
    words = sum(_words(value) for value in sample) / len(sample)
    kind = _kind(name, sample, present, distinct, words)
    figures = SPREAD.get(kind, _usual_lengths)(present)
    histogram, low, high = _histogram(figures)
    return ColumnProfile(
        name=name,
        type=kind,
        rows=rows,
        missing=missing,
        distinct=distinct,
        mean_length=round(pc.mean(lengths).as_py(), 1),
        median_length=int(pc.approximate_median(lengths).as_py()),
        longest=pc.max(lengths).as_py(),
        top=_top(counts),
        histogram=histogram,
        low=low,
        high=high,
        words=round(words, 1),
        dated=kind is ColumnType.DATE,
    )


def _present(column: pa.ChunkedArray) -> pa.ChunkedArray:
    filled = pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(column)), 0)
    return column.filter(pc.fill_null(filled, False))


def _sample(values: pa.Array) -> list[str]:
    return [str(value) for value in _evenly(values, SAMPLED)[:SAMPLED].to_pylist()]


def _evenly(values: pa.Array | pa.ChunkedArray, most: int) -> pa.Array | pa.ChunkedArray:
    """Return about so many of the values, drawn evenly."""
    return values.take(pa.array(range(0, len(values), max(1, len(values) // most)), pa.int64()))


def _words(value: str) -> int:
    """Return the number of words; of scripts without spaces, two characters are one."""
    start = value[:COUNTED_CHARACTERS]
    return max(len(start.split()), len(UNSPACED.findall(start)) // 2)


def _kind(
    name: str, sample: list[str], present: pa.ChunkedArray, distinct: int, words: float
) -> ColumnType:
    unique = distinct / len(present)
    numbers = _share_matching(pa.array(sample), NUMBER)
    if numbers > 0.95 and not _zero_led(sample):
        return _kind_of_numbers(name, sample, present, unique)
    if date_share([value.strip() for value in sample]) > 0.9:
        return ColumnType.DATE
    if distinct <= 60 and all(value.strip().lower() in LANGUAGE_NAMES for value in sample):
        return ColumnType.LANGUAGE
    if words < 1.5 and unique > 0.95 and len(present) > 3 and _like_ids(sample):
        return ColumnType.ID
    varied = words >= 4 and (unique > 0.2 or distinct > MOST_CATEGORIES)
    few = distinct <= max(2, min(MOST_CATEGORIES, len(present) // 3))
    return ColumnType.CATEGORY if few and words < 8 and not varied else ColumnType.TEXT


def _kind_of_numbers(
    name: str, sample: list[str], present: pa.ChunkedArray, unique: float
) -> ColumnType:
    whole = all(value.strip().isdecimal() for value in sample)
    words = name.strip().replace("_", " ").lower().split()
    named = bool(words) and (words[-1] in NUMBERING or name.strip().endswith(("Id", "ID")))
    if whole and unique > 0.99 and len(present) > 3 and (named or _running(sample)):
        return ColumnType.ID
    if whole and date_share([value.strip() for value in sample]) > 0.98 and _dates_likely(sample):
        return ColumnType.DATE
    return ColumnType.NUMBER


def _running(sample: list[str]) -> bool:
    """Whether numbers count up by equal steps, as row numbers do."""
    start = sample[:50]
    if max(map(len, start)) > LONGEST_NUMBER:
        return False
    steps = {second - first for first, second in pairwise(map(int, start))}
    return len(steps) == 1 and steps != {0}


def _dates_likely(sample: list[str]) -> bool:
    """Whether eight digits are days such as 20240131; bare years stay numbers."""
    return all(len(value.strip()) == 8 and "19" <= value.strip()[:2] <= "20" for value in sample)


def _zero_led(sample: list[str]) -> bool:
    return any(len(v) > 1 and v[0] == "0" and v[1].isdigit() for v in sample)


def _like_ids(sample: list[str]) -> bool:
    mixed = sum(
        any(c.isdigit() for c in value) or len(value) > 24 or "_" in value or "-" in value
        for value in sample
    )
    addresses = sum(ADDRESS.fullmatch(value) is not None for value in sample)
    return mixed + addresses > 0.8 * len(sample)


def _share_matching(values: pa.Array, expression: str) -> float:
    digits = pc.match_substring_regex(values, r"\d")
    matching = pc.and_(digits, pc.match_substring_regex(values, expression))
    return (pc.sum(matching).as_py() or 0) / max(1, len(values))


def _days(present: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the days since 1970 of rows drawn evenly."""
    dates = parse_dates(_evenly(present, DATES_SAMPLED))
    days = pc.divide(pc.drop_null(dates).cast(pa.int64()), 24 * 3600 * 1000)
    return pa.chunked_array([days])


def _usual_lengths(present: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the lengths, those of a few giant values cut: they would hide all others."""
    lengths = pc.utf8_length(present)
    return pc.min_element_wise(lengths, pc.quantile(lengths, 0.99)[0])


SPREAD = {ColumnType.NUMBER: parse_numbers, ColumnType.DATE: _days}


def _histogram(figures: pa.ChunkedArray) -> tuple[tuple[int, ...], float, float]:
    import numpy as np

    values = figures.to_numpy().astype(np.float64)
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return (), 0.0, 0.0
    low, high = float(values.min()), float(values.max())
    counts, _ = np.histogram(values, bins=BINS if high > low else 1)
    return tuple(int(count) for count in counts), low, high


def _top(counts: pa.StructArray) -> tuple[tuple[str, int], ...]:
    order = pc.select_k_unstable(counts.field("counts"), TOP_VALUES, [("", "descending")])
    top = counts.take(order)
    pairs = zip(top.field("values").to_pylist(), top.field("counts").to_pylist(), strict=True)
    return tuple((str(value)[:200], int(count)) for value, count in pairs)
