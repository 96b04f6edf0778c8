"""Which encoding a file was written in."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from core.data.codepages import guess_codepage
from core.data.result import Sentence
from core.data.source import Source
from core.errors import FileProblem
from core.i18n import N_

BLOCK = 1 << 20
SAMPLE = 200_000
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Seven-bit encodings switch alphabets with these; their bytes are ASCII, and so UTF-8 as well.
SWITCHES = (b"\x1b$", b"\x1b(", b"~{")
# Bytes that no text of a single-byte or East Asian encoding holds.
UNREADABLE = "\ufffd"
ODD_BYTES = N_("Bytes that are not UTF-8: {n}. They were read as Windows-1252.")
ODD_PLACES = N_("Places that cannot be read as {encoding}: {n}. Each has become {mark}.")
CONTROLS = bytes({*range(1, 32)} - {7, 8, 9, 10, 11, 12, 13, 27, 28, 29, 30, 31, 26, 1, 2, 3})


@dataclass(frozen=True)
class Encoding:
    """A codec's name, and how sure it is, from 0 to 1. `odd_bytes` do not fit it."""

    name: str
    confidence: float
    odd_bytes: int = 0


def choose_encoding(source: Source, wanted: str | None, looked_at: int | None = None) -> Encoding:
    """Return the encoding that a person wants, or the one that is detected.

    All bytes are looked at, or the first `looked_at`.
    """
    if wanted is None:
        return detect_encoding(source, looked_at)
    name = codecs.lookup(wanted).name
    if not name.startswith("utf-8"):
        return Encoding(wanted, 1.0)
    if source.head().startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    return Encoding(name, 1.0, _count_odd_bytes(source, looked_at))


def remarks_on_encoding(encoding: Encoding, table: pa.Table) -> Iterator[Sentence]:
    """Yield what was read otherwise than its encoding says.

    The sign for what cannot be read tells it, but where the file may hold that sign by itself.
    """
    if encoding.odd_bytes:
        yield Sentence(ODD_BYTES, {"n": encoding.odd_bytes})
    elif not encoding.name.lower().replace("_", "-").startswith("utf"):
        places = sum(
            pc.sum(pc.count_substring(column, UNREADABLE)).as_py() or 0 for column in table.columns
        )
        if places:
            name = encoding.name.upper()
            yield Sentence(ODD_PLACES, {"encoding": name, "n": places, "mark": UNREADABLE})


def detect_encoding(source: Source, looked_at: int | None = None) -> Encoding:
    """Return the encoding of a file; raise `FileProblem` where it is no text.

    All bytes are looked at, or the first `looked_at`.
    """
    head = source.head()
    for bom, name in BOMS:
        if head.startswith(bom):
            return Encoding(name, 1.0)
    name = _wide_encoding(head) or _library_encoding(head)
    if name:
        return Encoding(name, 0.95)
    _refuse_binary(head, source.name)
    valid, odd, sample = _read_sample(source, looked_at)
    if valid:
        return Encoding("utf-8", 1.0)
    if odd * 50 < len(sample) and _mostly_utf8(sample):
        return Encoding("utf-8", 0.9, _count_odd_bytes(source, looked_at))
    return Encoding(*guess_codepage(sample, head))


