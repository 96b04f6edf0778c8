"""Bring the catalogues in core/locale up to date with the messages of the source.

Usage: translations.py [FILE.po ...]

Messages that the source no longer marks go, new ones come in without a translation, and the given
files fill in theirs. What still lacks a translation is listed, and makes the exit status 1.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALE_FOLDER = ROOT / "core" / "locale"
MARKS = {"_", "N_"}


def sources() -> list[Path]:
    """Every file that says something to a reader."""
    folders = (ROOT / "core", ROOT / "pages")
    return [ROOT / "app.py", *(path for folder in folders for path in sorted(folder.rglob("*.py")))]


def marked_messages() -> Iterator[tuple[str, str]]:
    """Each message that the source marks, with the file that it stands in."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in MARKS and node.args:
                message = node.args[0]
                if isinstance(message, ast.Constant) and isinstance(message.value, str):
                    yield message.value, str(path.relative_to(ROOT))


def source_catalogue() -> Catalog:
    """The messages of the source, untranslated."""
    catalogue = Catalog(project="Textlode")
    for message, path in marked_messages():
        catalogue.add(message, locations=[(path, 1)])
    return catalogue


def read_catalogue(path: Path, language: str) -> Catalog:
    """Read a catalogue or a fragment of one; a missing file is an empty catalogue."""
    if not path.is_file():
        return Catalog(locale=language, project="Textlode")
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def update_catalogue(language: str, fragments: list[Path]) -> list[str]:
    """Rewrite the catalogue of a language, sorted; return the messages that lack a translation."""
    path = LOCALE_FOLDER / language / "textlode.po"
    catalogue = read_catalogue(path, language)
    catalogue.update(source_catalogue(), no_fuzzy_matching=True, update_creation_date=False)
    for fragment in fragments:
        for message in read_catalogue(fragment, language):
            if message.id and message.string and message.id in catalogue:
                catalogue[message.id].string = message.string
    catalogue.fuzzy = False
    with path.open("wb") as file:
        write_po(file, catalogue, 100, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return [str(message.id) for message in catalogue if message.id and not message.string]


def main() -> None:
    """Update every language that has a folder."""
    lacking = 0
    for folder in sorted(p for p in LOCALE_FOLDER.iterdir() if p.is_dir()):
        messages = update_catalogue(folder.name, [Path(name) for name in sys.argv[1:]])
        lacking += len(messages)
        print(f"{folder.name}: {len(messages)} messages without a translation")
        for message in messages:
            print(f"  {message!r}")
    sys.exit(1 if lacking else 0)


if __name__ == "__main__":
    main()
