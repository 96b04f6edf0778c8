"""Undo and redo of what people decided."""

import streamlit as st

from core.project import Project
from pages.ui.words import _


def undo_redo(opened: Project) -> None:
    """Draw the two buttons that take the last change back and bring it again."""
    state = opened.state
    if st.button(
        "",
        icon=":material/undo:",
        key="undo",
        help=_("Undo the last change"),
        disabled=state.can_undo is None,
    ):
        opened.undo()
        st.rerun()
    if st.button(
        "",
        icon=":material/redo:",
        key="redo",
        help=_("Redo what was undone"),
        disabled=state.can_redo is None,
    ):
        opened.redo()
        st.rerun()