def _library_encoding(head: bytes) -> str:
    """Return what chardet is better at: seven-bit encodings, and UTF-16 of East Asian texts."""
    if head.isascii() and not any(switch in head for switch in SWITCHES):
        return ""
    if _is_utf8(head) and not head.isascii():
        return ""
    import chardet

    name = chardet.detect(head, compat_names=False)["encoding"] or ""
    if name.startswith(("iso2022", "hz")):
        return name
    return name if name.startswith("utf-16-") and _is_wide_text(head, name) else ""


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _wide_encoding(head: bytes) -> str:
    """Return UTF-16 or UTF-32 for text with zeros at every other place, else ""."""
    size = len(head) // 4 * 4
    if size < 4:
        return ""
    zeros = [head[place:size:4].count(0) / (size // 4) for place in range(4)]
    if zeros[0] < 0.1 and min(zeros[1:]) > 0.9:
        return "utf-32-le"
    if zeros[3] < 0.1 and min(zeros[:3]) > 0.9:
        return "utf-32-be"
    for name, other, own in (("utf-16-le", (0, 2), (1, 3)), ("utf-16-be", (1, 3), (0, 2))):
        beside = sum(zeros[place] for place in own) / 2
        apart = beside > 0.005 and sum(zeros[place] for place in other) < 0.04 * beside
        if apart and _is_wide_text(head[:size], name):
            return name
    return ""


def _is_wide_text(head: bytes, name: str) -> bool:
    """Whether characters are two bytes wide: line ends are, beside the halves of 上, 不 and 包."""
    text = head.decode(name, "replace")
    ends = head.count(b"\n") + head.count(b"\r")
    wide_ends = sum(text.count(end) for end in "\n\r\u0a0a\u0d0a\u0d0d")
    printable = sum(char.isprintable() or char in "\r\n\t\0" for char in text)
    return wide_ends > 0 and ends <= 40 * wide_ends + 2 and printable > 0.97 * len(text)


def _refuse_binary(head: bytes, name: str) -> None:
    odd = sum(head.count(byte) for byte in CONTROLS)
    zeros = head.count(0)
    if odd > 0.02 * len(head) or zeros > 0.3 * len(head):
        raise FileProblem(
            N_(
                "{name} is not text: {share} of its first bytes are none of any script. Give a "
                "CSV, TSV, XLSX, Parquet, JSON or JSON Lines file."
            ),
            name=name,
            share=f"{(odd + zeros) / len(head):.0%}",
        )


def _read_sample(source: Source, looked_at: int | None) -> tuple[bool, int, bytes]:
    """Return whether all bytes are UTF-8, how many are not, and the lines that are not ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid, odd = True, 0
    sample = bytearray()
    looked_at = source.size if looked_at is None else min(looked_at, source.size)
    with source.path.open("rb") as file:
        while file.tell() < looked_at and (block := file.read(BLOCK)):
            if valid and block.isascii() and not decoder.getstate()[0]:
                continue
            if not block.isascii() and len(sample) < SAMPLE:
                lines = block.splitlines(keepends=True)
                sample += b"".join(line for line in lines if not line.isascii())[:SAMPLE]
            if valid:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    valid = False
            if not valid:
                odd += len(block) - len(block.decode("utf-8", "ignore").encode())
                if len(sample) >= SAMPLE and odd * 50 > len(sample):
                    break
    if valid and looked_at == source.size:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            valid, odd = False, 1
    return valid, odd, bytes(sample)


def _count_odd_bytes(source: Source, looked_at: int | None) -> int:
    """Return how many bytes are part of no character of UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    left = source.size if looked_at is None else min(looked_at, source.size)
    odd = 0
    with source.path.open("rb") as file:
        while left and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            ended = left == 0 and file.tell() == source.size
            waiting = len(decoder.getstate()[0])
            kept = len(decoder.decode(block, ended).encode())
            odd += waiting + len(block) - kept - len(decoder.getstate()[0])
    return odd


def _mostly_utf8(sample: bytes) -> bool:
    """Whether far more characters are whole UTF-8 sequences than there are bytes that are not."""
    text = sample.decode("utf-8", "replace")
    whole = sum(char > "\x7f" and char != "\ufffd" for char in text)
    return whole > 20 * text.count("\ufffd")


def python_errors(name: str) -> str:
    """Return how bytes that do not fit are decoded: as Windows-1252 within UTF-8."""
    return "textlode-1252" if name.startswith("utf-8") else "replace"


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    odd = error.object[error.start : error.end]
    return odd.decode("cp1252", "replace"), error.end


codecs.register_error("textlode-1252", _as_windows_1252)
