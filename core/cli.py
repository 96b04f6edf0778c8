"""The same steps from a terminal: `textlode read|ingest|clean|embed|map|train|predict|export`.

Progress goes to standard error. With --json, standard output holds exactly one JSON object. The
exit status is 0; 2 with one line of error for wrong input; 1 with one line that names a log file
for what nobody foresaw; 130 after Ctrl-C.
"""

import argparse
import json
import math
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from core import __version__
from core.errors import InputError, NotReady, ProjectProblem, TextlodeError
from core.i18n import N_, choose_language, describe_error, translate
from core.project import Catalogue, Project
from core.settings import SEED, Settings
from core.terminal import TerminalProgress, quiet_libraries
from core.trace import write_down

Outcome = dict[str, Any]

DONE, UNFORESEEN, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
READER_GONE = 141  # what a shell reports of a program whose reader (such as head) has left


class Usage(argparse.ArgumentParser):
    """A parser that says what is wrong with a command in one line, as every other error is said."""

    def error(self, message: str) -> NoReturn:
        raise InputError(N_("{problem}. See: {program} --help"), problem=message, program=self.prog)


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


# -- commands: each reads its options, runs one step and returns what it made


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
        return _run(project, "ingest", progress, files=files, reading=reading, **roles)
    except BaseException:
        if is_new:  # an empty project would only be in the way of the next attempt
            shutil.rmtree(folder, ignore_errors=True)
        raise


