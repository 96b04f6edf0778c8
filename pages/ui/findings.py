"""What is odd about the texts: each finding with its count, examples and a switch."""

from typing import Any

import streamlit as st

from core.data import REMEDY_TITLES, Edits, Remedy
from core.figures import number, share
from core.jobs import JobState
from core.project import Artifact, Project
from core.steps import (
    CleanSettings,
    chosen_encoder,
    is_cleaned_alike,
    left_out_counts,
    present_findings,
    remedies_of,
    remedy_counts,
    set_cleaning,
)
from pages.ui.jobs import job_panel, latest_job, submit
from pages.ui.tables import show_texts
from pages.ui.undo import undo_redo
from pages.ui.words import _, language_name, listed, rows_of, sentences

LISTED_GROUPS = 10


def draw_findings(opened: Project) -> None:
    """Draw the findings about the text column; they are looked for when they are not there yet."""
    st.subheader(_("What was found in the texts"))
    column = opened.role("text")
    artifact = present_findings(opened)
    if artifact is None:
        _look(opened, column)
        return
    found = artifact.json("findings")
    _facts(opened, found)
    counts = remedy_counts(found, _encoder(opened))
    if not any(counts.values()):
        st.caption(_("No repeated or very long texts, no HTML, no lines that many texts share."))
        return
    for remedy, count in counts.items():
        if count or remedy in remedies_of(opened):
            _switch(opened, found, remedy, count)
    _effect(opened, found["rows"])


def _look(opened: Project, column: str) -> None:
    """Start to look, unless that runs already, failed, or was cancelled: then say so."""
    job = latest_job(opened, "findings")
    if job is None or job.state == JobState.DONE or job.settings.get("column") != column:
        submit("findings", opened, column=column)
    job = job_panel(opened, "findings")
    if job is not None and job.state == JobState.CANCELLED and st.button(_("Look at the texts")):
        submit("findings", opened, column=column)
        st.rerun()


def _facts(opened: Project, found: dict[str, Any]) -> None:
    facts = [_("Language: {name}", name=language_name(opened.state.language))]
    facts.append(_("Longest text: {n} characters", n=number(_longest(opened))))
    empty = found["findings"]["empty"]["count"]
    if empty:
        facts.append(
            _(
                "Rows without a text: {n} ({share}); they stay in the table and off the map",
                n=number(empty),
                share=share(empty, found["rows"]),
            )
        )
    st.caption(sentences(facts))


def _longest(opened: Project) -> int:
    """Return the length of the longest text as it was written, as the column's figures have it."""
    columns = opened.current("table").json("profile")["columns"]
    return next(one["longest"] for one in columns if one["name"] == opened.role("text"))


def _encoder(opened: Project) -> str:
    """Return the encoder that is chosen below, before or after it is first drawn."""
    return st.session_state.get(f"encoder-{opened.id}") or chosen_encoder(opened)


def _switch(opened: Project, found: dict[str, Any], remedy: Remedy, count: int) -> None:
    """Draw one finding: the switch with its count, and examples behind a button."""
    key = f"remedy-{remedy}-{opened.id}"
    st.session_state[key] = remedy in remedies_of(opened)  # undo and other tabs move it too
    # What does not fit into a narrow window goes below: a label in a column would be cut.
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle(
            f"{_(REMEDY_TITLES[remedy])}: **{number(count)}** ({share(count, found['rows'])})",
            key=key,
            on_change=_set,
            args=(opened, remedy, key),
        )
        with st.popover(_("Examples"), key=f"examples-{remedy}-{opened.id}", type="tertiary"):
            _examples(opened, found, remedy)


def _set(opened: Project, remedy: Remedy, key: str) -> None:
    on = {remedy} if st.session_state[key] else set()
    remedies = (remedies_of(opened) - {remedy}) | on
    set_cleaning(opened, CleanSettings(tuple(str(one) for one in remedies)))


