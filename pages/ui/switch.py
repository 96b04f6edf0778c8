"""A choice of one among a few, side by side."""

from collections.abc import Mapping
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def switch(label: str, titles: Mapping[T, str], *, key: str, **options: Any) -> T:
    """Let a person choose one, by their titles; one is always chosen, and stays for the session.

    `options` are those of `st.segmented_control`.
    """
    chosen: T = st.segmented_control(
        label,
        list(titles),
        required=True,
        format_func=titles.get,
        key=key,
        persist_state="session",
        **options,
    )
    return chosen
