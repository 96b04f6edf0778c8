"""How a file is read can be chosen, and left to the detection again."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.data import read_table
from pages.ui.reading import misfit_warning


def draw(file: str, present: dict[str, object], reading: dict[str, object]) -> None:
    from pathlib import Path

    import streamlit as st

    from pages.ui.dialect import choose_dialect

    st.json(choose_dialect("project", Path(file), present, reading))


def drawn(tmp_path: Path, present: dict[str, Any], **dialect: Any) -> AppTest:
    file = tmp_path / "x.csv"
    file.write_text("a;b\n1;2\n")
    dialect = {"format": "csv", "first_line": 1, "encoding": "utf-8", **dialect}
    return AppTest.from_function(draw, args=(str(file), present, {"dialect": dialect})).run()


def box(app: AppTest, label: str) -> Any:
    return next(one for one in app.selectbox if one.label == label)


def test_only_what_was_detected_is_called_so(tmp_path: Path) -> None:
    chosen = box(drawn(tmp_path, {"delimiter": ","}, delimiter=","), "Delimiter")
    assert (chosen.value, chosen.options[0]) == (",", "detected")
    left = box(drawn(tmp_path, {}, delimiter=";"), "Delimiter")
    assert left.options[0] == "detected: semicolons"


def test_hidden_sheets_and_further_tables_can_be_chosen(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for name in ("Sheet", "Lists", "More"):
        sheet = book["Sheet"] if name == "Sheet" else book.create_sheet(name)
        for row in (["id", "text"], [1, "some words"], [2, "more"]):
            sheet.append(row)
    book["Lists"].sheet_state = "hidden"
    book.save(tmp_path / "x.xlsx")
    result = read_table(tmp_path / "x.xlsx").to_json()
    reading = {**result, "tables": ["Sheet: line 12", *result["tables"]]}
    app = AppTest.from_function(draw, args=(str(tmp_path / "x.xlsx"), {}, reading)).run()
    assert box(app, "Sheet").options == [
        "detected: Sheet", "Sheet", "Lists (hidden)", "More", "Sheet: line 12",
    ]  # fmt: skip


def test_after_another_reading_the_boxes_are_new_ones(tmp_path: Path) -> None:
    """A box that takes new options would send back the name of the detection before as one."""
    forced = drawn(tmp_path, {"encoding": "utf-8"}, delimiter=",")
    undone = drawn(tmp_path, {}, delimiter=";", encoding="windows-1252")
    for label in ("Encoding", "Delimiter"):
        assert box(forced, label).id != box(undone, label).id
    assert undone.json[0].value == "{}"


@pytest.mark.parametrize(
    ("reading", "warned"),
    [
        ({"rows": 1000, "rejected": 3, "short_rows": 2}, False),
        ({"rows": 317, "rejected": 2700, "long_rows": 20}, True),
        ({"rows": 100, "rejected": 0, "short_rows": 90}, True),
        ({"rows": 0, "rejected": 0}, False),
    ],
)
def test_many_lines_that_do_not_fit_are_warned_of(reading: dict[str, int], warned: bool) -> None:
    assert bool(misfit_warning(reading)) == warned
