"""Commands that take results away: export, report."""

import argparse

from core.cli.commands import Commands, Outcome, run_step_of
from core.i18n import choose_language
from core.settings import Settings
from core.terminal import TerminalProgress


def add_to(commands: Commands) -> None:
    """Declare these commands and their options."""
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
    report.add_argument("--language", metavar="NAME", help="en or zh (default: TEXTLODE_LANGUAGE)")


def run_export(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    language = choose_language(Settings.from_environment().language)
    return run_step_of(options, "export", progress, "out", "csv", "separator", language=language)


def run_report(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    language = choose_language(options.language or Settings.from_environment().language)
    return run_step_of(options, "report", progress, "out", language=language)
