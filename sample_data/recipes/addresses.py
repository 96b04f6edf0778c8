"""State of the Union addresses as passages of a few sentences, the same number a year."""

import html
import json
import random
import re
from pathlib import Path

COLUMNS = ("id", "date", "president", "party", "text")
PASSAGES_PER_ADDRESS = 9
SHORTEST, ENOUGH, LONGEST = 200, 420, 900  # characters of a passage

# Stage directions and page numbers of the transcripts; other brackets are the speaker's.
_TRANSCRIPT = re.compile(
    r"\s*[\[(](?:applause|laughter|missing text|p\.\s?\d+|\d)\.?[\])]|(?:^|\s)The President\.(?=\s)"
    r"|\[Footnote [^\]]*\]|_{3,}|\*+",
    re.IGNORECASE,
)
# A full stop that ends a sentence: not the one of a title, an initial or a number.
_SENTENCE = re.compile(
    r"(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bNo\.)(?<!\bGen\.)(?<!\bHon\.)"
    r"(?<!\b[A-Z]\.)(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z])"
)
_PARTIES = {"none": "No party"}
_NAMES = {"William Mc Kinley": "William McKinley"}


def rows(data: Path, seed: int) -> list[dict[str, str]]:
    """One row a passage; `data` holds one JSON file an address. Deterministic in `seed`."""
    return [
        row
        for path in sorted(data.glob("*.json"))
        if re.match(r"\d{4}_", path.name)
        for row in _address(path, seed)
    ]


def _address(path: Path, seed: int) -> list[dict[str, str]]:
    address = json.loads(path.read_text(encoding="utf-8"))
    passages = _passages(_clean(address["text"]))
    draw = random.Random(f"{seed} {path.name}")
    chosen = sorted(draw.sample(range(len(passages)), min(PASSAGES_PER_ADDRESS, len(passages))))
    name = _NAMES.get(address["name"], address["name"])
    president = re.sub(r"\b([A-Z]) ", r"\1. ", name)
    surname = name.split()[-1].lower()
    return [
        {
            "id": f"{address['year']}-{surname}-{number + 1:03d}",
            "date": f"{address['year']}-01-01",
            "president": president,
            "party": _PARTIES.get(address["party"], address["party"]),
            "text": passages[number],
        }
        for number in chosen
    ]


def _clean(text: str) -> str:
    text = html.unescape(text)
    text = _TRANSCRIPT.sub(" ", text)
    text = re.sub(r"(?<=[a-z])([.?!])(?=[A-Z][a-z])", r"\1 ", text)  # some transcripts lost spaces
    return re.sub(r"\s+", " ", text).strip()


def _passages(text: str) -> list[str]:
    """Whole sentences packed until they are long enough; what is too short or long is left out."""
    packed: list[str] = []
    current = ""
    for sentence in _SENTENCE.split(text):
        current = f"{current} {sentence}".strip()
        if len(current) >= ENOUGH:
            packed.append(current)
            current = ""
    packed.append(current)
    return [passage for passage in packed if SHORTEST <= len(passage) <= LONGEST]