def run_clean(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    from core.data import REMEDY_TITLES, choose_remedies
    from core.steps import chosen_encoder, left_out_counts, remedies_of, remedy_counts, run_step

    project = _project_of(options)
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


def run_embed(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    return _run(_project_of(options), "embed", progress, encoder=options.encoder)


def run_map(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    return _run(
        _project_of(options),
        "map",
        progress,
        encoder=options.encoder,
        topics=options.topics,
        neighbours=options.neighbours,
        spread=options.spread,
        smallest_cluster=options.smallest_cluster,
        engine=options.engine,
        seed=options.seed,
    )


def run_train(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    return _run(
        _project_of(options),
        "train",
        progress,
        label=options.label,
        method=options.method,
        test_file=options.test_file,
        name=options.name,
        epochs=options.epochs,
        seed=options.seed,
    )


def run_predict(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    return _run(
        _project_of(options, needs="model"),
        "predict",
        progress,
        file=options.file,
        text=options.text_column,
        model=options.model,
        out=options.out,
    )


def run_explain(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    return _run(
        _project_of(options, needs="model"),
        "explain",
        progress,
        model=options.model,
        rows=options.rows,
        text=options.text,
        target=options.target,
        out=options.out,
    )


def run_export(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    language = choose_language(Settings.from_environment().language)
    return _run(
        _project_of(options),
        "export",
        progress,
        out=options.out,
        csv=options.csv,
        language=language,
    )


def run_report(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    language = choose_language(options.language or Settings.from_environment().language)
    return _run(_project_of(options), "report", progress, out=options.out, language=language)


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


def run_models(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    from core.steps import list_models

    return {"models": [model.to_json() for model in list_models(_project_of(options))]}


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


APP = Path(__file__).parent.parent / "app.py"


def _run(project: Project, step: str, progress: TerminalProgress, **settings: Any) -> Outcome:
    from core.steps import run_step

    given = {name: value for name, value in settings.items() if value is not None}
    outcome = run_step(step, str(project.folder), given, progress)
    return {"project": str(project.folder), **outcome}


def _project_of(options: argparse.Namespace, needs: str = "table") -> Project:
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


# -- the words of --help


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands, each with an example."""
    parser = Usage(
        prog="textlode",
        allow_abbrev=False,
        description="See what is in a table of texts, and teach a model to sort it.",
        epilog="Example: textlode ingest reviews.csv --project reviews && "
        "textlode map --project reviews && textlode export --project reviews --out labelled.csv",
    )
    parser.add_argument("--version", action="version", version=f"textlode {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(
        name: str,
        run: Callable[[argparse.Namespace, TerminalProgress], Outcome],
        words: str,
        example: str,
        project: bool = True,
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(
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

    read = command(
        "read",
        run_read,
        "Read tables of any dialect and write each as plain CSV (UTF-8, comma, double quotes).",
        "read export.xlsx old.csv --out clean",
        project=False,
    )
    read.add_argument("files", nargs="+", metavar="FILE", help="CSV, TSV, XLSX, Parquet, JSON")
    read.add_argument("--out", required=True, metavar="DIR", help="folder for the results")
    _add_reading(read)

    ingest = command(
        "ingest",
        run_ingest,
        "Read files into a project, made when it is not there yet.",
        "ingest reviews.csv --project reviews --text comment --label rating",
    )
    ingest.add_argument("files", nargs="+", metavar="FILE", help="files with the same columns")
    _add_roles(ingest)
    _add_reading(ingest)

    cleaning = command(
        "clean",
        run_clean,
        "Say what is odd about the texts, and switch on or off what is to be done about it.",
        "clean --project reviews --on repeated,markup",
    )
    _add_switches(cleaning)

    embed = command(
        "embed",
        run_embed,
        "Turn each text into a vector, once ever.",
        "embed --project reviews --encoder multilingual",
    )
    embed.add_argument("--encoder", default="", metavar="NAME", help="minilm, multilingual, ...")

    make_map = command(
        "map",
        run_map,
        "Lay the texts out as a map with topics; embeds first when needed.",
        "map --project reviews --topics 20",
    )
    make_map.add_argument("--encoder", default="", metavar="NAME", help="as in embed")
    make_map.add_argument("--topics", type=_count, default=0, metavar="N", help="how many topics")
    _add_map_settings(make_map)

    train = command(
        "train",
        run_train,
        "Teach a classifier the labels of a column (or of the named topics: --label topics).",
        "train --project reviews --label rating --method fine-tune",
    )
    train.add_argument("--label", required=True, metavar="COLUMN", help="column, or topics")
    train.add_argument(
        "--method",
        choices=("probe", "fine-tune"),
        default="fine-tune",
        help="probe: seconds, on frozen vectors; fine-tune: minutes, all layers (default)",
    )
    train.add_argument("--test-file", metavar="FILE", help="test on this file instead of a share")
    train.add_argument("--name", metavar="NAME", help="the model's name (default: its label)")
    train.add_argument(
        "--epochs",
        type=_count,
        metavar="N",
        help="passes over the rows when fine-tuning (default: by their number)",
    )
    train.add_argument(
        "--seed", type=_count, default=SEED, metavar="N", help="same seed, same model"
    )

    _add_predict(command)
    explain = command(
        "explain",
        run_explain,
        "Say which words made the model decide (SHAP).",
        'explain --project reviews --text "never arrived" --out why.json',
    )
    explain.add_argument("--model", metavar="NAME", help="default: the model in use")
    what = explain.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--rows", type=_rows, metavar="IDS", help="row numbers from 0, separated by commas"
    )
    what.add_argument("--text", metavar="TEXT", help="a typed text")
    explain.add_argument("--class", dest="target", metavar="NAME", help="default: the predicted")
    explain.add_argument("--out", required=True, metavar="FILE", help="a .json file")

    _add_exports(command)

    command("projects", run_projects, "List the projects.", "projects --json", project=False)
    jobs = command("jobs", run_jobs, "List the latest jobs.", "jobs --limit 5", project=False)
    jobs.add_argument("--limit", type=_count, default=20, metavar="N", help="how many")
    command("models", run_models, "List a project's models.", "models --project reviews")
    serve = command(
        "serve", run_serve, "Serve the app in the browser.", "serve --port 8501", project=False
    )
    serve.add_argument("--port", type=_port, default=8501, metavar="N", help="default 8501")
    return parser


READING = ("encoding", "delimiter", "quote", "escape", "header_rows", "skip_lines", "table")


def _add_reading(command: argparse.ArgumentParser) -> None:
    said = command.add_argument_group("how the files are written (default: detected)")
    said.add_argument("--encoding", metavar="NAME", help="utf-8, cp1252, gb18030, ...")
    said.add_argument("--delimiter", type=_mark, metavar="X", help="one or more characters, or tab")
    said.add_argument("--quote", metavar="X", help='around values: " or \', or "" for none')
    said.add_argument("--escape", metavar="X", help="before a quote within a value")
    said.add_argument("--header-rows", type=_count, metavar="N", help="lines of names, 0 for none")
    said.add_argument("--skip-lines", type=_count, metavar="N", help="lines above the table")
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


def _mark(value: str) -> str:
    return {"tab": "\t", "\\t": "\t"}.get(value, value)


def _add_predict(command: Callable[..., argparse.ArgumentParser]) -> None:
    predict = command(
        "predict",
        run_predict,
        "Label a new file with a model of the project.",
        "predict new.csv --project reviews --out predicted.csv",
    )
    predict.add_argument("file", metavar="FILE", help="the new file")
    predict.add_argument("--text-column", metavar="COLUMN", help="its texts (default: proposed)")
    predict.add_argument("--model", metavar="NAME", help="default: the model in use")
    predict.add_argument("--out", required=True, metavar="FILE", help=".csv .xlsx .parquet .jsonl")


def _add_switches(cleaning: argparse.ArgumentParser) -> None:
    for switch in ("on", "off"):
        cleaning.add_argument(
            f"--{switch}",
            type=_names,
            default=(),
            metavar="NAMES",
            help=f"what to switch {switch}, separated by commas; the table keeps every row",
        )


def _add_exports(command: Callable[..., argparse.ArgumentParser]) -> None:
    export = command(
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

    report = command(
        "report",
        run_report,
        "Write one web page to send on: map, topics, sizes, keywords, example texts, model.",
        "report --project reviews --out reviews.html",
    )
    report.add_argument("--out", required=True, metavar="FILE", help="an .html file")
    report.add_argument("--language", metavar="NAME", help="en or zh (default: TEXTLODE_LANGUAGE)")


def _add_map_settings(make_map: argparse.ArgumentParser) -> None:
    make_map.add_argument(
        "--neighbours",
        type=_count,
        metavar="N",
        help="UMAP's n_neighbors: more show the large shape, fewer the small groups (default 20)",
    )
    make_map.add_argument(
        "--spread",
        type=float,
        metavar="X",
        help="UMAP's min_dist: more spreads a group over the map (default 0.1)",
    )
    make_map.add_argument(
        "--smallest-cluster",
        type=_count,
        metavar="N",
        help="HDBSCAN's min_cluster_size: more give broader topics (default 0: by the rows)",
    )
    make_map.add_argument(
        "--engine", choices=("hdbscan", "fast"), help="which HDBSCAN (default hdbscan)"
    )
    make_map.add_argument(
        "--seed",
        type=_count,
        metavar="N",
        help=f"same seed, same map (default {SEED}); settings not given stay as they were last",
    )


def _count(value: str) -> int:
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f"{value} is no whole number from 0 on")
    return int(value)


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip().replace("-", "_") for name in value.split(",") if name.strip())


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise argparse.ArgumentTypeError(f"{value} is no port: choose one from 1 to 65535")
    return int(value)


def _rows(value: str) -> tuple[int, ...]:
    rows = [row.strip() for row in value.split(",")]
    wrong = [row for row in rows if not row.isdecimal()]
    if wrong:
        raise argparse.ArgumentTypeError(
            f"{wrong[0] or 'nothing'} is no row number: give numbers from 0, such as 3,17"
        )
    return tuple(map(int, rows))


if __name__ == "__main__":
    sys.exit(main())
