"""What is found out about a delimited file from its beginning: how it is going to be read."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from core.data.detection import DetectedMarks, detect_marks, sample_records
from core.data.dialect import ReadOptions
from core.data.encoding import Encoding, choose_encoding, python_errors
from core.data.layout import Layout, find_layout
from core.data.records import LineCutter, Marks, Record, RecordReader
from core.data.source import Source
from core.errors import FileProblem
from core.i18n import N_

SAMPLE_LINES = 1500
SAMPLE_CHARACTERS = 1 << 19
# Lines of a quoted value that the sample ends within.
MOST_CUT_OFF = 200
COMMENTS = ("#", "//")
FEWEST_BELOW_COMMENTS = 2


@dataclass(frozen=True)
class Plan:
    """How a delimited file is going to be read; `confidence` is that of the marks."""

    encoding: Encoding
    marks: Marks
    layout: Layout
    names: tuple[str, ...]
    preamble: tuple[str, ...]
    first_line: int
    first_row_line: int
    line_end: str
    confidence: float
    whole: bool
    plain: bool
    several_lines: bool

    @property
    def is_utf8(self) -> bool:
        return self.encoding.name.startswith("utf-8")


def make_plan(source: Source, options: ReadOptions, looked_at: int | None = None) -> Plan:
    """Find out from a sample how a file is written and where its table begins.

    The encoding is told from all bytes, or from the first `looked_at`.
    """
    encoding = choose_encoding(source, options.encoding, looked_at)
    lines, whole = _sample_lines(source, encoding)
    skipped = options.skip_lines or 0
    if options.table:
        skipped = _line_of_table(options.table)
    elif options.skip_lines is None and (comments := _comment_lines(lines)):
        below = _plan_below(encoding, lines[comments:], lines, comments, whole, options)
        if below.layout.header_rows or below.layout.columns not in _widths(lines[:comments], below):
            return below
    lines_of_table = (
        lines[skipped:] if skipped < len(lines) else _lines_from(source, encoding, skipped)
    )
    if not any(line.strip() for line in lines_of_table):
        raise FileProblem(N_("{name} has no text in it, only blank lines."), name=source.name)
    return _plan_below(encoding, lines_of_table, lines, skipped, whole, options)


def _plan_below(
    encoding: Encoding,
    lines_of_table: list[str],
    lines: list[str],
    skipped: int,
    whole: bool,
    options: ReadOptions,
) -> Plan:
    """Find out how the lines below the skipped ones are written."""
    marks = detect_marks(
        [line for line in lines_of_table if line.strip()],
        options.delimiter,
        options.quote,
        options.escape,
    )
    unquoted = not marks.marks.quote and not any('"' in line for line in lines_of_table)
    if options.quote is None and not whole and unquoted:
        # Further down a value may need quotes, and nothing says that these have none.
        marks = replace(marks, marks=replace(marks.marks, quote='"'))
    records = _sample_records(lines_of_table, marks, skipped, whole)
    layout = find_layout(records, options.header_rows, skipped=options.skip_lines is not None)
    return _planned(encoding, marks, layout, records, lines, skipped, whole)


def _planned(
    encoding: Encoding,
    detected: DetectedMarks,
    layout: Layout,
    records: list[Record],
    lines: list[str],
    skipped: int,
    whole: bool,
) -> Plan:
    first = records[layout.start]
    body = layout.start + layout.header_rows
    first_row_line = records[body].line if body < len(records) else 0
    preamble = [line.rstrip("\r\n") for line in lines[: first.line - 1] if line.strip()]
    repaired = any(record.repair for record in records)
    marks = detected.marks
    return Plan(
        encoding=encoding,
        marks=marks,
        layout=layout,
        names=join_names([record.cells for record in records[layout.start : body]]),
        preamble=tuple(preamble),
        first_line=first.line,
        first_row_line=first_row_line,
        line_end=_line_end(lines),
        confidence=detected.confidence,
        whole=whole,
        several_lines=any("\n" in record.raw for record in records),
        plain=(
            not whole
            and not repaired
            and first_row_line > 0
            and not encoding.odd_bytes
            and len(marks.delimiter) == 1
            and marks.delimiter.isascii()
            and not (marks.escape or marks.blank_after or marks.padded or marks.around)
        ),
    )


def _comment_lines(lines: list[str]) -> int:
    """Return how many lines at the top are comments, such as no line further down is."""
    count = 0
    while count < len(lines) and (lines[count].startswith(COMMENTS) or not lines[count].strip()):
        count += 1
    below = lines[count:]
    if not lines or not lines[0].startswith(COMMENTS) or len(below) < FEWEST_BELOW_COMMENTS:
        return 0
    return 0 if any(line.startswith(COMMENTS) for line in below) else count


def _widths(lines: list[str], plan: Plan) -> set[int]:
    return {len(record.cells) for record in RecordReader(plan.marks).read(lines)}


def join_names(rows: list[list[str]]) -> tuple[str, ...]:
    """Return one name for each column from rows of names, joined by a space."""
    width = max(map(len, rows), default=0)
    columns = [[row[place].strip() for row in rows if place < len(row)] for place in range(width)]
    if len(rows) == 1:
        return tuple(rows[0])
    return tuple(" ".join(filter(None, column)) for column in columns)


def open_lines(source: Source, encoding: str) -> io.TextIOWrapper:
    """Open a file as text; iterating yields lines that end with LF, CR or CRLF as written."""
    return source.path.open(
        encoding=encoding, errors=python_errors(encoding), newline="", buffering=1 << 20
    )


def lines_below(file: io.TextIOWrapper, skipped: int) -> Iterator[str]:
    """Yield the lines below the first ones, without NUL characters."""
    return map(without_zeros, islice(file, skipped, None))


def _sample_lines(source: Source, encoding: Encoding) -> tuple[list[str], bool]:
    """Return the first lines, and whether they are all of the file."""
    with open_lines(source, encoding.name) as file:
        text = file.read(SAMPLE_CHARACTERS)
        whole = len(text) < SAMPLE_CHARACTERS
    lines = list(io.StringIO(without_zeros(text), newline=""))
    if len(lines) > SAMPLE_LINES:
        return lines[:SAMPLE_LINES], False
    if not whole and len(lines) > 1:
        lines.pop()
    return lines, whole


def _lines_from(source: Source, encoding: Encoding, skipped: int) -> list[str]:
    with open_lines(source, encoding.name) as file:
        return list(islice(lines_below(file, skipped), SAMPLE_LINES))


def without_zeros(text: str) -> str:
    return text.replace("\0", "") if "\0" in text else text


def _sample_records(
    lines: list[str], detected: DetectedMarks, skipped: int, whole: bool
) -> list[Record]:
    records = sample_records(lines, detected.marks, skipped + 1)
    return records if whole else _without_cut_off(records, detected.marks)


def _without_cut_off(records: list[Record], marks: Marks) -> list[Record]:
    """Leave out the last record of a sample, which may run over many of its last lines."""
    cutter = LineCutter(marks)
    for place in range(max(1, len(records) - MOST_CUT_OFF), len(records)):
        record = records[place]
        if record.repair and cutter.cells_before_open(record.raw) is not None:
            return records[:place]
    return records[: max(1, len(records) - 1)]


def _line_end(lines: list[str]) -> str:
    ends = {
        "\r\n" if line.endswith("\r\n") else line[-1] for line in lines if line[-1:] in ("\r", "\n")
    }
    return ends.pop() if len(ends) == 1 else "mixed" if ends else "\n"


def _line_of_table(name: str) -> int:
    """Return how many lines stand above a further table, which is named "line 12" after them."""
    number = name.removeprefix("line ").split(":")[0]
    if not number.isdigit() or int(number) < 1:
        raise FileProblem(
            N_("There is no table {table}. Choose one that the reading lists."), table=name
        )
    return int(number) - 1
