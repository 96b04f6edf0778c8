"""The Data page: how the file was read, and how else it can be read."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from core.data import EXCEL_CSV, has_a_dialect, translate_reasons
from core.errors import TextlodeError
from core.figures import number
from core.i18n import N_
from core.jobs import Job, JobState
from core.project import Project
from core.steps import list_tables
from pages.ui.columns import column_titles, titles_in
from pages.ui.dialect import choose_dialect, delimiter_name, table_name
from pages.ui.downloads import csv_pieces
from pages.ui.jobs import ask, job_panel, latest_job, submit
from pages.ui.projects import source_files
from pages.ui.tables import show_texts
from pages.ui.words import _, columns_of, language, listed, plain, rows_of, say

PREVIEWED = 50
LISTED = 1000
UNSURE = 0.75
MANY_MISFITS = 0.1
COUNTED = {
    "short_rows": N_("rows with too few cells: {n}"),
    "long_rows": N_("rows with too many cells: {n}"),
    "repaired_rows": N_("rows quoted or separated unlike the others: {n}"),
    "blank_lines": N_("blank lines: {n}"),
    "blank_columns": N_("blank columns: {n}"),
}


def draw_reading(opened: Project) -> None:
    """Say in one line how the file was read, what is odd about it, and what was set aside."""
    reading = opened.current("table").json("reading")
    st.markdown(reading_sentence(reading))
    if said := _remarks(reading):
        st.caption("  \n".join(said))
    if warning := misfit_warning(reading):
        st.warning(warning)
    around = [*reading.get("preamble", []), *reading.get("footer", [])]
    if around:
        label = _("Lines above and below the table: {n}", n=number(len(around)))
        with st.expander(label, key=f"around-{opened.id}"):
            show_texts(around, key=f"around-{opened.id}")
    if reading["rejected"] or reading.get("long_rows"):
        _draw_rejects(opened, reading)
    if reading.get("short_lines"):
        _draw_short(opened, reading)
    preview(opened)


def _remarks(reading: dict[str, Any]) -> list[str]:
    """Return what a person should know of how the file was read: each a sentence."""
    said = []
    if reading.get("names_missing"):
        said.append(_("The file has no line of names: the columns are numbered instead."))
    if reading.get("marks_confidence", 1.0) < UNSURE and len(reading["columns"]) > 1:
        said.append(
            _("It is not certain how the values are separated: look at the rows before you go on.")
        )
    if reading.get("encoding_confidence", 1.0) < UNSURE:
        said.append(
            _("The encoding is not certain: see whether all letters are right before you go on.")
        )
    counted = [
        _(words, n=number(reading[name])) for name, words in COUNTED.items() if reading.get(name)
    ]
    if counted:
        said.append(_("In the file: {counts}.", counts=listed(counted)))
    return [*said, *_from_reader(reading)]


def _from_reader(reading: dict[str, Any]) -> list[str]:
    """Return the remarks that came with the table."""
    return [
        _(remark["template"], **{name: _shown(value) for name, value in remark["values"].items()})
        for remark in reading.get("remarks", [])
    ]


def _shown(value: Any) -> str:
    return number(value) if isinstance(value, int) else plain(str(value))


def misfit_warning(reading: dict[str, Any]) -> str:
    """Return a warning where so many lines do not fit the columns that these may be wrong."""
    lines = reading["rows"] + reading["rejected"]
    misfits = sum(
        reading.get(kind) or 0 for kind in ("rejected", "short_rows", "long_rows", "repaired_rows")
    )
    if misfits <= MANY_MISFITS * lines:
        return ""
    return _(
        "{n} of {all} lines do not fit the columns. Perhaps the values are separated in another "
        "way: see “Read it differently” below.",
        n=number(min(misfits, lines)),
        all=number(lines),
    )


def _draw_short(opened: Project, reading: dict[str, Any]) -> None:
    """Name the lines whose rows lack their last cells."""
    lines, count = reading["short_lines"], reading["short_rows"]
    label = _("Rows with too few cells: {n}", n=number(count))
    with st.expander(label, key=f"short-{opened.id}"):
        named = listed([number(line) for line in lines]) + (" …" if count > len(lines) else "")
        st.markdown(_("They stand in the file in line: {lines}", lines=named))
        st.caption(_("All of their cells are in the table; those that they lack are empty there."))


def _draw_rejects(opened: Project, reading: dict[str, Any]) -> None:
    """List the lines that are not, or not wholly, in the table, and offer all of them as a file."""
    rejects = opened.current("table").table("rejects")
    label = _("Lines set aside: {n}", n=number(rejects.num_rows))
    if reading.get("long_rows"):
        label = _("Lines set aside, or without their last cells: {n}", n=number(rejects.num_rows))
    in_words = partial(translate_reasons, language=language())
    with st.expander(label, key=f"rejects-{opened.id}"):
        st.dataframe(
            in_words(rejects.slice(0, LISTED)).to_pandas(),
            hide_index=True,
            column_config={
                "line": st.column_config.NumberColumn(_("Line"), format="localized"),
                "reason": _("Reason"),
                "content": _("Content"),
                "source": _("File"),
            },
        )
        st.download_button(
            _("Download the lines set aside"),
            lambda: b"".join(csv_pieces(in_words(rejects), EXCEL_CSV)),
            file_name=f"{opened.name}.rejects.csv",
            on_click="ignore",
        )


def reading_sentence(reading: dict[str, Any]) -> str:
    """Return "2,096 rows, 5 columns, UTF-8, separated by commas, names in line 1"."""
    parts = [rows_of(reading["rows"]), columns_of(len(reading["columns"]))]
    if reading.get("sources"):
        parts.append(_("{n} files", n=len(reading["sources"])))
    dialect = reading.get("dialect") or {}
    if dialect.get("encoding"):
        parts.append(str(dialect["encoding"]).upper())
    if dialect.get("delimiter") and len(reading["columns"]) > 1:
        parts.append(_("separated by {mark}", mark=delimiter_name(dialect["delimiter"])))
    if dialect.get("line_of_names"):
        parts.append(_("names in line {n}", n=dialect["line_of_names"]))
    if dialect.get("table"):
        name = table_name(dialect["table"], reading)
        parts.append(_("sheet {name}", name=plain(name)))
    if reading.get("tables"):
        parts.append(_("further tables in the file: {n}", n=len(reading["tables"])))
    return f"**{listed(parts)}**"


def read_differently(opened: Project, job: Job | None) -> None:
    """Let a person say how the file is to be read, and see its first rows before it is read."""
    files = [str(path) for path in source_files(opened)]
    files = files or [
        file for file in (job.settings["files"] if job else ()) if Path(file).exists()
    ]
    if not files:
        return
    table = opened.current("table") if opened.has("table") else None
    failed = job is not None and job.state == JobState.FAILED
    present = dict(job.settings.get("reading", {}) if job and (failed or table is None) else {})
    if table is not None and not failed:
        present = dict(table.settings["reading"])
    reading = table.json("reading") if table is not None else {}
    several = failed and bool(list_tables([Path(file) for file in files]))
    if failed and not several and not has_a_dialect(files[0]):
        return
    with st.expander(_("Read it differently"), expanded=several, key=f"differently-{opened.id}"):
        if several:
            st.caption(_("Choose which table of the file is to be read."))
        wanted = choose_dialect(opened.id, Path(files[0]), present, reading)
        if wanted != present:
            _preview(opened, files[0], wanted)
        if st.button(_("Read again"), disabled=wanted == present, icon=":material/refresh:"):
            submit("ingest", opened, files=files, reading=wanted)
            st.rerun()


def _preview(opened: Project, file: str, wanted: dict[str, Any]) -> None:
    """Show the first rows as they would be read; a wish that cannot be is answered in words."""
    try:
        with st.spinner(_("Looking at the file"), show_time=True):
            seen = _look(opened, file, wanted)
    except TextlodeError as error:
        st.error(say(error), icon=":material/error:")
        return
    st.caption(
        _(
            "The first rows would be read like this: {columns}, lines above them: {above}.",
            columns=columns_of(seen["all_columns"]),
            above=number(seen["preamble"]),
        )
    )
    if remarks := _from_reader(seen):
        st.caption("  \n".join(remarks))
    _show_rows(seen)


def _look(opened: Project, file: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Ask the short lane once for each wish: a file may be large, or hostile."""
    looks: dict[str, dict[str, Any]] = st.session_state.setdefault("looks", {})
    key = json.dumps([file, wanted], sort_keys=True)
    if key not in looks:
        looks[key] = ask("preview", opened, file=file, reading=wanted)
    return looks[key]


