"""Lines of a file that are not, or not wholly, rows of its table: each with the reason in words.

The reason is kept as an English sentence, as the rejects file of `textlode read` has it;
`translate_reasons` says it in another language.
"""

import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from core.data.records import Record
from core.i18n import N_, translate

SCHEMA = pa.schema([("line", pa.int64()), ("reason", pa.string()), ("content", pa.string())])
BLOCK_ROWS = 10_000
BLOCK_CHARACTERS = 16 << 20

NAMES_AGAIN = N_("The line of names again.")
SURPLUS = N_("The row is in the table without its last {n} cells: there are no columns for them.")
BELOW = N_("Below the table.")
NEXT_TABLE = N_("The line belongs to a further table of the file, which begins in line {n}.")
RULED = N_("The line only rules the table off.")
NO_JSON = N_("From character {n} on, the line is not JSON.")
TOO_DEEP = N_("The line has more lists or objects within each other than can be read.")
REASONS = (NAMES_AGAIN, SURPLUS, BELOW, NEXT_TABLE, RULED, NO_JSON, TOO_DEEP)


def no_rejects() -> pa.Table:
    """Return the table of a file of which every line is in its place."""
    return pa.Table.from_batches([], SCHEMA)


class Rejects:
    """Collects lines with their reasons, in blocks: a file may have a million of them."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: list[tuple[int, str, str]] = []
        self._characters = 0
        self._blocks: list[pa.RecordBatch] = []

    def add(self, record: Record, reason: str, n: int = 0) -> None:
        """Add the raw text of a record; `n` is the number that its reason names."""
        self.add_line(record.line, reason.format(n=n), record.raw)

    def add_line(self, line: int, reason: str, content: str) -> None:
        self.count += 1
        self._waiting.append((line, reason, content))
        self._characters += len(content)
        if len(self._waiting) >= BLOCK_ROWS or self._characters >= BLOCK_CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            columns = zip(*self._waiting, strict=True)
            arrays = [
                pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)
            ]
            self._blocks.append(pa.RecordBatch.from_arrays(arrays, schema=SCHEMA))
            self._waiting, self._characters = [], 0

    def above(self, line: int) -> "Rejects":
        """Return the rejects of the lines above one."""
        kept = Rejects()
        self._flush()
        kept._blocks = [block.filter(pc.less(block["line"], line)) for block in self._blocks]
        kept.count = sum(block.num_rows for block in kept._blocks)
        return kept

    def finish(self) -> pa.Table:
        """Return the table of line, reason and content, by line."""
        self._flush()
        return pa.Table.from_batches(self._blocks, SCHEMA).sort_by("line")


def translate_reasons(rejects: pa.Table, language: str) -> pa.Table:
    """Return rejects with their reasons, kept as English sentences, in a language."""
    reasons = rejects["reason"].combine_chunks().dictionary_encode()
    words = [_translated(reason, language) for reason in reasons.dictionary.to_pylist()]
    place = rejects.column_names.index("reason")
    translated = pa.array(words, pa.string()).take(reasons.indices)
    return rejects.set_column(place, "reason", translated)


def _translated(reason: str, language: str) -> str:
    for template, pattern in _patterns().items():
        found = pattern.fullmatch(reason)
        if found:
            return translate(template, language, **found.groupdict())
    return reason


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {one: re.compile(re.escape(one).replace(r"\{n\}", r"(?P<n>\d+)")) for one in REASONS}
