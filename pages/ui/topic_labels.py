"""The topics, written down as labels that a model can learn."""

import streamlit as st

from core.project import Project
from core.steps import save_as_labels
from pages.ui.words import _, plain, rows_of


def save_labels(opened: Project) -> None:
    """Let a person keep the topics as they stand as labels of the rows."""
    st.subheader(_("Keep them as labels"))
    st.caption(
        _(
            "Each row gets its topic's name as its label, as the topics stand now. Later changes "
            "leave the labels as they are. A model can learn them on the page Train."
        )
    )
    name = st.text_input(
        _("Name of the labels"), _("topic"), key=f"label-set-{opened.id}", persist_state="session"
    )
    if st.button(_("Save as labels"), type="primary", icon=":material/new_label:"):
        save_as_labels(opened, name.strip() or _("topic"))
        st.rerun()
    for column, labels in opened.state.labels.items():
        if labels:
            st.markdown(
                _(
                    "**{column}**: {rows} with {n} labels",
                    column=plain(column),
                    rows=rows_of(len(labels)),
                    n=len(set(labels.values())),
                )
            )
    if any(opened.state.labels.values()):
        st.page_link("train.py", label=_("Teach a model"), icon=":material/model_training:")
