"""Undo and redo of what people decided."""

import streamlit as st

from core.project import Event, Project
from pages.ui.words import _


def undo_redo(opened: Project) -> None:
    """Draw the two buttons that take the last change back and bring it again, each named."""
    state = opened.state
    if st.button(
        "",
        icon=":material/undo:",
        key="undo",
        help=_("Undo: {change}", change=_describe(state.can_undo)) if state.can_undo else None,
        disabled=state.can_undo is None,
    ):
        opened.undo()
        st.rerun()
    if st.button(
        "",
        icon=":material/redo:",
        key="redo",
        help=_("Redo: {change}", change=_describe(state.can_redo)) if state.can_redo else None,
        disabled=state.can_redo is None,
    ):
        opened.redo()
        st.rerun()


def _describe(event: Event) -> str:
    """Return what a decision was, in a few words."""
    words = {
        "topic_renamed": _("a topic's name"),
        "topic_noted": _("a topic's note"),
        "topic_coloured": _("a topic's colour"),
        "topics_merged": _("topics merged"),
        "topic_split": _("a topic split"),
        "topic_made": _("a topic made"),
        "topic_deleted": _("a topic deleted"),
        "topic_excluded": _("a topic excluded"),
        "units_excluded": _("rows excluded"),
        "units_returned": _("rows brought back"),
        "topics_carried": _("names carried over from the map before"),
        "topic_count_set": _("the number of topics"),
        "left_out_set": _("what is left out"),
        "labelled": _("rows labelled"),
        "labels_saved": _("topics saved as labels"),
    }
    return words.get(event.kind, _("the last change"))
