"""What pyarrow is given to read is looked through: do quotes and line ends stand right?"""

import math
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.data.plan import Plan
from core.data.source import Source

BLOCK = 1 << 19
LARGE_BLOCK = 32 << 20
# Larger than parts get, and how many times smaller they may be: each has to pay for its start.
PART = 16 << 20
SMALLER = 4
LF, CR = 10, 13
LAST_BYTES = 4096
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.signedinteger[Any]]
NO_PLACES = np.zeros(0, dtype=np.int64)


class Watch:
    """A part of a file, as UTF-8 from its first row on, looked through while pyarrow reads it.

    `unfit` ones hold zeros, line ends of several kinds outside of quotes, rows below a blank
    line, a byte order mark in the first value, which pyarrow would drop, or a quote that opens a
    value elsewhere than at its start or closes one before its end; their reading stops there.
    `is_valid`: what was read is UTF-8 for certain, as ASCII is. `block` is how much to read at a
    time.
    """

    closed = False
    several_lines = False
    block = BLOCK

    def __init__(self, source: Source, plan: Plan, start: int, end: int) -> None:
        self.unfit = self.stopped = self._begun = False
        self.is_valid = True
        name = plan.encoding.name
        self.size = end - start
        self.done = len(BOM_UTF8) if name == "utf-8-sig" and start == 0 else 0
        self.inner_line_ends = self.blank_lines = 0
        self._file = source.path.open("rb", buffering=0)
        self._file.seek(start + self.done)
        self._decoder = None if plan.is_utf8 else getincrementaldecoder(name)()
        self._lines_above = 0 if start else plan.first_row_line - 1
        self._quote = plan.marks.quote.encode()
        self._edge = np.zeros(256, dtype=bool)
        self._edge[[LF, CR, *(plan.marks.delimiter + plan.marks.quote).encode()]] = True
        self._line_feeds = self._returns = 0
        self._last = LF
        self._within = self._just_closed = False
        self._is_byte = np.empty((2, 0), dtype=bool)

    @classmethod
    def over(cls, source: Source, plan: Plan) -> list[Self]:
        """Return watches over a whole file, each for a part of its rows."""
        return [cls(source, plan, 0, source.size)]

    def close(self) -> None:
        self._file.close()

    @property
    def records(self) -> int:
        return self._line_feeds - self.blank_lines + (self._last != LF)

    @property
    def line_end(self) -> str:
        return "\r\n" if self._returns else "\n"

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; none where the reading was stopped."""
        if self.unfit or self.stopped:
            return b""
        block = self._next(size)
        if block:
            values = np.frombuffer(block, dtype=np.uint8)
            within = self._within
            quoted = bool(self._quote) and self._quote in block
            quotes = self._places(values, self._quote[0]) if quoted else NO_PLACES
            self.is_valid &= self._decoder is not None or int(values.view(np.int8).min()) >= 0
            self.unfit = (
                b"\0" in block
                or (bool(self._quote) and self._has_odd_quote(values, quotes))
                or (not self._begun and block.startswith(BOM_UTF8))
            )
            self._count_lines(block, values, quotes, within)
            self._last = block[-1]
            self._begun = True
        elif not self.stopped:
            uneven = self._returns not in (0, self._line_feeds)
            self.unfit = self._within or self._last == CR or uneven or self._lines_above > 0
        return b"" if self.stopped else block

    def _places(self, values: Bytes, byte: int) -> Places:
        return np.flatnonzero(self._equal(values, byte))

    def _equal(self, values: Bytes, byte: int, place: int = 0) -> npt.NDArray[np.bool_]:
        """Tell a byte from others, in one of two places.

        Their memory is used again, as new pages cost more than a look.
        """
        if self._is_byte.shape[1] < len(values):
            self._is_byte = np.empty((2, len(values)), dtype=bool)
        return np.equal(values, byte, out=self._is_byte[place, : len(values)])

    def _next(self, size: int) -> bytes:
        """Return the next bytes below the names, empty only at the end."""
        while True:
            block = self._file.read(min(size, self.size - self.done))
            self.done += len(block)
            ended = not block
            if self._decoder is not None:
                block = self._decoder.decode(block, ended).encode()
            if block and self._lines_above:
                block = self._below_names(block)
            if block or ended:
                return block

    def _below_names(self, block: bytes) -> bytes:
        place = 0
        while self._lines_above:
            end = block.find(b"\n", place) + 1
            line = block[place : end or len(block)]
            if b"\r" in line.removesuffix(b"\r\n").removesuffix(b"\r"):
                self.unfit = True  # lines were counted at lone CRs too
            if not end:
                return b""
            place, self._lines_above = end, self._lines_above - 1
        return block[place:]

    def _has_odd_quote(self, values: Bytes, places: Places) -> bool:
        """Every other quote opens a value, the others close it; doubled ones do both."""
        odd = self._just_closed and not self._edge[values[0]]
        opening, closing = places[self._within :: 2], places[not self._within :: 2]
        before = values[opening - 1]
        if len(opening) and opening[0] == 0:
            before[0] = self._last
        self._just_closed = len(closing) > 0 and int(closing[-1]) == len(values) - 1
        after = values[closing[: -1 if self._just_closed else None] + 1]
        self._within ^= bool(len(places) % 2)
        return odd or not (self._edge[before].all() and self._edge[after].all())

    def _count_lines(self, block: bytes, values: Bytes, quotes: Places, within: bool) -> None:
        raise NotImplementedError

    def _ends_below_blank_line(self, block: bytes) -> bool:
        """Count blank lines; return whether there is nothing else."""
        self.blank_lines += block.count(b"\n")
        return not block.strip(b"\r\n")


class SingleLines(Watch):
    """All line ends count; it stops where they differ, as some may be within quotes."""

    @classmethod
    def over(cls, source: Source, plan: Plan) -> list[Self]:
        """Return a watch for each part of a file, which begins where a line does.

        That it is not within quotes either is seen at the end of the part above it.
        """
        places = [0, *(_line_starts(source) if plan.is_utf8 else ()), source.size]
        return [cls(source, plan, start, end) for start, end in pairwise(places)]

    def _count_lines(self, block: bytes, values: Bytes, quotes: Places, within: bool) -> None:
        are_feeds = self._equal(values, LF)
        feeds, returns = int(np.count_nonzero(are_feeds)), 0
        if b"\r" in block or self._returns:
            are_returns = self._equal(values, CR, place=1)
            returns = int(np.count_nonzero(are_returns))
            follow = np.logical_and(are_returns[:-1], are_feeds[1:], out=are_returns[:-1])
            pairs = int(np.count_nonzero(follow)) + (self._last == CR and block[0] == LF)
            closed = returns + (self._last == CR) - (block[-1] == CR)
            self.stopped |= pairs != feeds or pairs != closed or self._line_feeds > self._returns
        # Blank lines at the end are told from the last block, others by the rows that lack.
        ending = block[-LAST_BYTES:]
        if not ending.strip(b"\r\n"):
            ending = block
        self.blank_lines = max(0, ending[len(ending.rstrip(b"\r\n")) :].count(b"\n") - 1)
        self._line_feeds += feeds
        self._returns += returns


class SeveralLines(Watch):
    """Only line ends outside of quotes count; those within may be of any kind."""

    several_lines = True
    block = LARGE_BLOCK
    _line_length = 0

    def _count_lines(self, block: bytes, values: Bytes, quotes: Places, within: bool) -> None:
        ends, inner = _outside(self._places(values, LF), quotes, within)
        ending = 0
        if b"\r" in block:
            returns, inner_returns = _outside(self._places(values, CR), quotes, within)
            inner += inner_returns
            self._returns += len(returns)
            lone = values[np.minimum(returns + 1, len(values) - 1)] != LF
            self.unfit |= bool(lone[: -1 if block[-1] == CR else None].any())
        if self._returns:
            ending = 1
            before = values[ends - 1]
            if len(ends) and ends[0] == 0:
                before[0] = self._last
            self.unfit |= bool((before != CR).any()) or self._line_feeds > self._returns
        self.inner_line_ends += inner
        self._line_feeds += len(ends)
        self._find_blank_line(block, ends, ending)

    def _find_blank_line(self, block: bytes, ends: Places, ending: int) -> None:
        if self.blank_lines:
            self.unfit |= not self._ends_below_blank_line(block)
        elif len(ends):
            lengths = np.diff(ends, prepend=-1) - 1
            lengths[0] += self._line_length
            blank = np.flatnonzero(lengths <= ending)
            if len(blank):
                rest = block[ends[blank[0] - 1] + 1 if blank[0] else 0 :]
                self.unfit |= not self._ends_below_blank_line(rest)
        self._line_length = (
            len(block) - int(ends[-1]) - 1 if len(ends) else (self._line_length + len(block))
        )


def _outside(places: Places, quotes: Places, within: bool) -> tuple[Places, int]:
    """Return the places that are not within quotes, and how many are."""
    if not len(quotes):
        return (places[:0], len(places)) if within else (places, 0)
    outside = places[(np.searchsorted(quotes, places) + within) % 2 == 0]
    return outside, len(places) - len(outside)


def _line_starts(source: Source) -> Iterator[int]:
    """Yield where the parts of a file begin, but for the first; none within very long lines.

    Each core has as many, all of nearly one size, so that none waits for the others at the end;
    where they would be too small, some cores have none.
    """
    cores = pa.cpu_count()
    parts = cores * math.ceil(source.size / PART / cores) if source.size > PART else 1
    parts = min(parts, math.ceil(source.size * SMALLER / PART))
    above = 0
    with source.path.open("rb") as file:
        for part in range(1, parts):
            file.seek(source.size * part // parts)
            ended = file.readline(BLOCK).endswith(b"\n")
            if ended and above < file.tell() < source.size:
                above = file.tell()
                yield above
