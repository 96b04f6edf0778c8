"""Words that spoke for a class and against it, drawn in the text and as bars."""

from html import escape
from typing import Any

import streamlit as st

from core.figures import number, percent
from core.project import Artifact, Project
from core.steps import WorthyRow, row_worth_explaining
from pages.ui.bars import draw_bars
from pages.ui.tables import show_texts
from pages.ui.words import _, plain, rows_of

DRAWN = 20
USUAL_SAMPLE = 15
FOR, AGAINST = "#0079ff", "#d73100"
TYPED, ROWS, CLASS = "typed", "rows", "class"


def kind_of_explanation(artifact: Artifact) -> str:
    """Return what was explained: a typed text, rows of the table, or a class."""
    asked = artifact.settings
    if asked["rows"]:
        return ROWS
    # Explanations of a class have named their sample only since it was needed here.
    of_class = asked.get("sample") or (asked["target"] and len(asked["texts"]) > 1)
    return CLASS if of_class else TYPED


def recall_question(opened: Project, classes: list[str]) -> None:
    """Let the widgets begin with what was asked last, so that its answer stands below them."""
    begin: dict[str, Any] = {"kind": TYPED, "sample": USUAL_SAMPLE}
    if opened.has("explanation"):
        artifact = opened.current("explanation")
        asked, kind = artifact.settings, kind_of_explanation(artifact)
        begin["kind"] = kind
        if kind == TYPED:
            begin["text"] = asked["texts"][0]
        elif kind == ROWS and asked["rows"][0] < opened.row_count:
            begin["row"] = asked["rows"][0] + 1
        elif kind == CLASS and asked["target"] in classes:
            begin["class"] = asked["target"]
            begin["sample"] = asked.get("sample", USUAL_SAMPLE)
    if "row" not in begin and f"explain-row-{opened.id}" not in st.session_state:
        worthy = row_worth_explaining(opened)
        st.session_state[f"explain-worthy-{opened.id}"] = worthy
        begin["row"] = worthy.row + 1 if worthy else 1
    for name, value in begin.items():
        st.session_state.setdefault(f"explain-{name}-{opened.id}", value)


def show_row(opened: Project, row: int) -> None:
    """Show a row's name and its text as it was written."""
    st.caption(_row_name(opened, row) + _why_this_row(opened, row))
    text = opened.current("table").row("table", row)[opened.role("text")]
    if text and text.strip():
        show_texts([text], key=f"explain-row-{row}")
    else:
        st.caption(_("This row has no text: choose another."))


def _why_this_row(opened: Project, row: int) -> str:
    """Say why the page begins with this row; nothing of a row that a person chose."""
    worthy: WorthyRow | None = st.session_state.get(f"explain-worthy-{opened.id}")
    if worthy is None or worthy.row != row:
        return ""
    if worthy.confidence is None:
        return ": " + _("the first with a whole sentence")
    return ": " + _("the model is least sure of it ({share})", share=percent(worthy.confidence))


def _row_name(opened: Project, row: int) -> str:
    """Return "Row 42 (id 000042)", or "Row 42" where no column is the id."""
    name = opened.state.roles.get("id")
    if name not in opened.column_names or row >= opened.row_count:
        return _("Row {row}", row=number(row + 1))
    identity = str(opened.current("table").row("table", row)[name] or "")
    return _("Row {row} (id {id})", row=number(row + 1), id=plain(identity))


def draw_explanation(opened: Project, artifact: Artifact) -> None:
    """Draw an explanation below a heading that says what it is of."""
    explanations = artifact.json("explanations")
    st.subheader(_title(opened, artifact))
    if len(explanations) > 1:
        _draw_words(artifact.json("words"))
    _draw_texts(explanations)


def _title(opened: Project, artifact: Artifact) -> str:
    asked, kind = artifact.settings, kind_of_explanation(artifact)
    if kind == ROWS:
        return ", ".join(_row_name(opened, row) for row in asked["rows"][:DRAWN])
    if kind == CLASS:
        rows = rows_of(len(asked["texts"]))
        return _("Class {name}, {rows}", name=plain(asked["target"]), rows=rows)
    return _("A typed text")


def _draw_texts(explanations: list[dict[str, Any]]) -> None:
    """Draw each text with its words lit by their effect, and the sum that they make."""
    for one in explanations[:DRAWN]:
        with st.container(border=True):
            _draw(one)
    if len(explanations) > DRAWN:
        st.caption(_("The first {n} of {all}.", n=DRAWN, all=len(explanations)))


def _draw(one: dict[str, Any]) -> None:
    import pandas as pd

    st.markdown(
        _(
            "**{target}**: {output}. Without any of the words it would be {base}; the words add "
            "up to {sum}.",
            target=plain(one["target"]),
            output=f"{one['output']:.3f}",
            base=f"{one['base']:.3f}",
            sum=f"{sum(word['value'] for word in one['words']):+.3f}",
        )
    )
    st.html(_lit_words(one))
    st.caption(_("Blue and + spoke for {target}, red and − against.", target=plain(one["target"])))
    strongest = sorted(one["words"], key=lambda word: -abs(word["value"]))[:12]
    frame = pd.DataFrame(strongest).groupby("word", as_index=False)["value"].sum()
    frame["side"] = frame["value"].lt(0).map({False: FOR, True: AGAINST})
    draw_bars(
        frame.sort_values("value", ascending=False),
        "word",
        "value",
        titles=(_("Word"), _("Effect on the probability")),
        colour="side",
    )


def _lit_words(one: dict[str, Any]) -> str:
    strongest = max((abs(word["value"]) for word in one["words"]), default=0) or 1
    parts, place = [], 0
    for word in one["words"]:
        start, end, value = word["start"], word["end"], word["value"]
        colour, sign = (FOR, "+") if value >= 0 else (AGAINST, "−")
        strength = f"{60 * abs(value) / strongest:.1f}%"
        parts.append(escape(one["text"][place:start]))
        parts.append(
            f'<span style="background: color-mix(in srgb, {colour} {strength}, transparent); '
            'border-radius: 3px" '
            f'title="{sign}{abs(value):.3f}">{escape(one["text"][start:end])}</span>'
        )
        place = end
    parts.append(escape(one["text"][place:]))
    return f'<div dir="auto" style="white-space: pre-wrap; line-height: 1.8">{"".join(parts)}</div>'


def _draw_words(words: dict[str, Any]) -> None:
    """Draw the strongest words of a class over several explained texts."""
    import pandas as pd

    if not words["words"]:
        return
    said = _("The strongest words for {target}", target=plain(words["target"]))
    st.markdown(f"**{said}**")
    st.dataframe(
        pd.DataFrame(words["words"]),
        hide_index=True,
        column_config={
            "word": _("Word"),
            "effect": st.column_config.NumberColumn(_("Mean effect"), format="%.3f"),
            "count": st.column_config.NumberColumn(_("Texts")),
        },
    )
