"""Commands that make the map: embed, map."""

import argparse

from core.cli.commands import Commands, Outcome, count, run_step_of
from core.settings import SEED
from core.terminal import TerminalProgress


def add_to(commands: Commands) -> None:
    """Declare these commands and their options."""
    embed = commands.add(
        "embed",
        run_embed,
        "Turn each text into a vector, once ever.",
        "embed --project reviews --encoder multilingual",
    )
    embed.add_argument("--encoder", default="", metavar="NAME", help="minilm, multilingual, ...")

    make_map = commands.add(
        "map",
        run_map,
        "Lay the texts out as a map with topics; embeds first when needed.",
        "map --project reviews --topics 20",
    )
    make_map.add_argument("--encoder", default="", metavar="NAME", help="as in embed")
    make_map.add_argument("--topics", type=count, default=0, metavar="N", help="how many topics")
    _add_map_settings(make_map)


def run_embed(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    return run_step_of(options, "embed", progress, "encoder")


def run_map(options: argparse.Namespace, progress: TerminalProgress) -> Outcome:
    of_umap, of_hdbscan = ("neighbours", "spread", "seed"), ("smallest_cluster", "engine")
    return run_step_of(options, "map", progress, "encoder", "topics", *of_umap, *of_hdbscan)


def _add_map_settings(make_map: argparse.ArgumentParser) -> None:
    make_map.add_argument(
        "--neighbours",
        type=count,
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
        type=count,
        metavar="N",
        help="HDBSCAN's min_cluster_size: more give broader topics (default 0: by the rows)",
    )
    make_map.add_argument(
        "--engine", choices=("hdbscan", "fast"), help="which HDBSCAN (default hdbscan)"
    )
    make_map.add_argument(
        "--seed",
        type=count,
        metavar="N",
        help=f"same seed, same map (default {SEED}); settings not given stay as they were last",
    )
