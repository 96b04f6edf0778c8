"""What a person can do to topics: on the page Topics and beside the map alike."""

import numpy as np
import streamlit as st

from core.figures import number, share
from core.palette import category
from core.project import Project
from core.steps import Topic, TopicView, edit_topics, kin_of, load_topics, split_topic
from core.steps.topic_edits import EXCLUDED
from pages.ui.tables import show_texts
from pages.ui.touched import touch
from pages.ui.words import _, plain, rows_of

NOTE_HEIGHT = 68
MOST_NAMES = 5


def edit_chosen(opened: Project, topics: TopicView, chosen: list[Topic]) -> None:
    """Draw what can be done to the chosen topics: merge several, or change one."""
    if len(chosen) > 1:
        _merge(opened, chosen)
    elif chosen:
        _one_topic(opened, topics, chosen[0])
    else:
        st.caption(_("Click a topic to change or open it, tick two or more to merge them."))


def rows_outside(opened: Project, topics: TopicView) -> None:
    """Say how many rows are in no topic, and offer to bring back those that were excluded."""
    if topics.excluded_rows and st.button(
        _("Bring back {rows} that were excluded", rows=rows_of(topics.excluded_rows)),
        icon=":material/visibility:",
        key="return-excluded",
    ):
        units = np.flatnonzero(topics.topic_of_unit == EXCLUDED).tolist()
        edit_topics(opened, "units_returned", units=units)
        st.rerun()
    words = _(
        "{n} of {all} rows ({share}) are left out.",
        n=number(topics.left_out_rows),
        all=number(topics.row_count),
        share=share(topics.left_out_rows, topics.row_count),
    )
    if topics.deleted_rows:
        words += " " + _("{n} of them, as you deleted their topic.", n=number(topics.deleted_rows))
    st.caption(words)


def carried_note(opened: Project) -> None:
    """Say which names came over from the map before, and which found no topic that matches."""
    carried = next(
        (e.values for e in reversed(opened.state.topic_edits) if e.kind == "topics_carried"), None
    )
    if carried is None:
        return
    lost = ", ".join(plain(name) for name in carried["lost"])
    found = sum(len(carried.get(kind, [])) for kind in ("topics", "merged", "made"))
    words = [_("This map was made anew.")]
    if every := found + len(carried["lost"]):
        words.append(
            _(
                "Of {all} topics that you had named or changed, {found} are there again: a topic "
                "takes over what you said where it has mostly the same rows.",
                found=found,
                all=every,
            )
        )
    if lost:
        words.append(_("Gone, as no topic has mostly their rows: {names}.", names=lost))
    if carried["excluded"] or carried.get("deleted"):
        words.append(_("What you had excluded or deleted stays so."))
    st.caption(f":material/move_down: {' '.join(words)}")


def hidden_names(opened: Project, topics: TopicView) -> None:
    """Say which names that were given no topic has at this number of topics, and lead back."""
    if not topics.hidden_names:
        return
    shown = ", ".join(plain(name) for name in topics.hidden_names[:MOST_NAMES])
    st.caption(
        _(
            "With {count} topics, {n} of the names that you gave cannot be seen: {names}.",
            count=number(topics.count),
            n=number(len(topics.hidden_names)),
            names=shown + (" …" if len(topics.hidden_names) > MOST_NAMES else ""),
        )
    )
    if st.button(
        _("Back to {n} topics, where they are", n=number(topics.count_of_hidden)),
        icon=":material/history:",
        key="back-to-names",
    ):
        opened.record("topic_count_set", count=topics.count_of_hidden)
        st.rerun()


def listed_name(topic: Topic) -> str:
    """Return a topic's name in a list, with the names that were given within it."""
    if not topic.holds:
        return topic.name
    return _("{name} (holds: {names})", name=topic.name, names=", ".join(topic.holds))


