"""Files to take away: the table, a model, a project."""

import io
import tempfile
import zipfile
from pathlib import Path

import pyarrow as pa
import streamlit as st

from core.data import FileFormat, write_table
from core.project import Project, export_archive
from core.settings import Settings
from core.steps import ShelvedModel
from core.steps.exporting import CsvStyle
from pages.ui.jobs import latest_job, submit
from pages.ui.words import _, number, plain

FORMATS = {
    FileFormat.CSV: "CSV",
    FileFormat.XLSX: "Excel (XLSX)",
    FileFormat.PARQUET: "Parquet",
    FileFormat.JSONL: "JSON Lines",
}


def export_table_panel(opened: Project) -> None:
    """Let a person choose a format, make the file as a job, and offer it for download."""
    first, second = st.columns(2)
    chosen = first.selectbox(
        _("Format"),
        list(FORMATS),
        format_func=FORMATS.__getitem__,
        key=f"format-{opened.id}",
        persist_state="session",
    )
    bom = False
    if chosen == FileFormat.CSV:
        bom = second.toggle(
            _("For Excel"),
            key=f"bom-{opened.id}",
            persist_state="session",
            help=_("Marks the file as UTF-8, so that Excel shows all scripts correctly."),
        )
    if st.button(_("Make the file"), type="primary", icon=":material/download:"):
        folder = Settings.from_environment().home / "exports" / opened.id
        folder.mkdir(parents=True, exist_ok=True)
        submit(
            "export",
            opened,
            out=str(folder / f"{opened.id}.{chosen}"),
            csv=CsvStyle.EXCEL if bom else CsvStyle.PLAIN,
        )
        st.rerun()
    job = latest_job(opened, "export")
    if job is not None and job.result:
        _offer_result(opened, job.result)


def _offer_result(opened: Project, result: dict[str, object]) -> None:
    path = Path(str(result["file"]))
    if not path.exists():
        return
    # Not the name of the original, which the browser may have in the same folder.
    name = opened.name + _("-labelled") + path.suffix
    st.markdown(
        _(
            "{rows} rows, {columns} columns.",
            rows=number(float(str(result["rows"]))),
            columns=len(list(result["columns"])),  # type: ignore[call-overload]
        )
    )
    if result["defused"]:
        st.caption(
            _(
                "{n} cells that a spreadsheet would have run as a formula were made harmless.",
                n=number(float(str(result["defused"]))),
            )
        )
    st.download_button(
        _("Download {name}", name=name),
        path.read_bytes,
        file_name=name,
        on_click="ignore",
    )


def offer_table(table: pa.Table, name: str, *, key: str) -> None:
    """Offer a table as CSV, written when it is asked for."""
    st.download_button(
        _("Download {name}", name=f"{name}.csv"),
        lambda: _as_csv(table),
        file_name=f"{name}.csv",
        key=f"download-{key}",
        on_click="ignore",
        type="primary",
    )


def model_download(model: ShelvedModel) -> None:
    """Offer a model as a zip of the folder that sentence-transformers loads."""
    st.download_button(
        _("Download the model {name}", name=plain(model.name)),
        lambda: _zip_folder(model.folder),
        file_name=f"{model.name}.zip",
        key=f"download-{model.key}",
        on_click="ignore",
        icon=":material/model_training:",
    )


def export_project_button(opened: Project) -> None:
    """Offer the project as one zip that another Textlode imports."""
    st.caption(
        _("With texts, vectors, map, labels and models. Drop it on the page Start to open it.")
    )
    st.download_button(
        _("Download the project"),
        lambda: _zip_project(opened),
        file_name=f"{opened.name}.zip",
        on_click="ignore",
        icon=":material/folder_zip:",
    )


def _as_csv(table: pa.Table) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        write_table(table, path, FileFormat.CSV)
        return path.read_bytes()


def _zip_folder(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return content.getvalue()


def _zip_project(opened: Project) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return export_archive(opened, Path(folder) / "project.zip").read_bytes()
