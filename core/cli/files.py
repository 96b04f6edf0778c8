"""Commands that read files: read, ingest, clean."""

import argparse
import shutil
from pathlib import Path
from typing import Any

from core.cli.commands import Commands, Outcome, count, mark, names, project_of, run_on
from core.i18n import choose_language, translate
from core.project import Project
from core.settings import Settings
from core.terminal import TerminalProgress

READING = ("encoding", "delimiter", "quote", "escape", "header_rows", "skip_lines", "table")


def add_to(commands: Commands) -> None:
    """Declare these commands and their options."""
    read = commands.add(
        "read",
        run_read,
        "Read tables of any dialect and write each as plain CSV (UTF-8, comma, double quotes).",
        "read export.xlsx old.csv --out clean",
        project=False,
    )
    read.add_argument("files", nargs="+", metavar="FILE", help="CSV, TSV, XLSX, Parquet, JSON")
    read.add_argument("--out", required=True, metavar="DIR", help="folder for the results")
    _add_reading(read)

    ingest = commands.add(
        "ingest",
        run_ingest,
        "Read files into a project, made when it is not there yet.",
        "ingest reviews.csv --project reviews --text comment --label rating",
    )
    ingest.add_argument("files", nargs="+", metavar="FILE", help="files with the same columns")
    _add_roles(ingest)
    _add_reading(ingest)

    cleaning = commands.add(
        "clean",
        run_clean,
        "Say what is odd about the texts, and switch on or off what is to be done about it.",
        "clean --project reviews --on repeated,markup",
    )
    _add_switches(cleaning)


def run_read(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    from core.data import ReadOptions
    from core.steps.reading import read_files

    files = [Path(file) for file in options.files]
    wanted = ReadOptions.from_json(_wanted_reading(options))
    return read_files(files, Path(options.out), progress, wanted)


def run_ingest(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    folder = Path(options.project)
    is_new = not (folder / "project.json").exists()
    roles = {name: getattr(options, name) or "" for name in ("text", "label", "date", "id")}
    name = folder.resolve().name
    project = Project.open_or_create(folder, name, Settings.from_environment().user)
    try:
        files, reading = tuple(options.files), _wanted_reading(options)
        return run_on(project, "ingest", progress, files=files, reading=reading, **roles)
    except BaseException:
        if is_new:  # an empty project would only be in the way of the next attempt
            shutil.rmtree(folder, ignore_errors=True)
        raise


def run_clean(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    from core.data import REMEDY_TITLES, choose_remedies
    from core.steps import chosen_encoder, left_out_counts, remedies_of, remedy_counts, run_step

    project = project_of(options)
    on, off = choose_remedies(options.on), choose_remedies(options.off)
    made = run_step("findings", str(project.folder), {}, progress)
    if on or off:
        remedies = sorted((remedies_of(project) | on) - off)
        run_step("clean", str(project.folder), {"remedies": remedies}, progress)
    language = choose_language(Settings.from_environment().language)
    found = project.artifacts.open(made["findings"]).json("findings")
    counts = remedy_counts(found, chosen_encoder(project))
    left_out = left_out_counts(project)
    return {
        "project": str(project.folder),
        "rows": project.row_count,
        "kept": project.row_count - sum(left_out.values()),
        "left_out": {translate(reason, language): rows for reason, rows in left_out.items()},
        "findings": [
            {
                "name": str(remedy),
                "rows": rows,
                "on": remedy in remedies_of(project),
                "title": translate(REMEDY_TITLES[remedy], language),
            }
            for remedy, rows in counts.items()
        ],
    }


def _wanted_reading(options: argparse.Namespace) -> dict[str, Any]:
    """Return what was said about how the files are written; the rest is detected."""
    wanted = {name: getattr(options, name) for name in READING}
    return {name: value for name, value in wanted.items() if value is not None}


def _add_reading(command: argparse.ArgumentParser) -> None:
    said = command.add_argument_group("how the files are written (default: detected)")
    said.add_argument("--encoding", metavar="NAME", help="utf-8, cp1252, gb18030, ...")
    said.add_argument("--delimiter", type=mark, metavar="X", help="one or more characters, or tab")
    said.add_argument("--quote", metavar="X", help='around values: " or \', or "" for none')
    said.add_argument("--escape", metavar="X", help="before a quote within a value")
    said.add_argument("--header-rows", type=count, metavar="N", help="lines of names, 0 for none")
    said.add_argument("--skip-lines", type=count, metavar="N", help="lines above the table")
    said.add_argument(
        "--table", metavar="NAME", help="a sheet, a file of a zip, or a further table"
    )


def _add_roles(ingest: argparse.ArgumentParser) -> None:
    for role, words in (
        ("text", "column with the texts (default: proposed)"),
        ("label", "column with a known class"),
        ("date", "column with a date"),
        ("id", "column that names each row"),
    ):
        ingest.add_argument(f"--{role}", metavar="COLUMN", help=words)


def _add_switches(cleaning: argparse.ArgumentParser) -> None:
    for switch in ("on", "off"):
        cleaning.add_argument(
            f"--{switch}",
            type=names,
            default=(),
            metavar="NAMES",
            help=f"what to switch {switch}, separated by commas; the table keeps every row",
        )