def _one_topic(opened: Project, topics: TopicView, topic: Topic) -> None:
    place = f"{topic.id}-{opened.revision}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.text_input(_("Name"), topic.name, key=f"rename-{place}")
        colour = st.color_picker(_("Colour"), category(topic.colour), key=f"colour-{place}")
    note = st.text_area(
        _("Note"),
        topic.note,
        key=f"note-{place}",
        height=NOTE_HEIGHT,
        placeholder=_("What you want to remember of it"),
    )
    if name.strip() and name != topic.name:
        edit_topics(opened, "topic_renamed", topic=topic.id, name=name.strip())
        st.rerun()
    if colour != category(topic.colour):
        edit_topics(opened, "topic_coloured", topic=topic.id, colour=colour)
        st.rerun()
    if note.strip() != topic.note:
        edit_topics(opened, "topic_noted", topic=topic.id, note=note.strip())
        st.rerun()
    st.caption(
        _(
            "{rows}, {share} of all: {keywords}",
            rows=rows_of(topic.rows),
            share=share(topic.rows, topics.row_count),
            keywords=", ".join(plain(word) for word in topic.keywords[:8]),
        )
    )
    if topic.holds:
        st.caption(_("Holds: {names}", names=", ".join(plain(name) for name in topic.holds)))
    _actions(opened, topics, topic)
    st.markdown(f"**{_('Texts that stand for it')}**")
    show_texts(topic.examples, key=f"examples-{topic.id}")


def _actions(opened: Project, topics: TopicView, topic: Topic) -> None:
    kin = kin_of(opened, topics, topic.id)
    with st.container(horizontal=True, gap="small"):
        if st.button(
            _("Split"),
            icon=":material/call_split:",
            key=f"split-{topic.id}",
            disabled=not topic.divisible,
            help=_("Opens it into its two subtopics.")
            if topic.divisible
            else _("It has no subtopics: it is one dense place on the map."),
        ):
            _split(opened, topic)
            st.rerun()
        if st.button(
            _("Join"),
            icon=":material/call_merge:",
            key=f"join-{topic.id}",
            disabled=not kin,
            help=_(
                "The way back: one topic with what it parts from last, {names}.",
                names=" · ".join(plain(one.name) for one in kin),
            )
            if kin
            else _("There is no topic that it came out of together with another."),
        ):
            _merge_now(opened, [topic, *kin])
            st.rerun()
        if st.button(
            _("Delete"),
            icon=":material/delete:",
            key=f"delete-{topic.id}",
            help=_("The topic goes. Its rows are left out: they stay on the map, grey."),
        ):
            edit_topics(opened, "topic_deleted", topic=topic.id)
            st.rerun()
        if st.button(
            _("Exclude"),
            icon=":material/visibility_off:",
            key=f"exclude-{topic.id}",
            help=_(
                "For what does not belong to your question, such as advertising: its rows leave "
                "the map and count in no topic. They stay in your table."
            ),
        ):
            edit_topics(opened, "topic_excluded", topic=topic.id)
            st.rerun()


def _merge(opened: Project, chosen: list[Topic]) -> None:
    st.markdown(" + ".join(f"**{plain(topic.name)}**" for topic in chosen))
    st.caption(_("The merged topic keeps the name and the colour of the largest."))
    if st.button(_("Merge these topics"), type="primary", icon=":material/merge:"):
        _merge_now(opened, chosen)
        st.rerun()


def _merge_now(opened: Project, chosen: list[Topic]) -> None:
    """Merge topics into the largest of them, one with a name before others, and take it in hand."""
    largest = sorted(chosen, key=lambda topic: (not topic.named, -topic.rows))
    edit_topics(opened, "topics_merged", topics=[topic.id for topic in largest])
    touch(opened.id, largest[0].id)


def _split(opened: Project, topic: Topic) -> None:
    """Open a topic into two, take the larger in hand, and say what they are."""
    texts = load_topics(opened).topic_of_unit == topic.id
    split_topic(opened, topic.id)
    view = load_topics(opened)
    found = set(np.unique(view.topic_of_unit[texts]).tolist())
    parts = [part for part in view.topics if part.id in found]
    touch(opened.id, parts[0].id if parts else None)
    names = " · ".join(f"**{plain(part.name)}** ({rows_of(part.rows)})" for part in parts)
    st.toast(_("Split into {names}", names=names))
