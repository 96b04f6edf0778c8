"""The ways to look at the topics on their page."""

from enum import StrEnum

import streamlit as st

from pages.ui.words import _


class View(StrEnum):
    """What the page Topics shows below its first line."""

    ALL = "all"
    BY_COLUMN = "by_column"


def choose_view() -> View:
    """Let a person choose how to look at the topics; it stays when the page is left."""
    titles = {View.ALL: _("All topics"), View.BY_COLUMN: _("Topics by column")}
    return st.segmented_control(
        _("View"),
        list(titles),
        required=True,
        default=View.ALL,
        format_func=titles.get,
        key="topics-view",
        persist_state="session",
        label_visibility="collapsed",
    )
