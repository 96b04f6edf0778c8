"""What is selected: how many rows, what sets them apart, and what can be done with them."""

from collections.abc import Callable
from dataclasses import replace

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
from pages.ui.columns import column_titles
from pages.ui.downloads import csv_pieces
from pages.ui.scene import Selection, clear_outline
from pages.ui.tables import show_texts
from pages.ui.words import _, plain, rows_of, sentences

LISTED = 30
LIST_HEIGHT, FEW = 460, 4  # pixels, and how many texts need no room of their own
# Pixels of the columns of a table that fits beside the map.
WIDTHS = (72, 112, 52, 52)

Units = npt.NDArray[np.int64]


def selection_panel(
    opened: Project, opened_map: OpenMap, topics: TopicView, selection: Selection
) -> None:
    """Describe the selected texts, or those found, and offer what can be done with them."""
    units, search = selection.units, selection.search
    if selection.drawn:
        st.button(
            _("Clear the selection"),
            icon=":material/close:",
            type="tertiary",
            on_click=clear_outline,
            args=(opened,),
        )
    if not len(units):
        st.info(_nothing_there(selection))
        return
    rows = rows_of_units(topics, units)
    described = _in_words(describe_units(opened, topics, units), column_titles(opened))
    st.markdown(_sentence(described, topics, len(rows)))
    _differences(described, len(rows))
    _make_topic(opened, units)
    with st.container(horizontal=True, gap="small"):
        _label(opened, rows)
        _exclude(opened, units, len(rows))
        _take_away(opened, rows)
    # Texts that are near in meaning need share no word with what was asked.
    marks = "" if search.by_meaning else search.query
    # Many texts roll by themselves, as the map beside them would be rolled away.
    with st.container(height=LIST_HEIGHT if len(units) > FEW else "content", border=False):
        show_texts([opened_map.texts[unit] for unit in units[:LISTED]], marks, key="selected")
    if len(units) > LISTED:
        st.caption(_("The first {n} of {all} different texts.", n=LISTED, all=number(len(units))))


def _in_words(
    described: SelectionDescription, title_of: Callable[[str], str]
) -> SelectionDescription:
    """Return a description whose columns are called as the page calls them."""
    return replace(
        described,
        values=tuple(replace(one, column=title_of(one.column)) for one in described.values),
        numbers=tuple(replace(one, column=title_of(one.column)) for one in described.numbers),
    )


def _nothing_there(selection: Selection) -> str:
    """Say why there is nothing to tell of, and what to do."""
    found = selection.search.units
    if found is not None and not len(found):
        return _("No text has these words. Search by meaning finds texts that say it otherwise.")
    if found is not None and selection.drawn:
        return _("None of the texts found is in the selection.")
    if found is not None:
        return _("All texts found are excluded from the map.")
    if selection.drawn:
        return _("There is no text in the selection.")
    return _("Nothing is selected. Draw around some points on the map, or search.")


def _sentence(described: SelectionDescription, topics: TopicView, rows: int) -> str:
    """Say how many rows are selected, in which words they differ, and where they are frequent."""
    words = ", ".join(plain(one.word) for one in described.words[:6])
    sentence = _(
        "**{rows}, {share} of all:** {words}.",
        rows=rows_of(rows),
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
    return " ".join([sentence, sentences(often) if often else ""])


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
            pairs = zip(names, WIDTHS, strict=True)
            widths = {name: st.column_config.Column(width=width) for name, width in pairs}
            st.dataframe(pd.DataFrame(found, columns=names), hide_index=True, column_config=widths)
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
    # Named by what was decided so far, so that it closes when the labels are given.
    place = f"label-{opened.id}-{opened.revision}"
    with st.popover(_("Label"), icon=":material/sell:", key=place):
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


def _exclude(opened: Project, units: Units, rows: int) -> None:
    st.button(
        _("Exclude"),
        icon=":material/visibility_off:",
        help=_("They leave the map and count in no topic. They stay in your table."),
        on_click=_exclude_now,
        args=(opened, units, rows),
    )


def _exclude_now(opened: Project, units: Units, rows: int) -> None:
    """Exclude the texts before the page is drawn anew, without an outline around nothing."""
    edit_topics(opened, "units_excluded", units=units.tolist())
    clear_outline(opened)
    st.toast(_("{rows} left the map. Undo brings them back.", rows=rows_of(rows)))


def _take_away(opened: Project, rows: Units) -> None:
    st.download_button(
        _("CSV"),
        lambda: b"".join(csv_pieces(rows_to_take_away(opened, rows))),
        file_name=f"{opened.name}{_('-selection')}.csv",
        on_click="ignore",
        icon=":material/download:",
        help=_("Take these rows away, with all their columns and their topics."),
    )
