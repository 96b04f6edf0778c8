"""Files that are made as jobs: the labelled table in the format of choice, and the report."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core.data import FileFormat
from core.data.writing import XLSX_ROWS
from core.figures import number, size
from core.jobs import Job, JobState
from core.project import Project
from core.settings import Settings
from core.steps.exporting import CsvStyle, added_columns, contents_of_table, source_dialect
from core.steps.report import contents_of_report
from pages.ui.attachments import offer_file
from pages.ui.jobs import job_store, submit
from pages.ui.words import _, columns_of, duration, language, plain, rows_of

MOST_JOBS = 40


@dataclass(frozen=True)
class Choice:
    """One way to write the table, by its name and what it is for."""

    format: FileFormat
    style: CsvStyle
    title: str
    purpose: str

    @property
    def key(self) -> str:
        return f"{self.format}-{self.style}"

    def place(self, opened: Project) -> Path:
        """Return where the file of this choice is written."""
        return _folder(opened) / self.style / f"{opened.id}.{self.format}"


def export_table_panel(opened: Project) -> None:
    """Let a person choose a format, make the file as a job, and offer what was made."""
    choices = {choice.key: choice for choice in _choices(opened)}
    key = st.selectbox(
        _("Format"),
        list(choices),
        format_func=lambda key: choices[key].title,
        key=f"format-{opened.id}",
        persist_state="session",
    )
    chosen = choices[key]
    st.caption(chosen.purpose)
    too_long = chosen.format is FileFormat.XLSX and opened.row_count >= XLSX_ROWS
    if too_long:
        st.warning(
            _(
                "A sheet of Excel holds {most} rows; this table has {rows}. Choose CSV or Parquet.",
                most=number(XLSX_ROWS - 1),
                rows=number(opened.row_count),
            )
        )
    if st.button(
        _("Make the file"), type="primary", icon=":material/table_view:", disabled=too_long
    ):
        submit(
            "export",
            opened,
            out=str(chosen.place(opened)),
            csv=str(chosen.style),
            language=language(),
        )
        st.rerun()
    titles = {str(choice.place(opened)): choice.title for choice in choices.values()}
    for job in _finished(opened, "export"):
        _offer_table(opened, job, titles.get(job.result["file"], ""))


def explain_columns(opened: Project) -> None:
    """Say what each added column means, under the name that it has in the file."""
    columns = added_columns(opened)
    with st.expander(_("The columns behind your own ({n})", n=len(columns))):
        for column in columns:
            meaning = _(column.meaning.template, **_plain(column.meaning.values))
            st.markdown(f"`{column.name}` {meaning}")
        if not columns:
            st.caption(_("None yet: make the map, label rows or teach a model."))


def report_panel(opened: Project) -> None:
    """Let a person write the report, and read or save it."""
    st.caption(
        _(
            "One page to send on: the map, the topics with their sizes, keywords and example "
            "texts, how good they are, the model, and how all of it was made. It opens in any "
            "browser and prints."
        )
    )
    if st.button(_("Write the report"), icon=":material/article:"):
        out = _folder(opened) / "report" / f"{language()}.html"
        submit("report", opened, out=str(out), language=language())
        st.rerun()
    for job in _finished(opened, "report")[:1]:
        path = Path(job.result["file"])
        name = f"{opened.name}-{_('report')}.html"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.link_button(
                _("Open the report"),
                offer_file(path, name, shown=True),
                icon=":material/open_in_new:",
                type="primary",
            )
            st.link_button(
                _("Download {name}", name=plain(name)),
                offer_file(path, name),
                icon=":material/download:",
            )
            st.caption(_when(opened, job, contents_of_report(opened)))


def format_choices() -> list[Choice]:
    """Return the ways to write any table."""
    plain_style = CsvStyle.PLAIN
    return [
        Choice(
            FileFormat.CSV,
            plain_style,
            "CSV",
            _("UTF-8, separated by commas: for programs and databases."),
        ),
        Choice(
            FileFormat.CSV,
            CsvStyle.EXCEL,
            _("CSV for Excel"),
            _("The same with a mark by which Excel shows all scripts correctly."),
        ),
        Choice(
            FileFormat.XLSX,
            plain_style,
            "Excel (XLSX)",
            _("A workbook, up to {rows} rows.", rows=number(XLSX_ROWS - 1)),
        ),
        Choice(
            FileFormat.PARQUET,
            plain_style,
            "Parquet",
            _("Every value as it is, with its type: small, and quick to read."),
        ),
        Choice(
            FileFormat.JSONL,
            plain_style,
            "JSON Lines",
            _("Every value as it is, one row a line."),
        ),
    ]


def _choices(opened: Project) -> list[Choice]:
    """Return the ways to write the project's table: as its file was, too."""
    choices = format_choices()
    dialect = source_dialect(opened)
    if dialect is not None:
        marks = {"\t": _("tabs")}.get(dialect.delimiter, dialect.delimiter)
        as_it_was = Choice(
            FileFormat.CSV,
            CsvStyle.SOURCE,
            _("CSV as your file was"),
            _(
                "Encoding {encoding}, values separated by {marks}. What the encoding cannot carry "
                "becomes a question mark, and is counted.",
                encoding=dialect.encoding.upper(),
                marks=plain(marks),
            ),
        )
        choices.insert(2, as_it_was)
    return choices


