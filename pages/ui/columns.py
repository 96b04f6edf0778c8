"""What the columns of a table are called; a made-up name is said in the reader's language."""

import re
from collections.abc import Callable, Collection
from typing import Any

from core.project import Project
from pages.ui.words import _

# As the reader numbers what the file does not name. The table and all files keep this name.
MADE_UP = re.compile(r"column (?P<place>\d+)(?P<again>(_\d+)?)")


def column_titles(opened: Project) -> Callable[[str], str]:
    """Return a function that says how a column of the project's table is called on a page."""
    return titles_in(opened.current("table").json("reading"))


def titles_in(reading: dict[str, Any]) -> Callable[[str], str]:
    """Return a function that says how a column of a reading is called on a page."""
    written = {name.strip() for name in reading.get("names", [])}
    told_apart = {name for name in reading.get("columns", []) if not MADE_UP.fullmatch(name)}
    return lambda name: _title(name, written, written | told_apart)


def _title(name: str, written: Collection[str], taken: Collection[str]) -> str:
    """Return the title of a column: two titles alike are none, so that a made-up name may stay."""
    found = MADE_UP.fullmatch(name)
    if found is None or name in written:
        return name
    title = _("column {n}", n=found["place"]) + found["again"]
    return name if title in taken else title
