"""One row: its text, where it belongs, what its other columns say."""

import numpy as np
import streamlit as st

from core.figures import number
from core.project import Project
from core.steps import OpenMap, TopicView, nearest_units
from pages.ui.columns import column_titles
from pages.ui.map_chart import MapEvent
from pages.ui.tables import show_texts
from pages.ui.words import _, plain


def row_panel(opened: Project, opened_map: OpenMap, topics: TopicView, event: MapEvent) -> None:
    """Show the row whose point was clicked."""
    import pandas as pd

    if event.clicked is None or event.clicked >= len(opened_map.texts):
        st.info(_("Click a point on the map to read it."))
        return
    unit = event.clicked
    rows = np.flatnonzero(topics.unit_of_row == unit)
    topic = topics.by_id.get(int(topics.topic_of_unit[unit]))
    st.markdown(
        _(
            "**Row {row}** · {topic} · confidence {confidence}",
            row=number(int(rows[0]) + 1),
            topic=plain(topic.name) if topic else _("left out"),
            confidence=f"{topics.confidence[unit]:.2f}",
        )
    )
    if len(rows) > 1:
        st.caption(_("{n} rows have this text.", n=number(len(rows))))
    show_texts([opened_map.texts[unit]], key="row")
    record = opened.current("table").row("table", int(rows[0]))
    title_of = column_titles(opened)
    others = {
        title_of(name): value for name, value in record.items() if name != opened.role("text")
    }
    if others:
        st.dataframe(
            pd.DataFrame({_("Column"): others.keys(), _("Value"): map(str, others.values())}),
            hide_index=True,
        )
    if near := nearest_units(opened, unit):
        st.markdown(f"**{_('Texts nearest in meaning')}**")
        show_texts([opened_map.texts[one] for one in near], key="nearest")
