"""The widgets that say how a file is written; what is left alone is detected."""

from pathlib import Path
from typing import Any

import streamlit as st

from core.steps import list_tables
from pages.ui.words import _, plain

ENCODINGS = (
    "utf-8", "utf-16", "windows-1252", "latin-1", "windows-1250", "windows-1251", "koi8-r",
    "gb18030", "big5", "shift_jis", "euc-kr",
)  # fmt: skip
DELIMITERS = (",", ";", "\t", "|", " ")
QUOTES = ('"', "'", "")
BACKSLASH = "\\"
ESCAPES = ("", BACKSLASH)
MOST_HEADER_ROWS = 5
SLOT = 185  # pixels: four wishes in a line, or two in a narrow window
DETECTED = "\0"  # stands for no wish; no file has it as a delimiter


def choose_dialect(
    project_id: str, file: Path, present: dict[str, Any], reading: dict[str, Any]
) -> dict[str, Any]:
    """Let a person choose each part of a dialect; return the options that are not detected."""
    dialect = reading.get("dialect") or {}
    kind = dialect.get("format", "csv")
    if kind not in ("csv", "xlsx"):
        st.caption(_("Files of this kind say themselves how they are to be read."))
        return present
    wanted: dict[str, Any] = {}
    key = f"{project_id}-{file.parent.name}"
    if kind == "csv":
        wanted |= _marks(key, present, dialect)
    row = st.container(horizontal=True)
    first, second, third = (row.container(width=SLOT) for _place in range(3))
    skipped = present.get("skip_lines")
    wanted["skip_lines"] = first.number_input(
        _("Lines to skip above the table"),
        min_value=0,
        value=skipped,
        step=1,
        placeholder=_as_detected(_lines_above(dialect) if skipped is None else None),
        key=f"skip-{key}",
    )
    wanted["header_rows"] = _pick(
        second,
        _("Lines with names"),
        tuple(range(MOST_HEADER_ROWS + 1)),
        present.get("header_rows"),
        dialect.get("header_rows"),
        key=f"header-{key}",
        names=str,
    )
    tables = _tables(file, reading, present)
    if tables:
        wanted["table"] = _pick(
            third,
            _("Sheet") if kind == "xlsx" else _("Which table"),
            tables,
            present.get("table"),
            dialect.get("table") or None,
            key=f"table-{key}",
            names=lambda name: table_name(name, reading),
        )
    return {name: value for name, value in wanted.items() if value is not None}


def _marks(key: str, present: dict[str, Any], dialect: dict[str, Any]) -> dict[str, Any]:
    row = st.container(horizontal=True)  # which breaks where a window is narrow
    columns = [row.container(width=SLOT) for _place in range(4)]
    detected_escape = None
    if dialect:
        detected_escape = BACKSLASH if dialect.get("escape") == BACKSLASH else ""
    return {
        "encoding": _pick(
            columns[0],
            _("Encoding"),
            ENCODINGS,
            present.get("encoding"),
            dialect.get("encoding"),
            key=f"encoding-{key}",
            names=str.upper,
            free=True,
        ),
        "delimiter": _pick(
            columns[1],
            _("Delimiter"),
            DELIMITERS,
            present.get("delimiter"),
            dialect.get("delimiter"),
            key=f"delimiter-{key}",
            names=delimiter_name,
            free=True,
        ),
        "quote": _pick(
            columns[2],
            _("Quotes around values"),
            QUOTES,
            present.get("quote"),
            dialect.get("quote"),
            key=f"quote-{key}",
            names=lambda mark: mark or _("none"),
        ),
        "escape": _pick(
            columns[3],
            _("A quote inside a value"),
            ESCAPES,
            present.get("escape"),
            detected_escape,
            key=f"escape-{key}",
            names=lambda mark: _("after a backslash") if mark else _("doubled"),
        ),
    }


def _pick(
    slot: Any,
    label: str,
    options: tuple[Any, ...],
    present: Any,
    detected: Any,
    *,
    key: str,
    names: Any,
    free: bool = False,
) -> Any:
    """Draw one choice, of which the first is to leave it to the detection.

    What a person chose was not detected. With another reading the widget is another one: a box that
    takes new options would take the name of the detection before for one.
    """
    if present is not None:
        detected = None
    offered = list(dict.fromkeys([DETECTED, *options, DETECTED if present is None else present]))
    chosen = slot.selectbox(
        label,
        offered,
        index=offered.index(DETECTED if present is None else present),
        format_func=lambda value: (
            _as_detected(None if detected is None else names(detected))
            if value == DETECTED
            else names(value)
        ),
        accept_new_options=free,
        key=f"{key}-{present!r}-{detected!r}",
    )
    return None if chosen == DETECTED else chosen


def _as_detected(value: Any) -> str:
    return _("detected") if value is None else _("detected: {value}", value=value)


def _lines_above(dialect: dict[str, Any]) -> int | None:
    return int(dialect["first_line"]) - 1 if dialect else None


def _tables(file: Path, reading: dict[str, Any], present: dict[str, Any]) -> tuple[str, ...]:
    """Return the sheets of a workbook, the files of a zip, or the further tables in one file."""
    named = [*list_tables([file]), *reading.get("tables", ())]
    chosen = present.get("table")
    return tuple(dict.fromkeys([*named, *([chosen] if chosen else [])]))


def table_name(name: str, reading: dict[str, Any]) -> str:
    """Return what a table is called; a sheet that its workbook hides is called hidden."""
    return _("{name} (hidden)", name=name) if name in reading.get("hidden", ()) else name


def delimiter_name(delimiter: str) -> str:
    """Return what a delimiter is called: "commas"; one without a name stands for itself."""
    names = {
        ",": _("commas"),
        ";": _("semicolons"),
        "\t": _("tabs"),
        "|": _("bars"),
        " ": _("blanks"),
    }
    return names.get(delimiter, plain(delimiter))
