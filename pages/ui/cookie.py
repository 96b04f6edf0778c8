"""What a browser keeps of a person's choices, for the next tab."""

import streamlit as st

SCRIPT = """
export default ({ data }) => {
  document.cookie = `${data.name}=${data.value}; path=/; max-age=31536000; samesite=lax`;
};
"""


def read_cookie(name: str) -> str | None:
    """Return what this browser kept under a name when the tab was opened."""
    return st.context.cookies.get(name)


def keep_cookie(name: str, value: str) -> None:
    """Let the browser keep a value of letters and digits for a year."""
    component = st.components.v2.component("textlode_cookie", js=SCRIPT)
    with st.sidebar:
        component(key=f"cookie-{name}", data={"name": name, "value": value})
