"""What each column holds, and which column is proposed for which role."""

import pyarrow as pa
import pytest

from core.data import ColumnType, Roles, profile_table, propose_roles

ROWS = 60
TEXTS = [f"The parcel number {n} came late and the box was torn open" for n in range(ROWS)]
COLUMNS = {
    "comment": TEXTS,
    "label": ["late", "broken", "wrong"] * (ROWS // 3),
    "price": [f"{n * 7 % 13}.{n:02d}" for n in range(ROWS)],
    "euro": [f"{n},50" for n in range(ROWS)],
    "betrag": [f"{n}.{n * 37 % 1000:03d},{n:02d}" if n % 2 else f"{n},00" for n in range(ROWS)],
    "date": [f"2024-01-{n % 28 + 1:02d}" for n in range(ROWS)],
    "order_id": [f"A-{n:05d}" for n in range(ROWS)],
    "number": [str(n) for n in range(ROWS)],
    "zip": [f"0{n % 7}123" for n in range(ROWS)],
    "lang": ["en", "de"] * (ROWS // 2),
    "nothing": [""] * ROWS,
}


@pytest.fixture(scope="module")
def profile():
    return profile_table(pa.table(COLUMNS))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("comment", ColumnType.TEXT),
        ("label", ColumnType.CATEGORY),
        ("price", ColumnType.NUMBER),
        ("euro", ColumnType.NUMBER),
        ("betrag", ColumnType.NUMBER),
        ("date", ColumnType.DATE),
        ("order_id", ColumnType.ID),
        ("number", ColumnType.ID),
        ("zip", ColumnType.CATEGORY),
        ("lang", ColumnType.LANGUAGE),
        ("nothing", ColumnType.EMPTY),
    ],
)
def test_types(profile, name, kind):
    assert profile.column(name).type == kind


def test_figures():
    column = profile_table(pa.table({"x": ["aa", "", None, "  ", "bbbb", "aa"]})).columns[0]
    assert (column.rows, column.missing, column.distinct) == (6, 3, 2)
    assert (column.longest, column.median_length) == (4, 2)
    assert column.top == (("aa", 2), ("bbbb", 1))


def test_histogram_of_numbers_covers_them_all():
    column = profile_table(pa.table({"x": [str(n) for n in (1, 5, 5, 9)]})).columns[0]
    assert sum(column.histogram) == 4 and (column.low, column.high) == (1.0, 9.0)


def test_json_has_what_the_pages_show(profile):
    described = profile.to_json()
    assert described["rows"] == ROWS
    names = {"name", "type", "missing", "distinct", "longest", "median_length", "top"}
    assert all(names <= set(column) for column in described["columns"])


@pytest.mark.parametrize(
    "values",
    [[], [None], [""], ["x"], ["x", "x"], ["same text here"] * 50, ["word " * 20_000], ["²", "³"],
     ["9" * 5000, "8" * 5000, "7" * 5000, "6" * 5000], ["-", "NA", "?"]],
)  # fmt: skip
def test_odd_columns_have_a_profile(values):
    table = pa.table({"x": pa.array(values, pa.string())})
    described = profile_table(table)
    assert described.rows == len(values)
    assert isinstance(propose_roles(described), Roles)


def test_other_columns_than_strings_are_described():
    table = pa.table({"n": [1, 2, 3], "b": [True, None, False]})
    assert [column.missing for column in profile_table(table).columns] == [0, 1]


def test_no_columns():
    assert profile_table(pa.table({})).columns == ()
    assert propose_roles(profile_table(pa.table({}))) == Roles()


def test_roles_are_proposed_with_reasons(profile):
    roles = propose_roles(profile)
    assert (roles.text, roles.label, roles.date, roles.id) == (
        "comment", "label", "date", "order_id",
    )  # fmt: skip
    for role in ("text", "label", "date", "id"):
        reason = roles.reasons[role]
        assert reason["template"].format(**reason["values"])


def test_roles_survive_json(profile):
    roles = propose_roles(profile)
    assert Roles.from_json(roles.to_json()) == roles


def test_a_telling_name_wins_between_equal_columns():
    table = pa.table({"title": TEXTS, "reviewText": list(reversed(TEXTS))})
    assert propose_roles(profile_table(table)).text == "reviewText"


def test_short_repeating_texts_are_the_text_where_nothing_else_is():
    table = pa.table({"comment": ["good", "bad", "good", "fine"] * 30, "n": ["1", "2"] * 60})
    assert propose_roles(profile_table(table)).text == "comment"


def test_one_column_is_the_text():
    table = pa.table({"column 1": ["a", "b", "c", "a"]})
    assert propose_roles(profile_table(table)).text == "column 1"


def test_no_label_where_each_value_comes_once():
    table = pa.table({"text": TEXTS, "topic": [f"topic {n}" for n in range(ROWS)]})
    assert propose_roles(profile_table(table)).label == ""


def test_a_year_is_the_date_where_no_date_is():
    years = [str(1990 + n % 30) for n in range(ROWS)]
    assert propose_roles(profile_table(pa.table({"text": TEXTS, "year": years}))).date == "year"


def test_an_id_that_comes_twice_is_not_said_to_be_each_rows_own() -> None:
    numbers = [f"A-{n:05d}" for n in range(200)]
    tickets = [*numbers, "A-00007", "A-00008"]
    texts = [f"the parcel of order {n} came much too late" for n in tickets]
    table = pa.table({"ticket": tickets, "text": texts})
    reason = propose_roles(profile_table(table)).reasons["id"]
    assert reason["values"] == {"n": 200, "rows": 202}
    assert "Nearly each row" in reason["template"]
