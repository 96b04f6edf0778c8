"""Which tables one file holds: the sheets of a workbook, the files of a zip."""

import zipfile
from pathlib import Path
from xml.etree import ElementTree

from core.data.source import table_members

WORKBOOK = "xl/workbook.xml"
LARGEST_WORKBOOK = 4 << 20
SHEETS = "{*}sheets/{*}sheet"


def tables_in(path: Path | str) -> tuple[str, ...]:
    """Return the names that `ReadOptions.table` can choose; none where there is one table.

    A damaged file has none: reading it says what is wrong with it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if WORKBOOK not in archive.namelist():
                names = [info.filename for info in table_members(archive)]
            elif archive.getinfo(WORKBOOK).file_size < LARGEST_WORKBOOK:
                book = ElementTree.fromstring(archive.read(WORKBOOK))  # noqa: S314 - small
                names = [sheet.get("name", "") for sheet in book.findall(SHEETS)]
            else:
                return ()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, ElementTree.ParseError):
        return ()
    return tuple(names) if len(names) > 1 else ()
