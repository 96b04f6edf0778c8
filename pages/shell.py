"""The frame around every page: navigation, the sidebar's facts, and the error boundary."""

from pathlib import Path

import streamlit as st

from core import __version__
from pages.ui.errors import error_boundary
from pages.ui.session import project_id
from pages.ui.sidebar import draw_sidebar
from pages.ui.words import _, keep_language

ICON = Path(__file__).parent / "ui" / "icon.svg"
SIDEBAR_WIDTH = 230  # pixels

st.set_page_config(
    page_title="Textlode",
    page_icon=str(ICON),
    layout="wide",
    # Narrower than Streamlit's own, as the map wants the room.
    initial_sidebar_state=SIDEBAR_WIDTH,
    menu_items={"About": f"Textlode {__version__}"},
)


def _page(name: str, title: str, icon: str, default: bool = False) -> st.Page:
    return st.Page(f"{name}.py", title=title, icon=f":material/{icon}:", default=default)


MAP = _page("map", _("Map"), "bubble_chart")  # has no title, which would take the map's room

navigation = st.navigation(
    {
        "": [_page("start", _("Start"), "home", default=True)],
        _("Explore"): [
            _page("data", _("Data"), "table"),
            MAP,
            _page("topics", _("Topics"), "category"),
        ],
        _("Teach"): [_page("train", _("Train"), "model_training")],
        _("Understand"): [_page("explain", _("Explain"), "help_center")],
        _("Use"): [
            _page("predict", _("Predict"), "label"),
            _page("export", _("Export"), "download"),
        ],
        _("Always"): [
            _page("jobs", _("Jobs"), "pending_actions"),
            _page("settings", _("Settings"), "settings"),
        ],
    }
)
project_id()
keep_language()
with error_boundary():
    draw_sidebar()
with error_boundary(MAP.title if navigation == MAP else ""):
    navigation.run()
