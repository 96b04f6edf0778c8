"""The drop zone as a Streamlit component."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.figures import size
from core.settings import Settings
from pages.ui.addresses import address
from pages.ui.upload.inbox import INBOXES, Arrived
from pages.ui.upload.receiving import most_bytes
from pages.ui.words import _

FOLDER = Path(__file__).parent
STATE = "sent"


def upload_zone(label: str, *, key: str, several: bool = False) -> list[Arrived]:
    """Draw a zone to drop files on; return those that have arrived, once all of them have.

    They are the page's to move; `clear_zone` gives an empty zone for the next ones.
    """
    token = _token(key)
    zone = f"{key}-{token}"
    _component()(
        key=zone,
        data={
            "url": f"{address('upload')}/{token}",
            "several": several,
            "limit": most_bytes(),
            "words": _words(label, several),
        },
        **{f"on_{STATE}_change": lambda: None},
    )
    inbox, state = INBOXES.get(token), st.session_state.get(zone)
    numbers = (state.get(STATE) if state else None) or []
    return inbox.arrived(int(number) for number in numbers) if inbox else []


def clear_zone(key: str) -> None:
    """Give the zone of that key up: an empty one is drawn next."""
    st.session_state.pop(f"{key}-inbox", None)


def _token(key: str) -> str:
    token = st.session_state.get(f"{key}-inbox")
    if not token or INBOXES.get(token) is None:
        token = INBOXES.open(Settings.from_environment().uploads_folder)
        st.session_state[f"{key}-inbox"] = token
    return str(token)


def _words(label: str, several: bool) -> dict[str, str]:
    """Return what the zone says; the browser fills in `{sent}` and `{size}`."""
    return {
        "label": label,
        "choose": _("Choose files") if several else _("Choose a file"),
        "limit": _("up to {size} each", size=size(most_bytes())),
        "remove": _("Remove"),
        "progress": _("{sent} of {size}"),
        "waiting": _("waiting"),
        "again": _("The connection was lost. Trying again."),
        "large": _(
            "It is {size}; the most that comes through the browser is {most}.",
            size="{size}",
            most=size(most_bytes()),
        ),
        "full": _("The server's disk is full. Free some space and drop the file again."),
        "stale": _("The server was started anew meanwhile. Reload the page and drop it again."),
        "lost": _("It could not be sent: the server does not answer. Drop it again."),
        "folder": _("That is a folder. Drop the files that are in it."),
    }


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component(
        "textlode_upload",
        css=(FOLDER / "upload.css").read_text("utf-8"),
        js=(FOLDER / "upload.js").read_text("utf-8"),
    )
