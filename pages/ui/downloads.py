"""Links to files that are made while they are sent: a table, a map, a model, a project."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import streamlit as st

from core.data import (
    PLAIN_CSV,
    CsvForm,
    FileFormat,
    RowStream,
    cell_types_of,
    write_stream,
)
from core.i18n import translate
from core.project import Project, archive_files, pack
from core.steps import ShelvedModel, load_topics, open_map
from core.steps.report import picture_of, places_in_sight
from pages.ui.attachments import offer_stream, pieces_of
from pages.ui.colouring import TOPIC, colour_map
from pages.ui.map_chart import map_html
from pages.ui.words import _, language, plain

# Texts beyond so many characters in all would make a page that browsers open slowly.
MAP_TEXTS = 40_000_000
LONGEST_TEXT, SHORTEST_TEXT = 300, 40


def map_downloads(opened: Project) -> None:
    """Offer the map as one page that needs no server, and as a picture."""
    pages = partial(_map_page, opened, language())
    pictures = partial(_map_picture, opened)
    with st.container(horizontal=True):
        st.link_button(
            _("Download the map as a web page"),
            offer_stream(f"map-page-{opened.id}-{language()}", f"{opened.name}-map.html", pages),
            icon=":material/language:",
        )
        st.link_button(
            _("Download the map as a picture (SVG)"),
            offer_stream(f"map-picture-{opened.id}", f"{opened.name}-map.svg", pictures),
            icon=":material/image:",
        )
    st.caption(
        _(
            "The web page opens anywhere without a network: zoom, point at texts, read the names. "
            "For a picture of the part that you see, with your colours, use PNG and SVG in the "
            "corner of the map."
        )
    )


def model_download(model: ShelvedModel) -> None:
    """Offer a model as a zip of the folder that sentence-transformers loads."""
    files = [(path, path.relative_to(model.folder).as_posix()) for path in _files(model.folder)]
    st.link_button(
        _("Download the model {name}", name=plain(model.name)),
        offer_stream(f"model-{model.key}", f"{model.name}.zip", partial(pack, files)),
        icon=":material/model_training:",
    )


def project_download(opened: Project) -> None:
    """Offer the project as one zip that another Textlode imports."""
    st.caption(
        _("With texts, vectors, map, labels and models. Drop it on the page Start to open it.")
    )
    st.link_button(
        _("Download the project"),
        offer_stream(
            f"project-{opened.id}", f"{opened.name}.zip", lambda: pack(archive_files(opened))
        ),
        icon=":material/folder_zip:",
    )


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def csv_pieces(table: pa.Table, form: CsvForm = PLAIN_CSV) -> Iterator[bytes]:
    """Yield a table as CSV, in blocks."""
    return table_pieces(table, FileFormat.CSV, form)


def table_pieces(
    table: pa.Table, file_format: FileFormat, form: CsvForm = PLAIN_CSV
) -> Iterator[bytes]:
    """Yield a table as a file of a format, in blocks; a sheet has its numbers and dates as such."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{file_format}"
        types = cell_types_of(table) if file_format is FileFormat.XLSX else None
        write_stream(RowStream.from_table(table, types), path, file_format, form)
        yield from pieces_of(path)


def _map_page(opened: Project, reader_language: str) -> Iterator[bytes]:
    """Yield the map as HTML; what it says is translated here, as no script runs around it."""
    topics, opened_map = load_topics(opened), open_map(opened)
    colouring = colour_map(TOPIC, opened, opened_map, topics)
    room = MAP_TEXTS // max(1, len(opened_map.texts))
    page = map_html(
        places_in_sight(opened_map, topics),
        colouring.codes,
        colouring.palette,
        colouring.names,
        title=opened.name,
        texts=opened_map.texts,
        text_length=max(SHORTEST_TEXT, min(LONGEST_TEXT, room)),
        language=reader_language,
        translate=partial(translate, language=reader_language),
    )
    yield page.encode()


def _map_picture(opened: Project) -> Iterator[bytes]:
    yield picture_of(opened, load_topics(opened), ranks=False).svg.encode()
