"""Topics by one column: which come from which product, channel, country or month."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pyarrow as pa
import streamlit as st

from core.data import FileFormat
from core.project import Project
from core.report import Figure, flat_table, write_cross_table
from core.steps import TopicView, choose_column, column_kinds, first_column, topics_by_column
from pages.ui.columns import column_titles
from pages.ui.downloads import table_pieces
from pages.ui.switch import switch
from pages.ui.words import _, language


def draw_topics_by_column(opened: Project, topics: TopicView) -> None:
    """Let a person choose a column, and show and offer the topics by its values."""
    columns = list(column_kinds(opened))
    if not columns:
        st.info(
            _(
                "No column of this table is a category, a date or a number. If one should be, "
                "choose it as label or date on the page Data."
            )
        )
        return
    title_of = column_titles(opened)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        column = _choose(opened, topics, columns, title_of)
        figure = _figure(opened)
        found = replace(topics_by_column(opened, topics, column), column=title_of(column))
        _offer(opened, flat_table(found, language(), figure), found.column)
    theme = st.context.theme.type or "light"
    ground = st.get_option(f"theme.{theme}.backgroundColor")
    st.html(write_cross_table(found, language(), figure, ground))


def _choose(
    opened: Project, topics: TopicView, columns: list[str], title_of: Callable[[str], str]
) -> str:
    key = f"cross-column-{opened.id}"
    # The project knows which was chosen: another tab and the report do as well.
    st.session_state[key] = first_column(opened, topics)
    return st.selectbox(
        _("Column"),
        columns,
        format_func=title_of,
        key=key,
        on_change=lambda: choose_column(opened, st.session_state[key]),
        width=220,
    )


def _figure(opened: Project) -> Figure:
    titles = {
        Figure.ROWS: _("Rows"),
        Figure.OF_VALUE: _("% of the value"),
        Figure.OF_TOPIC: _("% of the topic"),
    }
    return switch(
        _("Show"),
        titles,
        key=f"cross-figure-{opened.id}",
        default=Figure.ROWS,
        help=_(
            "Rows, or how much of a value's rows each topic is, or how much of a topic's rows "
            "come with each value."
        ),
    )


def _offer(opened: Project, table: pa.Table, column: str) -> None:
    name = _("topics-by-{column}", column=column)
    for file_format in (FileFormat.CSV, FileFormat.XLSX):
        st.download_button(
            file_format.upper(),
            partial(_content, table, file_format),
            file_name=f"{opened.name}-{name}.{file_format}",
            key=f"cross-{file_format}-{opened.id}",
            on_click="ignore",
            icon=":material/download:",
            help=_("Take the table away, with a column that says where each topic stands out."),
        )


def _content(table: pa.Table, file_format: FileFormat) -> bytes:
    return b"".join(table_pieces(table, file_format))
