"""The sample tables are what their SOURCE.md says, and hold nothing that reaches a person."""

import csv
import datetime
import re
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "sample_data"
COLUMNS = {
    "addresses": ["id", "date", "president", "party", "text"],
    "mail": ["id", "date", "label", "subject", "text"],
    "packages_zh": ["package", "section", "text", "english"],
}


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(params=COLUMNS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_table_has_its_columns_distinct_ids_and_distinct_texts(name: str) -> None:
    rows = read(name)
    key = COLUMNS[name][0]
    assert list(rows[0]) == COLUMNS[name]
    assert len({row[key] for row in rows}) == len({row["text"] for row in rows}) == len(rows)


def test_the_source_states_the_number_of_rows_and_the_licence(name: str) -> None:
    source = (FOLDER / name / "SOURCE.md").read_text(encoding="utf-8")
    assert f"{len(read(name)):,}" in source
    assert "**Licence.**" in source


def test_a_table_is_plain_utf8_with_unix_lines_and_no_damage(name: str) -> None:
    content = (FOLDER / name / f"{name}.csv").read_bytes()
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", content)
    assert "\ufffd" not in content.decode("utf-8")


def test_no_address_link_or_telephone_number_is_left(name: str) -> None:
    text = "\n".join(row["text"] + " " + row.get("subject", "") for row in read(name))
    assert not re.findall(r"[\w.+-]+@\w+\.\w+", text)
    assert not re.findall(r"https?://|www\.", text)
    assert not re.findall(r"\b\d{3}[-. ]\d{3}[-. ]\d{4}\b", text)


def test_parties_and_labels_are_as_stated() -> None:
    assert Counter(row["label"] for row in read("mail")) == {"ham": 1200, "spam": 600}
    parties = Counter(row["party"] for row in read("addresses"))
    source = (FOLDER / "addresses" / "SOURCE.md").read_text(encoding="utf-8")
    assert len(parties) == 8
    assert f"Republican {parties['Republican']}, Democratic {parties['Democratic']}" in source


@pytest.mark.parametrize("table", ["addresses", "mail"])
def test_dates_are_iso_days(table: str) -> None:
    days = [row["date"] for row in read(table) if row["date"]]
    assert min(datetime.date.fromisoformat(day) for day in days).year >= 1790
    assert len(days) > 0.98 * len(read(table))


def test_all_years_of_addresses_weigh_about_the_same() -> None:
    passages = Counter(row["id"].rsplit("-", 1)[0] for row in read("addresses"))
    assert set(passages.values()) <= {8, 9}


def test_the_tables_together_are_small() -> None:
    assert sum((FOLDER / n / f"{n}.csv").stat().st_size for n in COLUMNS) < 4_000_000
