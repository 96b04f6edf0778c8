"""The Data page: what each column is for."""

import streamlit as st

from core.figures import number
from core.project import Project
from core.steps import set_roles
from pages.ui.words import _


def draw_roles(opened: Project) -> None:
    """Let a person say which column is what; the proposal is chosen already, with its reason."""
    st.subheader(_("What each column is for"))
    titles = {"text": _("Text"), "label": _("Label"), "date": _("Date"), "id": _("Id")}
    columns = opened.column_names
    roles = opened.state.roles
    proposed = opened.current("table").json("roles")
    reasons = proposed.get("reasons", {})
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
        if picked and picked == proposed.get(role) and role in reasons:
            reason = reasons[role]
            values = {name: number(value) for name, value in reason["values"].items()}
            slot.caption(_(reason["template"], **values))
    if chosen != roles:
        set_roles(opened, chosen)
        st.rerun()
