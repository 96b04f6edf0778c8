"""The error boundary: people read a sentence, the log file keeps the traceback."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

import streamlit as st

from core.errors import NotReady, TextlodeError
from core.settings import Settings
from pages.ui.words import _, say


@contextmanager
def error_boundary() -> Iterator[None]:
    """Show what goes wrong in a page as words: a hint where a step is missing, else an error."""
    try:
        yield
    except NotReady as error:
        st.info(say(error), icon=":material/arrow_forward:")
    except TextlodeError as error:
        st.error(say(error), icon=":material/error:")
    except Exception as error:  # the last line of defence: a person is looking
        show_unexpected(error)


def show_unexpected(error: Exception) -> None:
    """Say that something went wrong that nobody foresaw, with a mark to find it in the log."""
    mark = write_down(error)
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


def write_down(error: Exception) -> str:
    """Write a traceback to the log file and return the mark it stands under."""
    mark = secrets.token_hex(3)
    _logger().error("[%s] %s", mark, error, exc_info=error)
    return mark


def _log_file() -> Path:
    return Settings.from_environment().home / "logs" / "pages.log"


def _logger() -> logging.Logger:
    logger = logging.getLogger("textlode.pages")
    if not logger.handlers:
        _log_file().parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(_log_file(), maxBytes=2_000_000, backupCount=2, delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        logger.addHandler(handler)
        logger.propagate = False
    return logger
