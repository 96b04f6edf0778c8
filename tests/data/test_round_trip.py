"""A table that was written in some dialect and encoding reads back as it was."""

import csv
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data import ReadOptions, read_table, write_reading

RELAXED = [HealthCheck.too_slow, HealthCheck.data_too_large]
WORDS = [
    "late", "parcel", "battery", "screen", "great", "value", "would", "buy", "again", "never",
    "came", "box", "torn", "café", "naïve", "señor", "Größe", "it's", "don't", "5\" wide", "a;b",
    "a|b", "tabs", "x,y", "(see", "note)", "100%", "e-mail", "50€", "why?", "ok!", "- dash",
]  # fmt: skip
CHINESE = [
    "物流很快",
    "质量不错",
    "包装破了",
    "客服态度好",
    "iPhone 13",
    "不推荐",
    "还会再买",
    "三天就坏了",
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "gb18030"]
FEW_LETTERS = 10
PLAIN_NAMES = ["order_id", "date", "customer", "comment", "amount", "label", "city", "note"]


def text_of(rng, words, most):
    return " ".join(rng.choices(words, k=rng.randint(1, most)))


CELLS = {
    "number": lambda rng, words: f"{rng.uniform(0, 5000):.2f}",
    "date": lambda rng, words: f"{rng.randint(1990, 2024)}-{rng.randint(1, 12):02}-09",
    "label": lambda rng, words: rng.choice(["positive", "negative", "neutral"]),
    "text": lambda rng, words: text_of(rng, words, 12),
    "lines": lambda rng, words: "\n".join(text_of(rng, words, 5) for _ in range(2)),
    "gaps": lambda rng, words: text_of(rng, words, 3) if rng.random() < 0.7 else "",
}


@st.composite
def real_tables(draw):
    """Tables as people have them: an id, numbers, dates, short words and free texts."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    words = rng.choice([WORDS, WORDS, CHINESE])
    kinds = rng.choices(list(CELLS), k=rng.randint(1, 5))
    count = rng.randint(12, 40)
    rows = [[f"{n:05d}", *(CELLS[kind](rng, words) for kind in kinds)] for n in range(count)]
    rows.append([f"{count:05d}", *(["end"] * len(kinds))])
    return PLAIN_NAMES[: len(kinds) + 1], rows


@st.composite
def dialects(draw):
    delimiter = draw(st.sampled_from([",", ",", ";", "\t", "|"]))
    return {
        "delimiter": delimiter,
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "lineterminator": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "escapechar": draw(st.sampled_from([None, None, "\\"])),
    }


def write(path, names, rows, dialect, encoding):
    # a row with a line end of another kind is quoted by hand: the csv module would not
    with path.open("w", encoding=encoding, newline="") as file:
        usual = csv.writer(file, **arguments(dialect))
        quoted = csv.writer(file, **arguments({**dialect, "quoting": csv.QUOTE_ALL}))
        for row in [names, *rows]:
            broken = any("\n" in cell or "\r" in cell for cell in row)
            (quoted if broken or not any(row) else usual).writerow(row)


def arguments(dialect):
    return {**dialect, "doublequote": dialect["escapechar"] is None}


def read_back(path, options=None):
    """Return names and rows as `textlode read` writes them."""
    result = read_table(path, options)
    written = write_reading(result, path.parent / "out", "x")
    with written.table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return rows if result.names_missing else (rows[0], rows[1:])


def encodable(names, rows, encoding):
    try:
        "".join(names + [cell for row in rows for cell in row]).encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def check_detected(table, dialect, encoding):
    names, rows = table
    if not encodable(names, rows, encoding):
        encoding = "utf-8"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        write(path, names, rows, dialect, encoding)
        assert read_back(path, options_for(rows, encoding)) == (names, rows)


def options_for(rows, encoding):
    """A handful of letters does not tell Windows-1252 from 1250: there it is said."""
    if encoding != "cp1252":
        return None
    accented = sum(char > "\x7f" for row in rows for cell in row for char in cell)
    return ReadOptions(encoding=encoding) if accented < FEW_LETTERS else None


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=RELAXED)
@given(real_tables(), dialects(), st.sampled_from(ENCODINGS))
def test_with_nothing_said(table, dialect, encoding):
    check_detected(table, dialect, encoding)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None, suppress_health_check=RELAXED)
@given(real_tables(), dialects(), st.sampled_from(ENCODINGS))
def test_with_nothing_said_ten_thousand_times(table, dialect, encoding):
    check_detected(table, dialect, encoding)


ANYTHING = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=12
) | st.sampled_from(["", '"', '""', ",", "\n", "\r\n", " ", "'", "\\", '",', '\\"', "007", "NA"])


@st.composite
def any_tables(draw):
    """Tables of whatever characters there are below plain names, with a last row that is full."""
    width = draw(st.integers(2, 5))
    row = st.lists(ANYTHING, min_size=width, max_size=width)
    rows = draw(st.lists(row, max_size=12))
    return PLAIN_NAMES[:width], [*rows, ["end"] * width]


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=RELAXED)
@given(any_tables(), st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["utf-8", "utf-16"]))
def test_any_characters_where_the_dialect_is_said(table, delimiter, encoding):
    names, rows = table
    dialect = {
        "delimiter": delimiter,
        "quoting": csv.QUOTE_ALL,
        "lineterminator": "\n",
        "escapechar": None,
    }
    options = ReadOptions(
        encoding=encoding, delimiter=delimiter, quote='"', escape='"', header_rows=1
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        write(path, names, rows, dialect, encoding)
        assert read_back(path, options) == (names, rows)
