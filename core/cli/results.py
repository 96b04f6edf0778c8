"""Commands that take results away: topics, export, report."""

import argparse
from dataclasses import asdict
from pathlib import Path

from core.cli.commands import Commands, Outcome, project_of, run_step_of
from core.errors import NotReady
from core.i18n import N_, choose_language
from core.settings import Settings
from core.terminal import TerminalProgress


def add_to(commands: Commands) -> None:
    """Declare these commands and their options."""
    topics = commands.add(
        "topics",
        run_topics,
        "Count the topics by the values of a column: which come from which product or month?",
        "topics --project reviews --by product --out topics-by-product.xlsx",
    )
    topics.add_argument(
        "--by",
        default="",
        metavar="COLUMN",
        help="which column (default: the one chosen last, or that goes with the topics most)",
    )
    topics.add_argument("--out", metavar="FILE", help=".csv .xlsx .parquet .jsonl")

    export = commands.add(
        "export",
        run_export,
        "Write the table with topics, confidence, coordinates, labels and predictions.",
        "export --project reviews --out labelled.xlsx",
    )
    export.add_argument("--out", required=True, metavar="FILE", help=".csv .xlsx .parquet .jsonl")
    export.add_argument(
        "--csv",
        choices=("plain", "excel", "source"),
        default="plain",
        help="plain: UTF-8, commas (default); excel: UTF-8 that Excel recognises; "
        "source: encoding, delimiter and quotes of the file that was read",
    )
    export.add_argument(
        "--separator",
        choices=("comma", "semicolon"),
        help="where your Excel splits a CSV, with --csv excel: semicolon where decimals have "
        "commas (default: as in the file that was read)",
    )

    report = commands.add(
        "report",
        run_report,
        "Write one web page to send on: map, topics, sizes, keywords, example texts, model.",
        "report --project reviews --out reviews.html",
    )
    report.add_argument("--out", required=True, metavar="FILE", help="an .html file")
    report.add_argument(
        "--by", default="", metavar="COLUMN", help="the column to show topics by (as in topics)"
    )
    report.add_argument("--language", metavar="NAME", help="en or zh (default: TEXTLODE_LANGUAGE)")


def run_topics(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    from core.data import FileFormat, write_table
    from core.report import flat_table, heading, lines_of, striking_findings
    from core.steps import load_topics, telling_column, topics_by_column

    project = project_of(options)
    file_format = FileFormat.of(Path(options.out)) if options.out else None
    view = load_topics(project)
    column = options.by or telling_column(project, view, progress)
    if not column:
        raise NotReady(N_("No column goes together with the topics. Name one: --by COLUMN"))
    found = topics_by_column(project, view, column)
    language = choose_language(Settings.from_environment().language)
    if file_format:
        write_table(flat_table(found, language), options.out, file_format)
    return {
        "project": str(project.folder),
        "by": heading(found, language),
        "findings": striking_findings(found, language),
        "association": round(found.association, 3),
        "file": options.out or "",
        "rows": found.table.total,
        "topics": [asdict(line) for line in lines_of(found, language)],
    }


def run_export(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    language = choose_language(Settings.from_environment().language)
    return run_step_of(options, "export", progress, "out", "csv", "separator", language=language)


def run_report(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    language = choose_language(options.language or Settings.from_environment().language)
    return run_step_of(options, "report", progress, "out", "by", language=language)
