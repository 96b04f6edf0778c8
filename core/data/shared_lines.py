"""Lines that many texts share: signatures, disclaimers, the questions of a form."""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.i18n import N_
from core.progress import SILENT, Progress

BLOCK_ROWS = 50_000
SHORTEST = 8
LEAST_SHARE = 0.02
LEAST_TEXTS = 5
MOST_LINES = 200
# What mail programs write above a signature, and people above a footer.
DELIMITER = re.compile(r"[-_=*~–—]{2,}")


@dataclass(frozen=True)
class SharedLine:
    """A line, and how many texts hold it."""

    text: str
    count: int


def find_shared_lines(texts: pa.Array, progress: Progress = SILENT) -> tuple[SharedLine, ...]:
    """Return the lines of 8 characters or more that 2% of the texts, and at least 5, hold.

    The most frequent come first. A text of one line is no boilerplate: it shares nothing else.
    """
    filled = int(pc.sum(pc.fill_null(pc.greater(pc.utf8_length(texts), 0), False)).as_py() or 0)
    least = max(LEAST_TEXTS, LEAST_SHARE * filled)
    counts: dict[str, int] = {}
    blocks = range(0, len(texts), BLOCK_ROWS)
    # What 2% of all texts hold, 2% of the texts of some block hold.
    for start in blocks:
        progress(start, 2 * len(texts), N_("Looking for lines that texts share"))
        found = _count(_Lines(texts.slice(start, BLOCK_ROWS)))
        rows = min(BLOCK_ROWS, len(texts) - start)
        frequent = found.filter(pc.greater_equal(found["count"], LEAST_SHARE * rows * 0.9))
        counts |= dict.fromkeys(frequent["line"].to_pylist(), 0)
    if not counts:
        return ()
    likely = pa.array(list(counts), texts.type)
    for start in blocks:
        progress(len(texts) + start, 2 * len(texts), N_("Looking for lines that texts share"))
        found = _count(_Lines(texts.slice(start, BLOCK_ROWS)), likely)
        for line, count in zip(found["line"].to_pylist(), found["count"].to_pylist(), strict=True):
            counts[line] += count
    shared = [SharedLine(line, count) for line, count in counts.items() if count >= least]
    return tuple(sorted(shared, key=lambda one: (-one.count, one.text))[:MOST_LINES])


def holds_lines(texts: pa.Array, lines: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Return which texts hold one of some lines among others."""
    held = np.zeros(len(texts), dtype=bool)
    for start in range(0, len(texts) if lines else 0, BLOCK_ROWS):
        block = _Lines(texts.slice(start, BLOCK_ROWS))
        found = pc.is_in(block.trimmed, pa.array(lines, texts.type))
        held[start + np.unique(block.row.filter(found).to_numpy())] = True
    return held


def remove_lines(
    texts: pa.Array, lines: tuple[str, ...], held: npt.NDArray[np.bool_] | None = None
) -> pa.Array:
    """Return texts without these lines; those that hold none of them stay as they are.

    A line of dashes goes with them where it stood above nothing else. `held` is what
    `holds_lines` says of them, where that is known already.
    """
    holding = pa.array(holds_lines(texts, lines) if held is None else held)
    drop = set(lines)
    kept = [_without(text.splitlines(), drop) for text in texts.filter(holding).to_pylist()]
    return pc.replace_with_mask(texts, holding, pa.array(kept, texts.type))


def _without(lines: list[str], drop: set[str]) -> str:
    """Return the lines that stay; a delimiter goes with all of the paragraph below it."""
    kept: list[str] = []
    gone: bool | None = None  # whether the paragraph below is; None: there is none
    apart = False
    for line in reversed(lines):
        bare = line.strip()
        if not bare:
            apart = True
        elif DELIMITER.fullmatch(bare):
            if gone:
                gone = None
                continue
            gone = None
        else:
            before = None if apart else gone
            gone, apart = bare in drop and before is not False, False
            if bare in drop:
                continue
        kept.append(line)
    return "\n".join(reversed(kept)).strip()


class _Lines:
    """The lines of texts that have several: `trimmed`, and for each the `row` of its text."""

    def __init__(self, texts: pa.Array) -> None:
        several = pc.fill_null(pc.match_substring(texts, "\n"), False)
        rows = pc.indices_nonzero(several)
        split = pc.split_pattern(texts.filter(several), "\n")
        self.row = rows.take(pc.list_parent_indices(split))
        self.trimmed = pc.utf8_trim_whitespace(pc.list_flatten(split))


def _count(lines: _Lines, among: pa.Array | None = None) -> pa.Table:
    """Return in how many texts each line stands, once a text."""
    long = pc.greater_equal(pc.utf8_length(lines.trimmed), SHORTEST)
    if among is not None:
        long = pc.is_in(lines.trimmed, among)
    table = pa.table({"line": lines.trimmed.filter(long), "row": lines.row.filter(long)})
    once = table.group_by(["line", "row"]).aggregate([])
    return once.group_by("line").aggregate([([], "count_all")]).rename_columns(["line", "count"])
