"""The row of controls above the map. None of them moves the map."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.project import Project
from core.steps import OpenMap, TopicView
from pages.ui.colouring import TOPIC, colour_choices
from pages.ui.jobs import ask
from pages.ui.scene import Search, find_words
from pages.ui.words import _

WORDS, COLUMNS, MEANING = "words", "columns", "meaning"
MOST_TOPICS = 100
LATEST = 8  # searches by meaning that are kept, of 80 kB at most each
LIVE = "400ms"  # so long a pause in typing is searched for
SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)


def draw_controls(opened: Project, opened_map: OpenMap, topics: TopicView) -> tuple[str, Search]:
    """Draw fewer-more, colour, what is left out, search; return colour and search."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _fewer_more(opened, topics)
        choices = colour_choices(opened)
        colour_by = st.selectbox(
            _("Colour by"),
            list(choices),
            format_func=lambda choice: choices.get(choice, choice),
            key=f"colour-{opened.id}",
            persist_state="session",
            width=130,
        )
        _left_out(opened, topics)
        # What is searched for and how stay side by side on a narrow window too.
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", width=430):
            search = _search(opened, opened_map)
    return colour_by or TOPIC, search


def _fewer_more(opened: Project, topics: TopicView) -> None:
    most = min(topics.most, MOST_TOPICS)
    if most < 3:
        return
    present = min(max(topics.count, 2), most)
    key = f"count-{opened.id}-{most}"
    _move_with(key, present)
    count = st.slider(
        _("Fewer - more topics"),
        2,
        most,
        key=key,
        width=185,
        help=_("The same map, cut into so many topics. A name that you gave stays with its rows."),
    )
    if count != present:
        _record(opened, key, count, "topic_count_set", count=count)


def _left_out(opened: Project, topics: TopicView) -> None:
    present = topics.left_out_share
    key = f"left-out-{opened.id}"
    _move_with(key, present)
    chosen = st.select_slider(
        _("Left out (noise)"),
        sorted({*SHARES, present}),
        format_func=lambda s: _("at most {share}", share=f"{100 * s:.3g}%") if s else _("none"),
        key=key,
        width=155,
        help=_(
            "Rows that fit no topic well, the least sure first. They are grey on the map and have "
            "no topic; further to the left more of them join their nearest topic."
        ),
    )
    if chosen != present:
        _record(opened, key, chosen, "left_out_set", share=chosen)


def _move_with(key: str, present: float) -> None:
    """Let undo and another tab move a slider too; its key stays, as it would lose the keyboard."""
    if key not in st.session_state or st.session_state.get(f"{key}-seen") != present:
        st.session_state[key] = st.session_state[f"{key}-seen"] = present


def _record(opened: Project, key: str, chosen: float, kind: str, **values: float) -> None:
    """Record what the hand chose, as seen: it may have moved on, and is not to be set back."""
    st.session_state[f"{key}-seen"] = chosen
    opened.record(kind, **values)
    st.rerun()


def _search(opened: Project, opened_map: OpenMap) -> Search:
    query = st.text_input(
        _("Search"),
        key=f"search-{opened.id}",
        type="search",
        live=LIVE,
        persist_state="session",
        on_change=_show_matches,
        placeholder=_('words, or a "phrase"'),
    )
    names = {WORDS: _("Words in the texts"), MEANING: _("Meaning")}
    if len(opened.column_names) > 1:
        names = {WORDS: names[WORDS], COLUMNS: _("Words in all columns"), MEANING: names[MEANING]}
    kind = st.selectbox(
        _("Search by"),
        list(names),
        format_func=names.get,
        key=f"search-by-{opened.id}",
        persist_state="session",
        width=175,
        help=_(
            "Words match from their beginning, whatever their accents and width: cafe finds café. "
            'A "phrase" in quotes is found as it is written. Meaning finds texts that say it in '
            "other words: those that stand out from the rest by their nearness."
        ),
    )
    if kind == MEANING:
        return _find_meaning(opened, query)
    return find_words(opened, opened_map, query, everywhere=kind == COLUMNS)


def _show_matches() -> None:
    """Let the panel beside the map list what is found."""
    st.session_state["panel"] = "selection"


def _find_meaning(opened: Project, query: str) -> Search:
    """Ask the short lane: the encoder lives in the worker, not in the page."""
    if not query.strip():
        return Search()
    with st.spinner(_("Comparing meanings"), show_time=True):
        units, found, limit = _near(opened.folder, opened.current("vectors").key, query)
    return Search(query, units.astype(np.int64), nearest_from=limit, found_in_all=found)


@lru_cache(maxsize=LATEST)
def _near(folder: Path, vectors: str, query: str) -> tuple[npt.NDArray[np.int32], int, float]:
    """Return the texts nearest to a query, how many stand out in all, and from what nearness.

    `vectors` is the key of those that are searched. Each pause in typing is a query of its own, so
    only the latest are kept, for all sessions together.
    """
    found = ask("search", Project.open(folder), query=query)
    return np.array(found["units"], dtype=np.int32), found["found"], found["limit"]