def _finished(opened: Project, step: str) -> list[Job]:
    """Return the newest job of a step for each file that it made and that is still there."""
    jobs = job_store().list(project=str(opened.folder), limit=MOST_JOBS, steps=(step,))
    newest: dict[str, Job] = {}
    for job in jobs:
        if job.state == JobState.DONE and job.result and Path(job.result["file"]).is_file():
            newest.setdefault(job.result["file"], job)
    return list(newest.values())


def _offer_table(opened: Project, job: Job, title: str) -> None:
    result: dict[str, Any] = job.result or {}
    path = Path(result["file"])
    # Not the name of the original, which the browser may have in the same folder.
    name = opened.name + _("-labelled") + path.suffix
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.link_button(
                _("Download {name}", name=plain(name)),
                offer_file(path, name),
                icon=":material/download:",
            )
            st.caption(
                " · ".join(
                    [
                        title,
                        f"{rows_of(result['rows'])}, {columns_of(len(result['columns']))}",
                        size(path.stat().st_size),
                        _when(opened, job, contents_of_table(opened)),
                    ]
                )
            )
        for sentence in _what_changed(result):
            st.caption(sentence)
        _offer_rejects(opened, result)


def _what_changed(result: dict[str, Any]) -> list[str]:
    """Say which cells are not as they were, by how many."""
    said = []
    if result["defused"]:
        said.append(
            _(
                "Cells that a spreadsheet would have run as a formula were made harmless: {n}.",
                n=number(result["defused"]),
            )
        )
    if result.get("cut"):
        said.append(
            _(
                "Cells that were longer than a cell of Excel can be, and were cut: {n}.",
                n=number(result["cut"]),
            )
        )
    if result.get("lost"):
        said.append(
            _(
                "Cells with characters that {encoding} cannot carry: {n}.",
                n=number(result["lost"]),
                encoding=(result["encoding"] or "xlsx").upper(),
            )
        )
    return said


def _offer_rejects(opened: Project, result: dict[str, Any]) -> None:
    path = Path(result.get("rejects") or "")
    if not path.is_file():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button(
            _("Download the lines set aside"),
            offer_file(path, f"{opened.name}.rejects.csv"),
            icon=":material/rule:",
        )
        st.caption(_("Lines in it, each with the reason: {n}.", n=number(result["rejected"])))


def _when(opened: Project, job: Job, contents: str) -> str:
    """Say how long ago a file was made and whether it would hold something else by now."""
    ago = _("made {time} ago", time=duration(time.time() - (job.ended or time.time())))
    made = job.result or {}
    if contents == made.get("contents") or opened.revision == made.get("revision"):
        return ago
    return ago + ". " + _("The project has changed since: make it again to have the changes.")


def _folder(opened: Project) -> Path:
    return Settings.from_environment().home / "exports" / opened.id


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(str(value)) for name, value in values.items()}
