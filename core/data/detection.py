"""Which delimiter, quote and escape a text was written with, from a sample of its lines.

Each way to cut the sample is scored by how even the rows come out and by how much the cells look
like values (van den Burg, Nazabal and Sutton 2019, "Wrangling messy CSV files by detecting row
and type patterns").
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby

from core.data.cells import ADDRESS, is_measure, is_nothing
from core.data.layout import usual_width
from core.data.records import (
    BACKSLASH,
    OTHER_QUOTES,
    Marks,
    Record,
    RecordReader,
    within_quotes,
)

# How ready we are to believe in a delimiter, before looking at the cells.
PRIOR = {",": 1.0, ";": 1.0, "\t": 1.0, "|": 1.0, " ": 0.75, ":": 0.7}
SELDOM = 0.65
SEVERAL = 1.02
SAMPLED_LINES = 400
# A mean of so many differs by a hundredth from that of all.
SCORED_CELLS = 1000
ENOUGH = 0.12
PROSE = 0.1
LESS_LIKELY = 0.98
# The share of the lines that may be cut otherwise than the rest in a file without a doubt.
HARDLY_ANY = 0.05
# How fast doubt goes where the next best marks fall behind, what is likely enough to be the best,
# the rows that make a table of their own, and what is looked at of a cell.
STEEPNESS = 1.5
LIKELY_ENOUGH = 0.3
FEWEST_ROWS = 3
LONGEST_MEASURE = 41
QUOTED_LINE = re.compile(r'"(?:[^"]|"")*"')
SEVERAL_CHARACTERS = ("||", "::", ";;", "\t\t", "|;|", "~|~", "^|^", "|~|", "\\t", "##", "@@", "<>")
SINGLE = ",;\t|:^~§¦#\x01\x1e\x1f\x02\x03¬þ¶!*=/&%$@+"


@dataclass(frozen=True)
class DetectedMarks:
    """The likeliest marks, and how sure that is, from 0 to 1."""

    marks: Marks
    confidence: float


def detect_marks(
    lines: list[str],
    delimiter: str | None = None,
    quote: str | None = None,
    escape: str | None = None,
) -> DetectedMarks:
    """Return the marks that cut the lines best; those given are taken as they are."""
    lines = lines[:SAMPLED_LINES]
    around = _quotes_around_lines(lines)
    if around and quote in (None, around):
        inner = [within_quotes(line.rstrip("\r\n"), around) + "\n" for line in lines]
        found = detect_marks(inner, delimiter, quote, escape)
        if _is_table(inner, found.marks):
            marks = replace(found.marks, quote=found.marks.quote or around, around=around)
            return replace(found, marks=marks)
        if delimiter is None:
            return DetectedMarks(_one_column("".join(lines), around), 1.0)
    text = "".join(lines)
    delimiters = [delimiter] if delimiter else _likely_delimiters(lines)
    scored = []
    for one in delimiters:
        quotes = [quote] if quote is not None else _likely_quotes(text, one)
        for mark in quotes:
            escapes = [escape] if escape is not None else _likely_escapes(text, mark, one)
            for place, before in enumerate(escapes):
                marks = Marks(one, mark, "" if before == mark else before)
                scored.append((_score(lines, marks) * LESS_LIKELY**place, marks))
    scored.sort(key=lambda pair: -pair[0])
    if delimiter is None and _is_one_column(lines):
        scored = []
    if not scored or (scored[0][0] < ENOUGH and delimiter is None):
        near = scored[0][0] / ENOUGH if scored else 0.0
        return DetectedMarks(_one_column(text, quote), round(1 - near / 2, 3))
    scored = _names_first(lines, scored)
    return DetectedMarks(_with_blanks(lines, scored[0][1]), _confidence(lines, scored))


def _quotes_around_lines(lines: list[str]) -> str:
    """Return the quote that nearly all lines stand in as a whole, "" where they do not."""
    for quote in OTHER_QUOTES:
        bare = [line.rstrip("\r\n") for line in lines]
        within = sum(within_quotes(line, quote) != line for line in bare)
        if within > 1 and within >= (1 - HARDLY_ANY) * (len(lines) - 1):
            return quote
    return ""


def _is_table(lines: list[str], marks: Marks) -> bool:
    """Whether lines that stand in quotes are more than texts with a comma in each."""
    records = sample_records(lines, marks)
    usual = PRIOR.get(marks.delimiter, 0.0) >= 1.0
    if not (usual and _cuts_all_alike(lines, marks)):
        return False
    columns = zip(*(record.cells for record in records[1:]), strict=True)
    return len(records[0].cells) > 2 or any(all(map(is_measure, cells)) for cells in columns)


def _names_first(lines: list[str], scored: list[tuple[float, Marks]]) -> list[tuple[float, Marks]]:
    """Return the marks, best first: those that cut the line of names as all others come first.

    A mark that stands once in each value, and not in the line of names, looks like a delimiter too.
    """
    best, marks = scored[0]
    if _Evenness.of(sample_records(lines, marks)).first == 0:
        return scored
    for place, (score, other) in enumerate(scored):
        usual = PRIOR.get(other.delimiter, 0.0) >= 1.0
        if usual and score > LIKELY_ENOUGH * best and _cuts_all_alike(lines, other):
            return [(best, other), *scored[:place], *scored[place + 1 :]]
    return scored


def _cuts_all_alike(lines: list[str], marks: Marks) -> bool:
    evenness = _Evenness.of(sample_records(lines, marks))
    return evenness.first == 0 and evenness.others == 0 and len(lines) > FEWEST_ROWS


def _confidence(lines: list[str], scored: list[tuple[float, Marks]]) -> float:
    """Return how sure the delimiter of the best marks is, by how far behind the next one is.

    Where the best one cuts nearly all lines alike, only one that does so too is a rival: a mark
    that stands in the values is not in the line of names. One that stands in nothing but numbers
    and dates is none either: 3,50 and 10:30.
    """
    best, marks = scored[0]
    records = sample_records(lines, marks)
    evenness = _Evenness.of(records)
    cells = [cell.strip() for record in records for cell in record.cells]
    words = [cell for cell in cells if not is_measure(cell[:LONGEST_MEASURE])]
    rivals: dict[str, float] = {}
    for score, other in scored:
        mark = other.delimiter
        if mark == marks.delimiter or mark in rivals or not score:
            continue
        if evenness.is_even:
            cut = _Evenness.of(sample_records(lines, other))
            if not cut.is_even or cut.first > evenness.first or not any(mark in w for w in words):
                continue
        # The score has the prior already. Blanks and colons cut a few texts or times evenly by
        # chance: less likely as delimiters, they are no reason for doubt either.
        rivals[mark] = score * PRIOR.get(mark, SELDOM if len(mark) == 1 else 1.0)
    rival = max(rivals.values(), default=0.0)
    ahead, behind = math.pow(best, STEEPNESS), math.pow(rival, STEEPNESS)
    lead = ahead / (ahead + behind) if behind else 1.0
    return round(lead * (1 - evenness.unrest), 3)


@dataclass(frozen=True)
class _Evenness:
    """How alike records are cut.

    `first` is the first one of the usual width, `others` the share of those below it that are not.
    `unrest` is the share of those that stand among them one by one; several are another table.
    """

    first: int
    others: float
    unrest: float

    @classmethod
    def of(cls, records: list[Record]) -> "_Evenness":
        width = usual_width(records)
        fits = [len(record.cells) == width and not record.repair for record in records]
        if width < 2 or True not in fits:
            return cls(len(records), 1.0, 0.0)
        first = fits.index(True)
        others = fits[first:].count(False) / len(fits[first:])
        inner = fits[first : len(fits) - fits[::-1].index(True)]
        runs = [len(list(run)) for fitting, run in groupby(inner) if not fitting]
        return cls(first, others, sum(run for run in runs if run < FEWEST_ROWS) / len(fits))

    @property
    def is_even(self) -> bool:
        return self.others < HARDLY_ANY


def _likely_delimiters(lines: list[str]) -> list[str]:
    """Return the marks that stand in enough of the lines to cut them into columns."""
    filled = [line for line in lines if line.strip()]
    enough = max(1, len(filled) // 4)
    found = [
        mark
        for mark in (*SEVERAL_CHARACTERS, *SINGLE, " ")
        if sum(mark in line for line in filled) >= enough
    ]
    # A mark that only stands doubled is part of a longer one.
    return [
        mark
        for mark in found
        if not any(
            len(longer) > 1 and set(longer) == {mark} and _always_doubled(filled, longer)
            for longer in found
        )
    ]


def _always_doubled(lines: list[str], longer: str) -> bool:
    doubled = sum(line.count(longer) * len(longer) for line in lines)
    return doubled > 0.95 * sum(line.count(longer[0]) for line in lines)


def _likely_quotes(text: str, delimiter: str) -> list[str]:
    d = re.escape(delimiter)
    quotes = [
        mark
        for mark in "\"'"
        if mark in text
        and re.search(rf"(?:^|{d} ?){mark}", text, re.MULTILINE)
        and re.search(rf"{mark} ?(?:{d}|\r?$)", text, re.MULTILINE)
    ]
    return [*quotes, ""] if quotes else ['"' if '"' in text else ""]


def _likely_escapes(text: str, quote: str, delimiter: str) -> list[str]:
    """Return what may stand before a mark, the likelier first: it wins unless it reads worse."""
    if BACKSLASH + (quote or delimiter) not in text:
        return [""]
    alone = quote and re.search(rf"\\{re.escape(quote)}(?!{re.escape(quote)})", text)
    return [BACKSLASH, ""] if alone else ["", BACKSLASH]


def _score(lines: list[str], marks: Marks) -> float:
    """Return how well the marks cut the lines: evenness x values x a word for more columns."""
    records = sample_records(lines, marks)
    if not records:
        return 0.0
    counts = Counter(len(record.cells) for record in records)
    several = {count: rows for count, rows in counts.items() if count > 1}
    if not several:
        return 0.0
    evenness = sum(rows**2 for rows in several.values()) / len(records) ** 2
    columns = sum(count * rows for count, rows in several.items()) / sum(several.values())
    prior = PRIOR.get(marks.delimiter, SEVERAL if len(marks.delimiter) > 1 else SELDOM)
    mended = sum(record.repair == "quote" for record in records) / len(records)
    # Sentences of equal length look like a table cut at blanks; a line of names gives them away.
    usual = counts.most_common(1)[0][0]
    if marks.delimiter == " " and len(records[0].cells) != usual:
        prior *= PROSE
    return evenness * _likeness(records, marks) * (1 - 0.8 / columns) * prior * (1 - 0.5 * mended)


def sample_records(lines: list[str], marks: Marks, first_line: int = 1) -> list[Record]:
    """Return the records of some lines, read again with the usual number of cells once it is known.

    Where all have that number, and nothing about their quotes is in doubt, it changes nothing.
    """
    records = list(RecordReader(marks, 0, first_line).read(lines))
    if not records:
        return []
    width = usual_width(records)
    if all(len(record.cells) == width and _is_certain(record, marks) for record in records):
        return records
    return list(RecordReader(marks, width, first_line).read(lines))


def _is_certain(record: Record, marks: Marks) -> bool:
    """Whether a record is one line, with no quotes but those of the marks around all of it."""
    raw = record.raw
    around = raw[0] if raw[0] == raw[-1] and raw[0] in "\"'" else marks.quote
    return not record.repair and around == marks.quote and "\n" not in raw and "\r" not in raw


def _likeness(records: list[Record], marks: Marks) -> float:
    """Return how much the cells look like values, from 0 to 1."""
    step = max(1, sum(len(record.cells) for record in records) // SCORED_CELLS)
    scores = [_cell_score(cell, marks) for record in records[::step] for cell in record.cells[:200]]
    return sum(scores) / len(scores) if scores else 0.0


def _cell_score(cell: str, marks: Marks) -> float:
    bare = cell.strip()
    if is_nothing(bare):
        return 0.7
    if len(bare) < 300 and (is_measure(bare) or ADDRESS.fullmatch(bare)):
        return 1.0
    if marks.quote != '"' and (bare.startswith('"') or bare.endswith('"')):
        return 0.1
    if bare[0] in "'\"" and bare[0] == bare[-1] and len(bare) > 1 and bare[0] != marks.quote:
        return 0.3
    if any(mark in cell for mark in ",;\t|" if mark not in marks.delimiter):
        return 0.9 if len(bare) > 40 and "\t" not in bare else 0.45
    return 0.8 if bare[0].isalnum() else 0.6


def _one_column(text: str, quote: str | None) -> Marks:
    """Return the marks of a file of one column: a delimiter that does not occur."""
    absent = next((mark for mark in ",\t;|\x1f" if mark not in text), "\x1f")
    if quote is None:
        lines = [line for line in text.splitlines() if line.strip()]
        opened = [line for line in lines if line.startswith('"')]
        quote = '"' if opened and all(map(QUOTED_LINE.fullmatch, opened)) else ""
        if not quote and _quoted_over_lines(text):
            quote = '"'
    return Marks(absent, quote)


def _quoted_over_lines(text: str) -> bool:
    """Whether all quotes of a text open at the start of a line and close at the end of one."""
    return bool(re.search(r'^"', text, re.MULTILINE)) and not re.search(
        r'(?<![\n\r"])(?<!\A)"(?![\r\n"]|\Z)', text
    )


def _is_one_column(lines: list[str]) -> bool:
    """Whether each line is one value by itself, such as a time or an address."""
    filled = [line.strip().strip('"') for line in lines if line.strip()][1:]
    typed = sum(
        len(one) < 300 and (is_measure(one) or bool(ADDRESS.fullmatch(one))) for one in filled
    )
    return bool(filled) and typed > 0.95 * len(filled) and not _names_are_cut_too(lines)


def _names_are_cut_too(lines: list[str]) -> bool:
    """Whether a mark stands as often in a line of names as in all below: "a,b" above "1,2"."""
    first, *others = [line for line in lines if line.strip()]
    return not is_measure(first.strip()) and any(
        first.count(mark) and all(line.count(mark) == first.count(mark) for line in others)
        for mark in ",;\t|"
    )


def _with_blanks(lines: list[str], marks: Marks) -> Marks:
    """Note blanks that follow every delimiter, and those inside all quotes."""
    if marks.delimiter.isspace():
        return marks
    d, q = re.escape(marks.delimiter), re.escape(marks.quote)
    followed = followed_not = 0
    blank = replace(marks, blank_after=True)
    for record in sample_records(lines, marks):
        for cell in record.cells[1:]:
            if cell.startswith(" "):
                followed += 1
            elif cell:
                followed_not += 1
    if followed and followed_not == 0:
        return blank
    if q and followed > 20 * followed_not:
        text = "".join(lines)
        outside = len(re.findall(rf"{d}(?! )", text))
        if outside * 20 < followed:
            return blank
    return marks
