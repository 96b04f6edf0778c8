"""Words that spoke for a class and against it, drawn in the text and as bars."""

from html import escape
from typing import Any

import streamlit as st

from pages.ui.words import _, plain

DRAWN = 20
FOR, AGAINST = "#0079ff", "#d73100"


def draw_explanations(explanations: list[dict[str, Any]]) -> None:
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
    st.bar_chart(
        # In the order of the colours: the chart pairs them with its own sorted list of them.
        frame.sort_values("side"),
        x="word",
        y="value",
        color="side",
        x_label=_("Word"),
        y_label=_("Effect on the probability"),
        horizontal=True,
        sort="-value",
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


def draw_words(words: dict[str, Any]) -> None:
    """Draw the strongest words of a class over several explained texts."""
    import pandas as pd

    if not words["words"]:
        return
    st.subheader(_("The strongest words for {target}", target=plain(words["target"])))
    st.dataframe(
        pd.DataFrame(words["words"]),
        hide_index=True,
        column_config={
            "word": _("Word"),
            "effect": st.column_config.NumberColumn(_("Mean effect"), format="%.3f"),
            "count": st.column_config.NumberColumn(_("Texts")),
        },
    )
