"""The kinds of file that hold a table, told by what is in them rather than by their name."""

import json
from enum import StrEnum
from pathlib import Path

from core.data.encoding import BOMS
from core.errors import FileProblem, SettingInvalid
from core.i18n import N_


class FileFormat(StrEnum):
    """The formats that a table is written in; the value is the ending of the file."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSONL = "jsonl"

    @classmethod
    def of(cls, path: Path) -> "FileFormat":
        """Return the format that a file's ending names."""
        ending = path.suffix.lower().lstrip(".")
        if ending not in list(cls):
            raise SettingInvalid(
                N_(
                    "{name} has no ending that names a format. Use .csv, .xlsx, .parquet or .jsonl."
                ),
                name=path.name,
            )
        return cls(ending)


class Kind(StrEnum):
    """The kinds of file that are read."""

    DELIMITED = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSON = "json"
    JSON_LINES = "jsonl"


NO_TABLE = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"RIFF", "RIFF"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"(\xb5/\xfd", "zstd"),
    (b"\x7fELF", "ELF"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"ORC\x00", "ORC"),
    (b"ARROW1", "Arrow"),
    (b"OggS", "Ogg"),
    (b"\x00\x00\x00\x18ftyp", "MP4"),
    (b"\x00\x00\x00 ftyp", "MP4"),
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
HTML_STARTS = (
    b"<!doctype html", b"<html", b"<head", b"<body", b"<?xml", b"<svg", b"<!--", b"<table",
    b"<meta", b"<style", b"<script", b"<title",
)  # fmt: skip


def kind_of(head: bytes, name: str) -> Kind:
    """Return the kind of a file from its first bytes; raise `FileProblem` for what is no table.

    The name decides only between kinds that look alike.
    """
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    if head.startswith(b"PK\x03\x04"):  # other zips have been opened before
        return Kind.XLSX
    text = _as_utf8(head).lstrip()
    _refuse_what_is_no_table(head, text, name)
    ending = name.lower().rsplit(".", 1)[-1]
    if text.startswith((b"{", b"[")):
        if ending in ("jsonl", "ndjson") or _looks_like_json_lines(text):
            return Kind.JSON_LINES
        if ending == "json" or _looks_like_json(text):
            return Kind.JSON
    return Kind.DELIMITED


def _as_utf8(head: bytes) -> bytes:
    """Return the text of a head that begins with a byte order mark as UTF-8, without the mark."""
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return head.decode(encoding, "ignore").encode()
    return head


def _refuse_what_is_no_table(head: bytes, text: bytes, name: str) -> None:
    if text[:64].lower().startswith(HTML_STARTS):
        raise FileProblem(
            N_(
                "{name} is a web page or XML, not a table. Open it where it comes from and save "
                "the table as CSV or XLSX."
            ),
            name=name,
        )
    if head.startswith(OLD_OFFICE):
        raise FileProblem(
            N_(
                "{name} is an old Excel or Word file, or a workbook locked with a password. Open "
                "it there and save it as XLSX without a password, or as CSV."
            ),
            name=name,
        )
    for magic, kind in NO_TABLE:
        # A mark of two letters could also begin a text; zeros are in pictures only.
        if head.startswith(magic) and (len(magic) > 2 or b"\x00" in head[:64]):
            raise FileProblem(
                N_(
                    "{name} is a file of the kind {kind}, not a table. Give a CSV, TSV, XLSX, "
                    "Parquet, JSON or JSON Lines file."
                ),
                name=name,
                kind=kind,
            )


def _looks_like_json(text: bytes) -> bool:
    """Whether `[` or `{` starts JSON, not a CSV whose first name is in brackets."""
    after = text[1:].lstrip()[:1]
    return after in (b'"', b"{", b"[", b"}", b"]", b"") and (
        text[:1] == b"[" or b":" in text[: 1 << 12]
    )


def _looks_like_json_lines(text: bytes) -> bool:
    """Whether the first line is an object by itself, and the second begins one."""
    first, _, rest = text.partition(b"\n")
    try:
        return rest.lstrip().startswith(b"{") and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False
