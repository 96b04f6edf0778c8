"""Every word that a reader meets is in the catalogue, in each language."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tools.translations import LOCALE_FOLDER, ROOT, marked_messages, sources

CATALOGUES = sorted(LOCALE_FOLDER.glob("*/textlode.po"))
PLACEHOLDER = re.compile(r"\{(\w+)[^{}]*\}")

# A mark of half the width beside a Chinese character, or beside a value among them. One with blanks
# around it is no punctuation, but what the sentence speaks of.
HAN = r"[\u3400-\u9fff“”《》]"
HALF_WIDTH = re.compile(
    rf"{HAN}\s?\(|\)\s?{HAN}|\(\s?{HAN}|{HAN}\s?\)"
    rf"|{HAN}[,;:?!]|[,;:?!]{HAN}|{HAN}\.(?:\s|$|{HAN})"
    r"|\}[,;?!](?:\s|$|[\u3400-\u9fff])|\}: "
)

# Calls of Streamlit whose first argument a reader sees, and the words of any call that one sees.
SHOWN_FIRST = {
    "badge",
    "button",
    "caption",
    "checkbox",
    "download_button",
    "error",
    "expander",
    "feedback",
    "file_uploader",
    "form_submit_button",
    "header",
    "info",
    "link_button",
    "markdown",
    "metric",
    "multiselect",
    "number_input",
    "pills",
    "popover",
    "progress",
    "radio",
    "segmented_control",
    "select_slider",
    "selectbox",
    "slider",
    "spinner",
    "status",
    "subheader",
    "success",
    "tabs",
    "text",
    "text_area",
    "text_input",
    "title",
    "toast",
    "toggle",
    "warning",
    "write",
}
SHOWN_WORDS = {"help", "label", "page_title", "placeholder", "title"}
NOT_WORDS = re.compile(r":[\w-]+(/\w+)?:|:\w+(-\w+)?\[|<[^>]*>|&\w+;|\bTextlode\b|https?://\S+")


def translations(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {str(m.id): str(m.string or "") for m in read_po(file) if m.id and not m.fuzzy}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.name)
def test_every_message_is_translated(path: Path) -> None:
    """`make translations` brings new messages in and lists those without a translation."""
    known = translations(path)
    lacking = sorted({f"{file}: {m}" for m, file in marked_messages() if not known.get(m)})
    assert lacking == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.name)
def test_translations_fill_in_the_same_values(path: Path) -> None:
    """A translation may move a {placeholder}, but neither lose nor invent one."""
    wrong = {
        message: translation
        for message, translation in translations(path).items()
        if translation
        and set(PLACEHOLDER.findall(message)) != set(PLACEHOLDER.findall(translation))
    }
    assert wrong == {}


def test_chinese_has_the_punctuation_of_chinese() -> None:
    """Commas, colons, brackets and the like have the width of a character there."""
    half = {
        translation: found.group()
        for translation in translations(LOCALE_FOLDER / "zh_CN" / "textlode.po").values()
        if (found := HALF_WIDTH.search(translation))
    }
    assert half == {}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.name)
def test_no_message_is_left_over(path: Path) -> None:
    """What the source no longer says is gone from the catalogue."""
    left_over = translations(path).keys() - {message for message, _ in marked_messages()}
    assert sorted(left_over) == []


def test_there_is_a_catalogue_for_each_language() -> None:
    from core.i18n import LANGUAGES

    assert {path.parent.name for path in CATALOGUES} == LANGUAGES.keys() - {"en"}


def words_of(node: ast.AST) -> str:
    """The words that an expression spells out: a string, the fixed parts of an f-string, a list."""
    return NOT_WORDS.sub("", literal_text(node))


def literal_text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal_text(part) or "0" for part in node.values)
    if isinstance(node, ast.List | ast.Tuple):
        return " ".join(literal_text(part) for part in node.elts)
    return ""


def shown_expressions(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that a reader sees."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    first = call.args[:1] if name in SHOWN_FIRST or name.endswith("Column") else []
    return [*first, *(word.value for word in call.keywords if word.arg in SHOWN_WORDS)]


def test_pages_say_nothing_untranslated() -> None:
    """No page hands Streamlit a bare English text: it goes through `_()`."""
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(shown)}"
        for path in sources()
        if not path.is_relative_to(ROOT / "core")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        for shown in shown_expressions(node)
        if re.search(r"[^\W\d_]{2}", words_of(shown))
    ]
    assert bare == []


def test_marked_messages_are_plain_strings() -> None:
    """An f-string cannot be looked up in a catalogue: {names} are filled in afterwards."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id in ("_", "N_")
        if node.args and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert wrong == []
