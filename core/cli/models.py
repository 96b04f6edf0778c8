"""Commands of a model: train, predict, explain, models."""

import argparse

from core.cli.commands import Commands, Outcome, count, project_of, rows, run_step_of
from core.settings import SEED
from core.terminal import TerminalProgress


def add_to(commands: Commands) -> None:
    """Declare these commands and their options."""
    train = commands.add(
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
        type=count,
        metavar="N",
        help="passes over the rows when fine-tuning (default: by their number)",
    )
    train.add_argument(
        "--seed", type=count, default=SEED, metavar="N", help="same seed, same model"
    )

    predict = commands.add(
        "predict",
        run_predict,
        "Label a new file with a model of the project.",
        "predict new.csv --project reviews --out predicted.csv",
    )
    predict.add_argument("file", metavar="FILE", help="the new file")
    predict.add_argument(
        "--text-column", dest="text", metavar="COLUMN", help="its texts (default: proposed)"
    )
    predict.add_argument("--model", metavar="NAME", help="default: the model in use")
    predict.add_argument("--out", required=True, metavar="FILE", help=".csv .xlsx .parquet .jsonl")

    explain = commands.add(
        "explain",
        run_explain,
        "Say which words made the model decide (SHAP).",
        'explain --project reviews --text "never arrived" --out why.json',
    )
    explain.add_argument("--model", metavar="NAME", help="default: the model in use")
    what = explain.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--rows", type=rows, metavar="IDS", help="row numbers from 0, separated by commas"
    )
    what.add_argument("--text", metavar="TEXT", help="a typed text")
    explain.add_argument("--class", dest="target", metavar="NAME", help="default: the predicted")
    explain.add_argument("--out", required=True, metavar="FILE", help="a .json file")

    commands.add("models", run_models, "List a project's models.", "models --project reviews")


def run_train(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    names = ("label", "method", "test_file", "name", "epochs", "seed")
    return run_step_of(options, "train", progress, *names)


def run_predict(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    names = ("file", "text", "model", "out")
    return run_step_of(options, "predict", progress, *names, needs="model")


def run_explain(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    names = ("model", "rows", "text", "target", "out")
    return run_step_of(options, "explain", progress, *names, needs="model")


def run_models(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    from core.steps import list_models

    return {"models": [model.to_json() for model in list_models(project_of(options))]}
