"""What the commands share: how one is declared, what its options may be, which project it means."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from core.errors import InputError, NotReady, ProjectProblem
from core.i18n import N_
from core.project import Project
from core.settings import Settings
from core.terminal import TerminalProgress

Outcome = dict[str, Any]
Run = Callable[[argparse.Namespace, TerminalProgress], Outcome]

DONE = 0


class Usage(argparse.ArgumentParser):
    """A parser that says what is wrong with a command in one line, as every other error is said."""

    def error(self, message: str) -> NoReturn:
        raise InputError(N_("{problem}. See: {program} --help"), problem=message, program=self.prog)


class Commands:
    """The commands of a parser, each with a line of help and an example."""

    def __init__(self, parsers: "argparse._SubParsersAction[Usage]") -> None:
        self._parsers = parsers

    def add(
        self, name: str, run: Run, words: str, example: str, project: bool = True
    ) -> argparse.ArgumentParser:
        """Add a command that `run` answers, and return its parser for further options."""
        added = self._parsers.add_parser(
            name,
            help=words,
            description=words,
            epilog=f"Example: textlode {example}",
            allow_abbrev=False,
        )
        added.set_defaults(run=run)
        added.add_argument("--json", action="store_true", help="print one JSON object")
        if project:
            added.add_argument("--project", required=True, metavar="DIR", help="project folder")
        return added


def project_of(options: argparse.Namespace, needs: str = "table") -> Project:
    """Open the project of a command that needs a table, or a model, to be there."""
    folder = Path(options.project)
    if not (folder / "project.json").exists():
        raise ProjectProblem(
            N_("{folder} holds no project. Make one: textlode ingest FILE --project {folder}"),
            folder=str(folder),
        )
    project = Project.open(folder, Settings.from_environment().user)
    if not project.has("table"):
        raise NotReady(
            N_("{folder} has no table yet. Read one: textlode ingest FILE --project {folder}"),
            folder=str(folder),
        )
    if needs == "model" and not project.has("model"):
        raise NotReady(
            N_(
                "{folder} has no model yet. Teach one: "
                "textlode train --project {folder} --label COLUMN"
            ),
            folder=str(folder),
        )
    return project


def run_step_of(
    options: argparse.Namespace,
    step: str,
    progress: TerminalProgress,
    *names: str,
    needs: str = "table",
    **others: Any,
) -> Outcome:
    """Run a step on the project of a command, with the options of these names as its settings."""
    given = {name: getattr(options, name) for name in names}
    return run_on(project_of(options, needs), step, progress, **given, **others)


def run_on(project: Project, step: str, progress: TerminalProgress, **settings: Any) -> Outcome:
    """Run a step on a project with the settings that were given, those that are not None."""
    from core.steps import run_step

    given = {name: value for name, value in settings.items() if value is not None}
    outcome = run_step(step, str(project.folder), given, progress)
    return {"project": str(project.folder), **outcome}


def count(value: str) -> int:
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f"{value} is no whole number from 0 on")
    return int(value)


def names(value: str) -> tuple[str, ...]:
    return tuple(name.strip().replace("-", "_") for name in value.split(",") if name.strip())


def port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise argparse.ArgumentTypeError(f"{value} is no port: choose one from 1 to 65535")
    return int(value)


def rows(value: str) -> tuple[int, ...]:
    rows = [row.strip() for row in value.split(",")]
    wrong = [row for row in rows if not row.isdecimal()]
    if wrong:
        raise argparse.ArgumentTypeError(
            f"{wrong[0] or 'nothing'} is no row number: give numbers from 0, such as 3,17"
        )
    return tuple(map(int, rows))


def mark(value: str) -> str:
    return {"tab": "\t", "\\t": "\t"}.get(value, value)
