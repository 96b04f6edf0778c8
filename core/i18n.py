"""The words a reader sees, in English and in Simplified Chinese.

English is the language of the source; `core/locale/<language>/textlode.po` holds each other one.
Texts are marked with `N_` where they are written and translated where they are shown.
"""

from functools import cache
from pathlib import Path
from typing import Any

from core.errors import TextlodeError

LOCALE_FOLDER = Path(__file__).parent / "locale"
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}


def N_(message: str) -> str:  # noqa: N802 - the customary name for "mark, do not translate yet"
    """Mark a message for the catalogue and return it as it is."""
    return message


def choose_language(wanted: str | None) -> str:
    """Return the supported language nearest to a tag such as `zh-Hans-CN` or `en_GB`."""
    first = (wanted or "").replace("-", "_").split("_")[0].lower()
    return next((name for name in LANGUAGES if name.split("_")[0] == first), "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return the translations of one language by message; empty for English."""
    path = LOCALE_FOLDER / language / "textlode.po"
    if not path.is_file():
        return {}
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        messages = read_po(file)
    return {str(m.id): str(m.string) for m in messages if m.id and m.string and not m.fuzzy}


def translate(message: str, language: str, **values: Any) -> str:
    """Return the message in a language, its `{names}` filled in."""
    text = catalogue(language).get(message, message)
    return text.format(**values) if values else text


def describe_error(error: Exception, language: str) -> str:
    """Return an error as a sentence in a language."""
    if isinstance(error, TextlodeError):
        return translate(error.template, language, **error.values)
    return str(error)
