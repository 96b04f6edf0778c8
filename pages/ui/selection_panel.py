"""What is selected: how many rows, what sets them apart, and what can be done with them."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.explore import SelectionDescription
from core.figures import number, share
from core.project import Project
from core.steps import (
    OpenMap,
    TopicView,
    describe_units,
    edit_topics,
    label_rows,
    make_topic,
    rows_of_units,
    rows_to_take_away,
)
from core.steps.topic_edits import EXCLUDED
from pages.ui.downloads import csv_pieces
from pages.ui.scene import Search, selected_units
from pages.ui.tables import show_texts
from pages.ui.words import _, plain, rows_of

LISTED = 30

Units = npt.NDArray[np.int64]


def selection_panel(
    opened: Project, opened_map: OpenMap, topics: TopicView, search: Search
) -> None:
    """Describe the selected texts, or those found, and offer what can be done with them."""
    units = selected_units(opened, opened_map, topics) if search.units is None else search.units
    units = units[topics.topic_of_unit[units] != EXCLUDED]
    if not len(units):
        st.info(_("Nothing is selected. Draw around some points on the map, or search."))
        return
    rows = rows_of_units(topics, units)
    described = describe_units(opened, topics, units)
    st.markdown(_sentence(described, topics, len(rows)))
    _differences(described, len(rows))
    _make_topic(opened, units)
    with st.container(horizontal=True, gap="small"):
        _label(opened, rows)
        _exclude(opened, units)
        _take_away(opened, rows)
    show_texts([opened_map.texts[unit] for unit in units[:LISTED]], search.query, key="selected")
    if len(units) > LISTED:
        st.caption(_("The first {n} of {all} different texts.", n=LISTED, all=number(len(units))))


def _sentence(described: SelectionDescription, topics: TopicView, rows: int) -> str:
    """Say how many rows are selected, in which words they differ, and where they are frequent."""
    words = ", ".join(plain(one.word) for one in described.words[:6])
    sentence = _(
        "**{n} rows, {share} of all:** {words}.",
        n=number(rows),
        share=share(rows, topics.row_count),
        words=words or _("no words of their own"),
    )
    often = [
        _(
            "**{value}** ({column}) is {ratio} times as frequent as in all",
            value=plain(one.value),
            column=plain(one.column),
            ratio=f"{one.ratio:.1f}",
        )
        for one in described.values[:2]
    ]
    return " ".join([sentence, "; ".join(often) + "." if often else ""])


def _differences(described: SelectionDescription, rows: int) -> None:
    """Show all columns in which the selected rows differ from the rest, beyond chance."""
    import pandas as pd

    if not described.values and not described.numbers:
        return
    with st.expander(_("How their columns differ")):
        if described.values:
            found = [
                (one.column, one.value, share(one.count, rows), share(one.expected, rows))
                for one in described.values
            ]
            names = [_("Column"), _("Value"), _("Here"), _("In all")]
            st.dataframe(pd.DataFrame(found, columns=names), hide_index=True)
        for one in described.numbers:
            st.markdown(
                _(
                    "**{column}**: {inside} in the middle (median) here, {outside} in the rest.",
                    column=plain(one.column),
                    inside=f"{one.inside:,.6g}",
                    outside=f"{one.outside:,.6g}",
                )
            )
        st.caption(_("Only differences that chance makes in less than one of a hundred cases."))


def _make_topic(opened: Project, units: Units) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.text_input(_("Make it a topic named"), key=f"make-{opened.id}-{opened.revision}")
        pressed = st.button(_("Make a topic"), icon=":material/new_label:")
    if pressed and not name.strip():
        st.caption(_("Type a name first."))
    elif pressed:
        make_topic(opened, units, name.strip())
        st.rerun()


def _label(opened: Project, rows: Units) -> None:
    with st.popover(_("Label"), icon=":material/sell:"):
        column = st.text_input(
            _("Name of the labels"),
            next(iter(opened.state.labels), _("my labels")),
            key=f"label-column-{opened.id}",
            persist_state="session",
        )
        label = st.text_input(_("Label"), key=f"label-value-{opened.id}-{opened.revision}")
        said = st.button(_("Label {rows}", rows=rows_of(len(rows))), type="primary")
        if said and not (column.strip() and label.strip()):
            st.caption(_("Type a name first."))
        elif said:
            label_rows(opened, rows, column.strip(), label.strip())
            st.toast(
                _(
                    "{rows} are labelled {label}. The page Train can teach a model these labels.",
                    rows=rows_of(len(rows)),
                    label=plain(label.strip()),
                )
            )
            st.rerun()


def _exclude(opened: Project, units: Units) -> None:
    if st.button(
        _("Exclude"),
        icon=":material/visibility_off:",
        help=_("They leave the map and count in no topic. They stay in your table."),
    ):
        edit_topics(opened, "units_excluded", units=units.tolist())
        st.rerun()


def _take_away(opened: Project, rows: Units) -> None:
    st.download_button(
        _("CSV"),
        lambda: b"".join(csv_pieces(rows_to_take_away(opened, rows))),
        file_name=f"{opened.name}{_('-selection')}.csv",
        on_click="ignore",
        icon=":material/download:",
        help=_("Take these rows away, with all their columns and their topics."),
    )
