"""The encoders: what each is for, its languages, its size, and how long it will take here."""

import streamlit as st

from core.embed import encoder_cards
from core.project import Project
from core.steps import EncoderChoice, chosen_encoder, encoder_choices
from pages.ui.words import _, duration, language_name


def encoder_title(name: str) -> str:
    """Return what an encoder is called on the pages; a folder or hub name is its own."""
    return next((_(card.title) for card in encoder_cards() if card.name == name), name)


def choose_encoder(opened: Project) -> str:
    """Let a person choose the encoder; the one for the texts' language is chosen already."""
    choices = {choice.card.name: choice for choice in encoder_choices(opened)}
    proposed = chosen_encoder(opened)
    names = list(dict.fromkeys([*choices, proposed]))
    present = st.session_state.get(f"encoder-{opened.id}") or proposed
    # With a key of its own the expander stays open when its label changes.
    with st.expander(
        _("Encoder: {name}", name=encoder_title(present)), key=f"encoders-{opened.id}"
    ):
        name = st.radio(
            _("Encoder"),
            names,
            index=names.index(proposed),
            format_func=encoder_title,
            captions=[_caption(choices[one]) if one in choices else "" for one in names],
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


def _caption(choice: EncoderChoice) -> str:
    time = _("about {time} for these texts", time=duration(choice.seconds))
    if not choice.is_timed:
        time = _("{time}, by the usual pace: it has not run on this machine yet", time=time)
    return _(
        "{purpose} {size} MB; {time}. Reads {languages}.",
        purpose=_(choice.card.purpose),
        size=choice.card.megabytes,
        time=time,
        languages=", ".join(map(language_name, choice.card.languages)),
    )
