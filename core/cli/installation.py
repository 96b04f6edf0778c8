"""Commands of the installation: projects, jobs, serve."""

import argparse
import signal
import subprocess
import sys
from pathlib import Path

from core.cli.commands import DONE, Commands, Outcome, count, port
from core.errors import InputError
from core.i18n import N_
from core.project import Catalogue
from core.settings import Settings
from core.terminal import TerminalProgress

APP = Path(__file__).parents[2] / "app.py"


def add_to(commands: Commands) -> None:
    """Declare these commands and their options."""
    commands.add("projects", run_projects, "List the projects.", "projects --json", project=False)
    jobs = commands.add("jobs", run_jobs, "List the latest jobs.", "jobs --limit 5", project=False)
    jobs.add_argument("--limit", type=count, default=20, metavar="N", help="how many")
    serve = commands.add(
        "serve", run_serve, "Serve the app in the browser.", "serve --port 8501", project=False
    )
    serve.add_argument("--port", type=port, default=8501, metavar="N", help="default 8501")


def run_projects(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    catalogue = Catalogue(Settings.from_environment().projects_folder)
    projects = []
    for card in catalogue.cards():
        folder = str(catalogue.folder / card.id)
        projects.append({"name": card.name, "rows": card.rows, "folder": folder})
        if card.problem:
            projects[-1]["problem"] = str(card.problem)
    return {"projects": projects}


def run_jobs(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    from core.jobs import JobStore

    jobs = JobStore(Settings.from_environment().jobs_file).list(limit=options.limit)
    return {
        "jobs": [
            {
                "id": job.id,
                "step": job.step,
                "state": str(job.state),
                "seconds": None if job.seconds is None else round(job.seconds, 1),
                "by": job.by,
                "project": job.project,
            }
            for job in jobs
        ]
    }


def run_serve(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    if not APP.is_file():
        raise InputError(
            N_(
                "The app is not part of this installation. "
                "Clone Textlode and type `make run` there."
            )
        )
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port"]
    server = subprocess.Popen([*command, str(options.port)])  # noqa: S603
    # Whoever stops this program means the server, which ends its workers before itself.
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: server.terminate())
    status = server.wait()
    return {"status": DONE if -status in (signal.SIGTERM, signal.SIGINT) else status}
