"""Texts on the page: wrapped, the match lit, whatever the script they are written in."""

import re
from collections.abc import Sequence
from html import escape

import streamlit as st

from core.explore import query_marks
from pages.ui.words import _

SHOWN = 600
STYLE = (
    "border-left: 3px solid rgba(128,128,128,.35); padding: .15rem .6rem; margin: .35rem 0; "
    "overflow-wrap: anywhere; white-space: pre-wrap; font-size: .9rem;"
)


def show_texts(texts: Sequence[str], match: str = "", *, key: str) -> None:
    """Show texts one below the other; a long one is cut, and opens whole in place."""
    long = [text for text in texts if len(text) > SHOWN]
    cut = [text if len(text) <= SHOWN else text[:SHOWN].rstrip() + " …" for text in texts]
    st.html("".join(f'<div dir="auto" style="{STYLE}">{lit(text, match)}</div>' for text in cut))
    if long and st.toggle(_("Show whole texts"), key=f"whole-{key}"):
        for text in long:
            st.html(f'<div dir="auto" style="{STYLE}">{lit(text, match)}</div>')


def lit(text: str, match: str) -> str:
    """Return a text as safe HTML with what was searched for marked."""
    marks = sorted(query_marks(match), key=len, reverse=True)
    if not marks:
        return escape(text)
    pattern = re.compile("(" + "|".join(marks) + ")", re.IGNORECASE)
    # Every odd piece is a match: marked before anything is escaped, so that no entity is cut.
    pieces = pattern.split(text)
    return "".join(
        f"<mark>{escape(piece)}</mark>" if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )
