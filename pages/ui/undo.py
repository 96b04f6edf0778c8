"""Undo and redo of what people decided."""

import streamlit as st

from core.i18n import N_
from core.project import Event, Project
from pages.ui.words import _

# What people call each decision that can be taken back.
DECISIONS = {
    "topic_renamed": N_("a topic's name"),
    "topic_noted": N_("a topic's note"),
    "topic_coloured": N_("a topic's colour"),
    "topics_merged": N_("topics merged"),
    "topic_split": N_("a topic split"),
    "topic_made": N_("a topic made"),
    "topic_deleted": N_("a topic deleted"),
    "topic_excluded": N_("a topic excluded"),
    "units_excluded": N_("rows excluded"),
    "units_returned": N_("rows brought back"),
    "topics_carried": N_("what was carried over from the map before"),
    "topic_count_set": N_("the number of topics"),
    "left_out_set": N_("what is left out"),
    "cleaning_set": N_("what is cleaned or left out before the map"),
    "labelled": N_("rows labelled"),
    "labels_saved": N_("topics saved as labels"),
}


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
    return _(DECISIONS[event.kind])
