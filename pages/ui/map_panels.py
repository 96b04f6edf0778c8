"""The panel beside the map: the topics, what the selection shares, one row."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import streamlit as st

from core.explore import describe_selection
from core.project import Project
from core.steps import OpenMap, Topic, TopicView
from core.steps.topics import LEFT_OUT
from pages.ui.map_chart import MapEvent
from pages.ui.palette import category
from pages.ui.scene import Search, selected_units, touched_key
from pages.ui.tables import show_texts
from pages.ui.words import _, number, plain, share

TOPICS, SELECTION, ROW = "topics", "selection", "row"
LISTED = 30
DESCRIBED = 20


def draw_panels(
    opened: Project, opened_map: OpenMap, topics: TopicView, event: MapEvent, search: Search
) -> None:
    """Draw the panel that was chosen, or that the hand on the map called up."""
    titles = {TOPICS: _("Topics"), SELECTION: _("Selection"), ROW: _("Row")}
    panel = st.segmented_control(
        _("Panel"),
        list(titles),
        default=TOPICS,
        required=True,
        format_func=titles.get,
        key="panel",
        persist_state="session",
        label_visibility="collapsed",
        width="stretch",
    )
    if panel == SELECTION:
        _selection(opened, opened_map, topics, search)
    elif panel == ROW:
        _row(opened, opened_map, topics, event)
    else:
        _topics(opened, topics)


# -- topics


def _topics(opened: Project, topics: TopicView) -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {
            "colour": [category(topic.colour) for topic in topics.topics],
            "name": [topic.name for topic in topics.topics],
            "rows": [topic.rows for topic in topics.topics],
        }
    )
    marked = frame.style.map(lambda c: f"background-color: {c}; color: {c}", subset=["colour"])
    picked = st.dataframe(
        marked,
        hide_index=True,
        height=min(320, 38 + 35 * len(frame)),
        column_config={
            "colour": st.column_config.TextColumn("", width=20),
            "name": st.column_config.TextColumn(_("Topic"), width=190),
            "rows": st.column_config.NumberColumn(_("Rows"), format="localized", width=60),
        },
        on_select="rerun",
        selection_mode="multi-row",
        key=f"topics-{opened.id}-{opened.revision}",
    )
    chosen = [topics.topics[row] for row in picked.selection.rows] or _named_on_map(opened, topics)
    st.caption(
        _(
            "{n} of {all} rows ({share}) are left out.",
            n=number(topics.left_out_rows),
            all=number(topics.row_count),
            share=share(topics.left_out_rows, topics.row_count),
        )
    )
    if len(chosen) > 1:
        _merge(opened, chosen)
    elif chosen:
        _one_topic(opened, topics, chosen[0])
    else:
        st.caption(_("Tick a topic to rename or open it, two or more to merge them."))


def _named_on_map(opened: Project, topics: TopicView) -> list[Topic]:
    topic = topics.by_id.get(st.session_state.get(touched_key(opened.id), LEFT_OUT))
    return [topic] if topic else []


def _one_topic(opened: Project, topics: TopicView, topic: Topic) -> None:
    clusters = opened.state.current["clusters"]
    name = st.text_input(_("Name"), topic.name, key=f"rename-{topic.id}-{opened.revision}")
    if name.strip() and name != topic.name:
        opened.record("topic_renamed", clusters=clusters, topic=topic.id, name=name.strip())
        st.rerun()
    st.caption(
        _(
            "{n} rows, {share} of all: {keywords}",
            n=number(topic.rows),
            share=share(topic.rows, topics.row_count),
            keywords=", ".join(plain(word) for word in topic.keywords[:8]),
        )
    )
    if st.button(
        _("Open into its subtopics"), icon=":material/call_split:", key=f"split-{topic.id}"
    ):
        opened.record("topic_split", clusters=clusters, topic=topic.id)
        st.rerun()
    st.markdown(f"**{_('Texts that stand for it')}**")
    show_texts(topic.examples, key=f"examples-{topic.id}")


def _merge(opened: Project, chosen: list[Topic]) -> None:
    st.markdown(", ".join(f"**{plain(topic.name)}**" for topic in chosen))
    if st.button(_("Merge these topics"), type="primary", icon=":material/merge:"):
        opened.record(
            "topics_merged",
            clusters=opened.state.current["clusters"],
            topics=[topic.id for topic in chosen],
        )
        st.rerun()


# -- selection


def _selection(opened: Project, opened_map: OpenMap, topics: TopicView, search: Search) -> None:
    units = selected_units(opened, opened_map) if search.units is None else search.units
    if not len(units):
        st.info(_("Nothing is selected. Draw around some points on the map, or search."))
        return
    st.markdown(_selection_sentence(opened, opened_map, topics, units))
    name = st.text_input(_("Make it a topic named"), key=f"make-{opened.id}-{opened.revision}")
    pressed = st.button(_("Make a topic"), icon=":material/new_label:")
    if pressed and not name.strip():
        st.caption(_("Type a name first."))
    elif pressed:
        opened.record(
            "topic_made",
            clusters=opened.state.current["clusters"],
            units=units.tolist(),
            name=name.strip(),
        )
        st.rerun()
    show_texts([opened_map.texts[unit] for unit in units[:LISTED]], search.query, key="selected")
    if len(units) > LISTED:
        st.caption(_("The first {n} of {all} different texts.", n=LISTED, all=number(len(units))))


def _selection_sentence(
    opened: Project,
    opened_map: OpenMap,
    topics: TopicView,
    units: npt.NDArray[np.int64],
) -> str:
    """Say how many rows are selected, in which words they differ, and where they are frequent."""
    inside = np.zeros(len(opened_map.texts), dtype=bool)
    inside[units] = True
    rows = inside[topics.unit_of_row] & (topics.unit_of_row >= 0)
    described = describe_selection(inside, opened_map.terms, rows, _describing(opened))
    words = ", ".join(plain(one.word) for one in described.words[:6])
    sentence = _(
        "**{n} rows, {share} of all:** {words}.",
        n=number(int(rows.sum())),
        share=share(int(rows.sum()), topics.row_count),
        words=words or _("no words of their own"),
    )
    often = [
        _(
            "**{value}** {ratio} times as often as in all",
            ratio=f"{v.ratio:.1f}",
            value=plain(v.value),
        )
        for v in described.values[:3]
    ]
    return " ".join([sentence, ", ".join(often)])


def _describing(opened: Project) -> pa.Table:
    """The columns that may tell what a selection is: all but the texts and the ids."""
    roles = opened.state.roles
    names = [n for n in opened.column_names if n not in (roles.get("text"), roles.get("id"))]
    return opened.table(names[:DESCRIBED])


# -- row


def _row(opened: Project, opened_map: OpenMap, topics: TopicView, event: MapEvent) -> None:
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
    record = opened.table().slice(int(rows[0]), 1).to_pylist()[0]
    others = {name: value for name, value in record.items() if name != opened.role("text")}
    if others:
        st.dataframe(
            pd.DataFrame({_("Column"): others.keys(), _("Value"): map(str, others.values())}),
            hide_index=True,
        )