def _examples(opened: Project, found: dict[str, Any], remedy: Remedy) -> None:
    if remedy in (Remedy.REPEATED, Remedy.NEARLY_REPEATED):
        _groups(found[str(remedy)], remedy)
    elif remedy is Remedy.SHARED_LINES:
        for place, line in enumerate(found["shared_lines"][:LISTED_GROUPS]):
            st.markdown(f"**{rows_of(line['count'])}**")
            show_texts([line["text"]], key=f"{remedy}-{place}")
    elif remedy is Remedy.READ_WHOLE:
        beyond = found["beyond"].get(_encoder(opened), {})
        st.caption(
            _(
                "This encoder reads about {n} characters of a text; the rest of it has no say "
                "in where it stands on the map.",
                n=number(beyond.get("characters", 0)),
            )
        )
        _rows(beyond.get("rows", []), beyond.get("texts", []), remedy)
    else:
        examples = found["findings"][str(remedy)]["examples"]
        rows, texts = [one["row"] for one in examples], [one["text"] for one in examples]
        _rows(rows, texts, remedy)


def _groups(groups: list[dict[str, Any]], remedy: Remedy) -> None:
    """Draw the largest groups of texts that are the same or nearly so, with their rows."""
    said = [_("The first row of each group stays.")]
    if remedy is Remedy.NEARLY_REPEATED:
        said.append(_("Case, punctuation, HTML and lines that many texts share do not count."))
    if len(groups) > LISTED_GROUPS:
        said.append(_("These are the largest groups."))
    st.caption(" ".join(said))
    for place, group in enumerate(groups[:LISTED_GROUPS]):
        first = ", ".join(number(row + 1) for row in group["rows"])
        more = " …" if group["count"] > len(group["rows"]) else ""
        st.markdown(f"**{rows_of(group['count'])}**: {first}{more}")
        show_texts(group["texts"], key=f"{remedy}-{place}")


def _rows(rows: list[int], texts: list[str], remedy: Remedy) -> None:
    for row, text in zip(rows, texts, strict=True):
        st.markdown(f"**{_('Row {row}', row=number(row + 1))}**")
        show_texts([text], key=f"{remedy}-{row}")
        if remedy is Remedy.MARKUP:
            st.caption(_("becomes"))
            show_texts(Edits(markup=True).apply([text]).to_pylist(), key=f"{remedy}-{row}-bare")


def _effect(opened: Project, rows: int) -> None:
    """Say how many rows go on, which do not, and whether the map shows that already."""
    left_out = left_out_counts(opened)
    kept = rows - sum(left_out.values())
    sentence = _("**{kept} of {rows} rows** go to the map.", kept=number(kept), rows=number(rows))
    reasons = [f"{_(reason)} {number(count)}" for reason, count in left_out.items()]
    aside = _("Not on it: {reasons}.", reasons=listed(reasons)) if reasons else ""
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.markdown(f"{sentence} {aside}")
    with right.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        undo_redo(opened)
    st.caption(_("The table and every export keep all rows as they were written."))
    if not opened.has("vectors"):
        return
    vectors = opened.current("vectors")
    if not is_cleaned_alike(opened, vectors):
        st.info(_("The map was made before this was switched. Make it again to see the effect."))
    elif "texts" in vectors.inputs:
        _listed(opened, opened.artifacts.open(vectors.inputs["texts"]))


def _listed(opened: Project, texts: Artifact) -> None:
    rows = texts.table("left_out").to_pandas()
    if rows.empty:
        return
    with st.expander(_("See the rows that were left out"), key=f"left-out-rows-{opened.id}"):
        rows["reason"] = rows["reason"].map(_)
        rows["text"] = rows["text"].fillna("")  # else a grey "None" stands where no text is
        st.dataframe(
            rows,
            hide_index=True,
            column_config={
                "row": st.column_config.NumberColumn(_("Row"), width="small"),
                "reason": st.column_config.TextColumn(_("Reason"), width="medium"),
                "text": st.column_config.TextColumn(_("Text"), width="large"),
            },
        )
        every = sum(texts.json("left_out").values())
        if every > len(rows):
            first, all_ = number(len(rows)), number(every)
            st.caption(
                _("The first {n} of {all}; an export names the reason of each.", n=first, all=all_)
            )
