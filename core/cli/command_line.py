"""One command, from its words to its exit status.

Progress goes to standard error. With --json, standard output holds exactly one JSON object. The
exit status is 0; 2 with one line of error for wrong input; 1 with one line that names a log file
for what nobody foresaw; 130 after Ctrl-C.
"""

import argparse
import json
import math
import os
import resource
import sys
import time
from typing import Any

from core import __version__
from core.cli import files, installation, maps, models, results
from core.cli.commands import DONE, Commands, Outcome, Usage
from core.errors import TextlodeError
from core.i18n import N_, choose_language, describe_error, translate
from core.settings import Settings
from core.terminal import TerminalProgress, quiet_libraries
from core.trace import write_down

UNFORESEEN, WRONG_INPUT, INTERRUPTED = 1, 2, 130
READER_GONE = 141  # what a shell reports of a program whose reader (such as head) has left


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        status = _run_command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # What Python would flush at its end goes nowhere, instead of raising once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    return status


def _run_command(arguments: list[str]) -> int:
    progress = TerminalProgress()
    started = time.monotonic()
    outcome: Outcome = {}
    status, language = DONE, "en"
    try:
        options = build_parser().parse_args(arguments)
        language = progress.language = choose_language(Settings.from_environment().language)
        with quiet_libraries():
            outcome = options.run(options, progress)
        errors = outcome.pop("errors", [])
        status = WRONG_INPUT if errors else outcome.pop("status", DONE)
    except TextlodeError as error:
        status, errors = WRONG_INPUT, [describe_error(error, language)]
    except BrokenPipeError:
        raise
    except OSError as error:
        status, errors = WRONG_INPUT, [_describe_file_error(error, language)]
    except KeyboardInterrupt:
        interrupted = N_("Interrupted. What was finished is kept: run the command again.")
        status, errors = INTERRUPTED, [translate(interrupted, language)]
    except Exception as error:  # the last line of defence: a person is looking
        status, errors = UNFORESEEN, [_describe_unforeseen(error, language)]
    seconds = {
        "seconds_by_stage": progress.finish(),
        "seconds": round(time.monotonic() - started, 3),
        "peak_memory_mb": peak_memory_mb(),
    }
    _report(outcome, seconds, errors, as_json="--json" in arguments)
    return status


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = Usage(
        prog="textlode",
        allow_abbrev=False,
        description="See what is in a table of texts, and teach a model to sort it.",
        epilog="Example: textlode ingest reviews.csv --project reviews && "
        "textlode map --project reviews && textlode export --project reviews --out labelled.csv",
    )
    parser.add_argument("--version", action="version", version=f"textlode {__version__}")
    commands = Commands(parser.add_subparsers(title="commands", required=True, metavar="COMMAND"))
    for group in (files, maps, models, results, installation):
        group.add_to(commands)
    return parser


def _describe_file_error(error: OSError, language: str) -> str:
    template = N_("{path} cannot be read or written: {reason}.")
    path = error.filename or error.filename2 or "-"
    return translate(template, language, path=path, reason=error.strerror or str(error))


def _describe_unforeseen(error: Exception, language: str) -> str:
    template = N_(
        "Something went wrong that was not foreseen ({kind}). Please report the lines marked "
        "{mark} of {file}."
    )
    file = Settings.from_environment().logs_folder / "terminal.log"
    mark = write_down(error, file)
    return translate(template, language, kind=type(error).__name__, mark=mark, file=str(file))


def _report(outcome: Outcome, seconds: Outcome, errors: list[str], as_json: bool) -> None:
    if as_json:
        print(_encodable(outcome | seconds | ({"errors": errors} if errors else {})))
    elif outcome:
        for name, value in (outcome | seconds).items():
            print(f"{name}: {_readable(value)}")
    for error in errors:
        print(f"textlode: {' '.join(error.split())}", file=sys.stderr)


def _encodable(outcome: Outcome) -> str:
    """Return one JSON object, in characters that standard output can carry."""
    text = json.dumps(_finite(outcome), ensure_ascii=False, default=str)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(_finite(outcome), default=str)
    return text


def _finite(value: Any) -> Any:
    """JSON has no NaN: what could not be measured is null."""
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _readable(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_readable(one)}" for name, one in value.items()) or "none"
    if isinstance(value, list):
        return "\n  ".join(["", *map(_readable, value)]) if value else "none"
    return str(value)


def peak_memory_mb() -> int:
    """Return the most memory that this process and the largest of its children held, in MB."""
    peak = sum(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))
