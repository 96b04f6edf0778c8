"""How to train: the advised way comes first, with the reason for these labels."""

from typing import Any

import streamlit as st

from core.figures import number
from core.project import Project
from core.steps import Advice, Method, Reason, advise
from pages.ui.encoders import encoder_title
from pages.ui.words import _, duration, plain, rows_of


def advised_methods(opened: Project, label: str | None, slot: Any) -> Method:
    """Let a person choose how to train, and say below which way is advised and why."""
    if label is None:
        return Method.PROBE
    advice = advise(opened, label)
    titles = {
        Method.FINE_TUNE: _(
            "Thorough, up to {time}: all layers of the model learn (fine-tuning)",
            time=duration(advice.seconds),
        ),
        Method.PROBE: _("Quick, seconds: only the last layer learns (probe)"),
    }
    # What is chosen holds for these labels: for others another way may be the better one.
    method = slot.selectbox(
        _("How"),
        advice.methods,
        format_func=titles.__getitem__,
        key=f"how-{opened.id}-{label}",
        persist_state="session",
    )
    st.caption(_reason(advice))
    return Method(method)


def _reason(advice: Advice) -> str:
    said = _(
        "{rows} are labelled, with {classes} different labels: {each} for each on average.",
        rows=rows_of(advice.rows),
        classes=number(advice.classes),
        each=rows_of(round(advice.rows / max(1, advice.classes))),
    )
    reasons = {
        Reason.ENCODER: _(
            "The encoder of this map has no layers that could learn: make the map with {minilm} "
            "for the thorough way.",
            minilm=plain(encoder_title("minilm")),
        ),
        Reason.FEW: _(
            "With so few the thorough way is seldom better than the quick one, and where it is "
            "not, the quick model is kept: begin with that."
        ),
        Reason.LONG: _(
            "The thorough way may gain a point or two, but takes long here: begin with the quick "
            "one, and see whether that is good enough."
        ),
        Reason.ENOUGH: _(
            "With so many the thorough way is often better, by a point or so; the quick model "
            "comes first, and is kept where it is not."
        ),
    }
    advised = {Method.FINE_TUNE: _("Advised: thorough."), Method.PROBE: _("Advised: quick.")}
    return f"**{advised[advice.method]}** {said} {reasons[advice.reason]}"
