"""The Data page: what each column is for."""

import streamlit as st

from core.figures import number
from core.project import Project
from core.steps import set_roles
from pages.ui.columns import column_titles
from pages.ui.words import _

SLOT = 205  # pixels: a column's name, and four of them in a line


def draw_roles(opened: Project) -> None:
    """Let a person say which column is what; the proposal is chosen already, with its reason."""
    st.subheader(_("What each column is for"))
    titles = {"text": _("Text"), "label": _("Label"), "date": _("Date"), "id": _("Id")}
    columns = opened.column_names
    title_of = column_titles(opened)
    roles = opened.state.roles
    proposed = opened.current("table").json("roles")
    reasons = proposed.get("reasons", {})
    chosen: dict[str, str] = {}
    row = st.container(horizontal=True)  # which breaks where a window is narrow
    for role, title in titles.items():
        slot = row.container(width=SLOT)
        options = columns if role == "text" else ["", *columns]
        present = roles.get(role, "")
        picked = slot.selectbox(
            title,
            options,
            index=options.index(present) if present in options else None,
            format_func=lambda name: title_of(name) if name else _("none"),
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
