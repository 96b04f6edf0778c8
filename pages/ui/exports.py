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
from core.steps.exporting import (
    CsvStyle,
    Separator,
    added_columns,
    contents_of_table,
    proposed_separator,
    source_dialect,
)
from core.steps.report import contents_of_report
from pages.ui.attachments import offer_file
from pages.ui.jobs import job_store, submit
from pages.ui.words import _, columns_of, duration, language, listed, plain, rows_of

MOST_JOBS = 40
MOST_NAMED = 20


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

    def file_name(self, name: str) -> str:
        """Return a name that no other choice has, nor the original in the same folder."""
        endings = {CsvStyle.EXCEL: _("-for-Excel"), CsvStyle.SOURCE: _("-as-your-file")}
        return f"{name}{_('-labelled')}{endings.get(self.style, '')}.{self.format}"


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
    separator = _separator_of(opened) if chosen.style is CsvStyle.EXCEL else ""
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
            separator=str(separator),
            language=language(),
        )
        st.rerun()
    places = {str(choice.place(opened)): choice for choice in choices.values()}
    for job in _finished(opened, "export"):
        if job.result and (made := places.get(job.result["file"])):
            _offer_table(opened, job, made)


def _separator_of(opened: Project) -> Separator:
    """Let a person say where their Excel splits a CSV, with what speaks for the one proposed."""
    names = {Separator.COMMA: _("commas"), Separator.SEMICOLON: _("semicolons")}
    proposed = proposed_separator(opened)
    chosen = st.radio(
        _("Values separated by"),
        list(names),
        index=list(names).index(proposed),
        format_func=lambda one: names[one],
        key=f"separator-{opened.id}",
        persist_state="session",
        horizontal=True,
    )
    reason = (
        _("Proposed here: semicolons, as your file has them or decimals with commas.")
        if proposed is Separator.SEMICOLON
        else _("Proposed here: commas, as nothing in your file speaks for semicolons.")
    )
    st.caption(
        _(
            "Excel expects semicolons on computers whose decimals have commas (German, French, "
            "Spanish and others), commas on all others; with the wrong ones each row stands in one "
            "cell. {reason}",
            reason=reason,
        )
    )
    return chosen


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
            _("UTF-8, with a mark by which Excel shows all scripts correctly."),
        ),
        Choice(
            FileFormat.XLSX,
            plain_style,
            "Excel (XLSX)",
            _(
                "A workbook, up to {rows} rows, its line of names fixed and with a filter. Columns "
                "of numbers or dates can be calculated with where each value stays as it was; "
                "007 and numbers of more than 15 digits stay text.",
                rows=number(XLSX_ROWS - 1),
            ),
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


def _offer_table(opened: Project, job: Job, made: Choice) -> None:
    result: dict[str, Any] = job.result or {}
    path = Path(result["file"])
    name = made.file_name(opened.name)
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
                        _title_of(made, result),
                        listed([rows_of(result["rows"]), columns_of(len(result["columns"]))]),
                        size(path.stat().st_size),
                        _when(opened, job, contents_of_table(opened)),
                    ]
                )
            )
        for sentence in [*_what_is_in_it(result), *_what_changed(result)]:
            st.caption(sentence)
        _offer_rejects(result, f"{Path(name).stem}.rejects.csv")


def _title_of(made: Choice, result: dict[str, Any]) -> str:
    marks = {",": _("commas"), ";": _("semicolons")}
    if made.style is not CsvStyle.EXCEL or result.get("delimiter") not in marks:
        return made.title
    separated = _("separated by {delimiter}", delimiter=marks[result["delimiter"]])
    return listed([made.title, separated])


def _what_is_in_it(result: dict[str, Any]) -> list[str]:
    """Say which columns a sheet calculates with, and what is in the rows that repeat others."""
    said = []
    if result.get("typed"):
        said.append(_("Numbers and dates for Excel: {columns}.", columns=_names(result["typed"])))
    if result.get("as_text"):
        said.append(
            _(
                "Left as text, for they name rows or would not all come back as they were written: "
                "{columns}.",
                columns=_names(result["as_text"]),
            )
        )
    if result.get("repetitions"):
        said.append(
            _(
                "Rows that repeat the text of another and have its topic: {n}. The sizes of topics "
                "on the map and in the report do not count them.",
                n=number(result["repetitions"]),
            )
        )
    return said


def _names(columns: list[str]) -> str:
    more = ["…"] if len(columns) > MOST_NAMED else []
    return listed([*map(plain, columns[:MOST_NAMED]), *more])


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


def _offer_rejects(result: dict[str, Any], name: str) -> None:
    path = Path(result.get("rejects") or "")
    if not path.is_file():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button(
            _("Download the lines set aside"),
            offer_file(path, name),
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
