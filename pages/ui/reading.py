"""The Data page: how the file was read, what each column is for, what the texts are like."""

from typing import Any

import streamlit as st

from core.embed import encoder_cards
from core.project import Project
from core.steps import chosen_encoder, find_in_texts, set_roles
from pages.ui.jobs import submit
from pages.ui.projects import source_files
from pages.ui.words import _, number, plain, share

PREVIEWED = 50
ENCODINGS = (
    "utf-8", "utf-16", "windows-1252", "latin-1", "gb18030", "big5", "shift_jis", "euc-kr",
    "koi8-r", "windows-1251", "windows-1250",
)  # fmt: skip
DELIMITERS = {",": "a, b", ";": "a; b", "\t": "Tab", "|": "a | b", " ": "a b"}


def draw_reading(opened: Project) -> None:
    """Say in one line how the file was read; let each part be changed, show what was set aside."""
    reading = opened.current("table").json("reading")
    st.markdown(reading_sentence(reading))
    if reading.get("names_missing"):
        st.caption(_("The file has no line of names: the columns are numbered instead."))
    if reading["rejected"]:
        with st.expander(_("{n} lines set aside: see them", n=number(reading["rejected"]))):
            rejects = opened.current("table").table("rejects")
            st.dataframe(rejects.slice(0, 1000).to_pandas(), hide_index=True)
            st.download_button(
                _("Download the lines set aside"),
                rejects.to_pandas().to_csv(index=False).encode("utf-8-sig"),
                file_name=f"{opened.name}.rejects.csv",
                on_click="ignore",
            )
    if reading.get("dialect") and source_files(opened):
        with st.expander(_("Read it differently")):
            _correct(opened, reading)


def reading_sentence(reading: dict[str, Any]) -> str:
    """Return "2,096 rows, 5 columns: UTF-8, separated by commas, names in line 1"."""
    parts = [_("{n} rows", n=number(reading["rows"]))]
    parts.append(_("{n} columns", n=len(reading["columns"])))
    dialect = reading.get("dialect") or {}
    if dialect.get("encoding"):
        parts.append(str(dialect["encoding"]).upper())
    if dialect.get("delimiter"):
        parts.append(_("separated by {mark}", mark=_delimiter_name(dialect["delimiter"])))
    if dialect.get("line_of_names"):
        parts.append(_("names in line {n}", n=dialect["line_of_names"]))
    if reading.get("preamble"):
        parts.append(_("{n} lines above the table left out", n=len(reading["preamble"])))
    return f"**{', '.join(parts)}**"


def _delimiter_name(delimiter: str) -> str:
    names = {
        ",": _("commas"),
        ";": _("semicolons"),
        "\t": _("tabs"),
        "|": _("bars"),
        " ": _("blanks"),
    }
    return names.get(delimiter, plain(delimiter))


def _correct(opened: Project, reading: dict[str, Any]) -> None:
    """Let a person say how the file is to be read, and read it again."""
    dialect = reading["dialect"]
    chosen = dict(opened.current("table").settings["reading"])
    first, second, third = st.columns(3)
    encodings = list(dict.fromkeys([dialect["encoding"], *ENCODINGS]))
    encoding = first.selectbox(_("Encoding"), encodings, key=f"encoding-{opened.id}")
    delimiters = list(dict.fromkeys([dialect["delimiter"], *DELIMITERS]))
    delimiter = second.selectbox(
        _("Delimiter"), delimiters, format_func=_delimiter_name, key=f"delimiter-{opened.id}"
    )
    header = third.number_input(
        _("Lines with names"), 0, 5, int(dialect["header_rows"]), key=f"header-{opened.id}"
    )
    wanted = {"encoding": encoding, "delimiter": delimiter, "header_rows": int(header)}
    changed = {name: value for name, value in wanted.items() if value != dialect.get(name)}
    if st.button(_("Read again"), disabled=not changed):
        files = [str(path) for path in source_files(opened)]
        submit("ingest", opened, files=files, reading={**chosen, **changed})
        st.rerun()


def preview(opened: Project) -> None:
    """Show the first rows as they were written."""
    table = opened.table().slice(0, PREVIEWED)
    st.dataframe(table.to_pandas(), hide_index=True, height=260)


def draw_roles(opened: Project) -> None:
    """Let a person say which column is what; the proposal is chosen already, with its reason."""
    st.subheader(_("What each column is for"))
    titles = {"text": _("Text"), "label": _("Label"), "date": _("Date"), "id": _("Id")}
    columns = opened.column_names
    roles = opened.state.roles
    reasons = opened.current("table").json("roles").get("reasons", {})
    chosen: dict[str, str] = {}
    for slot, (role, title) in zip(st.columns(len(titles)), titles.items(), strict=True):
        options = columns if role == "text" else ["", *columns]
        present = roles.get(role, "")
        picked = slot.selectbox(
            title,
            options,
            index=options.index(present) if present in options else None,
            format_func=lambda name: name or _("none"),
            placeholder=_("Choose a column"),
            key=f"role-{role}-{opened.id}-{opened.current('table').key}-{present}",
        )
        if picked:
            chosen[role] = picked
        if picked == present and role in reasons:
            reason = reasons[role]
            slot.caption(_(reason["template"], **reason["values"]))
    if chosen != roles:
        set_roles(opened, chosen)
        st.rerun()


def draw_texts_found(opened: Project) -> None:
    """Say what the texts are like: empty ones, equal ones, their language."""
    findings = find_in_texts(opened)
    rows = opened.row_count
    facts = [_("Language: {name}", name=language_name(opened.state.language))]
    if findings["empty"]:
        facts.append(
            _(
                "{n} rows ({share}) have no text; they stay in the table and are left off the map",
                n=number(findings["empty"]),
                share=share(findings["empty"], rows),
            )
        )
    if findings["duplicates"]:
        facts.append(
            _(
                "{n} rows ({share}) share their text with another; they are one point on the map",
                n=number(findings["duplicates"]),
                share=share(findings["duplicates"], rows),
            )
        )
    st.caption(". ".join(facts) + ".")


def language_name(code: str) -> str:
    """Return the name of a language in the reader's own."""
    from babel import Locale, UnknownLocaleError

    from pages.ui.words import language

    if code == "und":  # which babel takes for the English of the United States
        return _("not clear")
    try:
        name = Locale.parse(code).get_display_name(language())
    except (UnknownLocaleError, ValueError):
        name = None
    return name or _("not clear")


def choose_encoder(opened: Project) -> str:
    """Let a person choose the encoder; the one for the texts' language is chosen already."""
    cards = {card.name: card for card in encoder_cards()}
    proposed = chosen_encoder(opened)
    names = list(dict.fromkeys([*cards, proposed]))
    present = st.session_state.get(f"encoder-{opened.id}") or proposed
    with st.expander(_("Encoder: {name}", name=_title(cards, present))):
        name = st.radio(
            _("Encoder"),
            names,
            index=names.index(proposed),
            format_func=lambda one: _title(cards, one),
            captions=[_(cards[one].purpose) if one in cards else "" for one in names],
            key=f"encoder-{opened.id}",
            persist_state="session",
            label_visibility="collapsed",
        )
        other = st.text_input(
            _("Or a folder or hub name that sentence-transformers loads"),
            key=f"encoder-other-{opened.id}",
            persist_state="session",
        )
    return other.strip() or name


def _title(cards: dict[str, Any], name: str) -> str:
    return _(cards[name].title) if name in cards else name