def _show_rows(seen: dict[str, Any]) -> None:
    import pandas as pd

    frame = pd.DataFrame(seen["rows"], columns=[*map(titles_in(seen), seen["columns"])])
    st.dataframe(frame, hide_index=True, height=min(260, 38 + 35 * max(1, len(frame))))


def first_rows(opened: Project, job: Job) -> None:
    """Show the first rows while the whole file is still being read."""
    files, wanted = job.settings["files"], dict(job.settings.get("reading", {}))
    try:
        seen = _look(opened, files[0], wanted)
    except TextlodeError:
        return  # the job reads the same file and says what is wrong with it
    st.caption(_("The first rows; the rest is being read."))
    _show_rows(seen)


def reading_panel(opened: Project) -> Job | None:
    """Show how far the reading is, or why it failed; return its job."""
    job = latest_job(opened, "ingest")
    settled = opened.has("table") and opened.state.roles.get("text") in opened.column_names
    if job and settled and job.error and job.error["kind"] == "ColumnMissing":
        return job  # no column looked like texts, and a person has chosen one since
    return job_panel(opened, "ingest")


def preview(opened: Project) -> None:
    """Show the first rows as they were written."""
    first = next(opened.current("table").batches("table", PREVIEWED), None)
    if first is not None:
        height = min(260, 38 + 35 * first.num_rows)
        shown = first.rename_columns([*map(column_titles(opened), first.column_names)])
        st.dataframe(shown.to_pandas(), hide_index=True, height=height)
