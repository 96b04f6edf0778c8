"""The words of the page in the reader's language."""

from functools import reduce
from typing import Any

import streamlit as st

from core.errors import TextlodeError
from core.figures import number
from core.i18n import LANGUAGES, choose_language, translate
from core.settings import Settings
from pages.ui.cookie import keep_cookie, read_cookie

LANGUAGE_KEY = "lang"
LANGUAGE_COOKIE = "textlode_lang"


def language() -> str:
    """Return the language that the reader chose, here or last time, else that of the browser."""
    here = st.session_state.get(LANGUAGE_KEY) or st.query_params.get(LANGUAGE_KEY)
    for chosen in (here, read_cookie(LANGUAGE_COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    return choose_language(st.context.locale or Settings.from_environment().language)


def choose_for_good(chosen: str) -> None:
    """Speak this language from now on: on all pages, and in tabs that will be opened."""
    st.session_state[LANGUAGE_KEY] = st.session_state[LANGUAGE_COOKIE] = chosen
    st.query_params[LANGUAGE_KEY] = chosen


def keep_language() -> None:
    """Put the chosen language back into the address, so that a reload and a link speak it."""
    chosen = st.session_state.get(LANGUAGE_KEY) or st.query_params.get(LANGUAGE_KEY)
    if chosen in LANGUAGES:
        st.session_state[LANGUAGE_KEY] = chosen
        if st.query_params.get(LANGUAGE_KEY) != chosen:
            st.query_params[LANGUAGE_KEY] = str(chosen)
    # A link in another language is read in it, and changes no habit.
    if for_good := st.session_state.get(LANGUAGE_COOKIE):
        keep_cookie(LANGUAGE_COOKIE, for_good)


def _(message: str, **values: Any) -> str:
    """Translate a message and fill in its `{names}`."""
    return translate(message, language(), **values)


def say(error: Exception) -> str:
    """Return an error in the reader's language, the values in it shown as they are."""
    if not isinstance(error, TextlodeError):
        return plain(str(error))
    values = {name: _shown(value) for name, value in error.values.items()}
    return translate(error.template, language(), **values)


def _shown(value: Any) -> Any:
    return plain(value) if isinstance(value, str) else value


def rows_of(count: int) -> str:
    """Return "1 row", "2,096 rows"."""
    return _("1 row") if count == 1 else _("{n} rows", n=number(count))


def columns_of(count: int) -> str:
    """Return "1 column", "5 columns"."""
    return _("1 column") if count == 1 else _("{n} columns", n=number(count))


def listed(parts: list[str]) -> str:
    """Return "a, b, c" with the commas of the reader's language."""
    if not parts:
        return ""
    return reduce(lambda first, second: _("{first}, {second}", first=first, second=second), parts)


def sentences(parts: list[str]) -> str:
    """Return "One. Two." with the full stops of the reader's language."""
    joined = reduce(lambda one, two: _("{first}. {second}", first=one, second=two), parts)
    return _("{sentence}.", sentence=joined)


def duration(seconds: float) -> str:
    """Return a time as people say it: "about 2 min"."""
    if seconds < 60:
        return _("{n} s", n=max(1, round(seconds)))
    if seconds < 3600:
        return _("{n} min", n=round(seconds / 60))
    return _("{n} h", n=f"{seconds / 3600:.1f}")


def plain(text: str) -> str:
    """Return a text of the user's with nothing that Markdown or HTML would act on."""
    for mark in "\\`*_{}[]()<>#+!|$~:":
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", " ")


def language_name(code: str) -> str:
    """Return the name of a language in the reader's own."""
    from babel import Locale, UnknownLocaleError

    if code == "und":  # which babel takes for the English of the United States
        return _("not clear")
    try:
        name = Locale.parse(code).get_display_name(language())
    except (UnknownLocaleError, ValueError):
        name = None
    return name or _("not clear")
