"""The ways to look at the topics on their page."""

from enum import StrEnum

from pages.ui.switch import switch
from pages.ui.words import _


class View(StrEnum):
    """What the page Topics shows below its first line."""

    ALL = "all"
    BY_COLUMN = "by_column"


def choose_view() -> View:
    """Let a person choose how to look at the topics; it stays when the page is left."""
    titles = {View.ALL: _("All topics"), View.BY_COLUMN: _("Topics by column")}
    return switch(
        _("View"), titles, key="topics-view", default=View.ALL, label_visibility="collapsed"
    )
