"""The columns of a table in figures, each with a small chart."""

from datetime import date, timedelta
from typing import Any

import streamlit as st

from core.figures import number, share
from core.i18n import N_
from core.project import Project
from pages.ui.columns import column_titles
from pages.ui.words import _, language_name, listed

TYPES = {
    "text": N_("text"),
    "category": N_("category"),
    "number": N_("number"),
    "date": N_("date"),
    "id": N_("id"),
    "language": N_("language"),
    "empty": N_("empty"),
}
TOP = 5
SHOWN_VALUE = 60
# Wide enough for "1,234, up to 60,000", for two dates, and for a language with its share.
LENGTH_PIXELS, RANGE_PIXELS, LANGUAGE_PIXELS = 150, 190, 170


def draw_profile(opened: Project) -> None:
    """Draw one line for each column: its type, gaps, lengths, languages, values and a chart."""
    import pandas as pd

    profile = opened.current("table").json("profile")
    with st.expander(_("The columns in figures"), key=f"profile-{opened.id}"):
        title_of = column_titles(opened)
        lines = [
            {**_line(column), "name": title_of(column["name"])} for column in profile["columns"]
        ]
        st.dataframe(
            pd.DataFrame(lines),
            hide_index=True,
            column_config={
                "name": st.column_config.TextColumn(_("Column"), pinned=True),
                "type": st.column_config.TextColumn(_("Type"), width="small"),
                "missing": st.column_config.TextColumn(_("Missing"), width="small"),
                "distinct": st.column_config.NumberColumn(
                    _("Different"), format="localized", width="small"
                ),
                "length": st.column_config.TextColumn(
                    _("Characters"),
                    width=LENGTH_PIXELS,
                    help=_("The middle of all lengths, and the longest."),
                ),
                "chart": st.column_config.BarChartColumn(
                    _("Spread"),
                    y_min=0,
                    help=_(
                        "Of numbers and dates: how many rows from the lowest to the highest. Of "
                        "texts: from the shortest to the longest. Of categories: the most frequent."
                    ),
                ),
                "range": st.column_config.TextColumn(_("From - to"), width=RANGE_PIXELS),
                "languages": st.column_config.TextColumn(_("Languages"), width=LANGUAGE_PIXELS),
                "top": st.column_config.TextColumn(_("Most frequent values"), width="large"),
            },
        )


def _line(column: dict[str, Any]) -> dict[str, Any]:
    low, high = _ends(column)
    return {
        "type": _(TYPES.get(column["type"], column["type"])),
        "missing": share(column["missing"], column["rows"]) if column["missing"] else "",
        "distinct": column["distinct"],
        "length": _(
            "{middle}, up to {longest}",
            middle=number(column["median_length"]),
            longest=number(column["longest"]),
        ),
        "chart": _chart(column),
        "range": f"{low} - {high}" if low else "",
        "languages": listed(
            [
                f"{language_name(code)} {share(part, 1)}"
                for code, part in column.get("languages", [])
            ]
        ),
        "top": ", ".join(
            f"{value[:SHOWN_VALUE].strip()} ({number(count)})"
            for value, count in column["top"][:TOP]
            if count > 1
        ),
    }


def _chart(column: dict[str, Any]) -> list[int]:
    if column["type"] in ("category", "language"):
        return [count for _value, count in column["top"]]
    return list(column["histogram"])


def _ends(column: dict[str, Any]) -> tuple[str, str]:
    """Return the lowest and the highest value of numbers and dates."""
    if column["type"] == "number":
        return f"{column['low']:,.6g}", f"{column['high']:,.6g}"
    if column["type"] == "date" and column.get("dated"):
        first, last = (date(1970, 1, 1) + timedelta(days=column[e]) for e in ("low", "high"))
        return first.isoformat(), last.isoformat()
    return "", ""
