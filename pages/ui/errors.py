"""The error boundary: people read a sentence, the log file keeps the traceback."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from core.errors import NotReady, TextlodeError
from core.settings import Settings
from core.trace import write_down
from pages.ui.words import _, say

PAGE_NAMED = re.compile(r"on the page (\w+)\.")


@contextmanager
def error_boundary(untitled: str = "") -> Iterator[None]:
    """Show what goes wrong in a page as words: a hint where a step is missing, else an error.

    `untitled` heads the hint in a page that has no title of its own.
    """
    try:
        yield
    except NotReady as error:
        if untitled:
            st.title(untitled)
        st.info(say(error), icon=":material/info:")
        for page in PAGE_NAMED.findall(error.template):
            label = _("Go to {page}", page=_(page))
            st.page_link(f"{page.lower()}.py", label=label, icon=":material/arrow_forward:")
    except TextlodeError as error:
        st.error(say(error), icon=":material/error:")
    except Exception as error:  # the last line of defence: a person is looking
        show_unexpected(error)


def show_unexpected(error: Exception) -> None:
    """Say that something went wrong that nobody foresaw, with a mark to find it in the log."""
    mark = write_down(error, _log_file())
    st.error(
        _(
            "Something went wrong on this page that was not foreseen. Your project is safe. "
            "Reload the page; if it comes back, send the lines marked {mark} of {file}.",
            mark=mark,
            file=str(_log_file()),
        ),
        icon=":material/error:",
    )


def log_unexpected(error: Exception) -> bool:
    """Handle an error outside the boundary (in a widget's callback); True: it is shown."""
    if isinstance(error, TextlodeError):
        st.error(say(error), icon=":material/error:")
    else:
        show_unexpected(error)
    return True


def _log_file() -> Path:
    return Settings.from_environment().logs_folder / "pages.log"
