"""How the lines of a file end, how long they get, and its zeros, before it is read with care."""

from dataclasses import dataclass

import numpy as np

from core.data.source import Source

BLOCK = 1 << 20
LF, CR = 10, 13


@dataclass(frozen=True)
class Census:
    """The kind of line end of a file ("mixed" where there are several), its longest line, zeros."""

    line_ends: str
    longest_line: int
    zeros: int


def take_census(source: Source) -> Census:
    """Count the line ends of a file in an encoding that extends ASCII."""
    lf = cr = crlf = longest = since = zeros = 0
    before = LF
    with source.path.open("rb") as file:
        while block := file.read(BLOCK):
            values = np.frombuffer(block, dtype=np.uint8)
            ends = np.flatnonzero((values == LF) | (values == CR))
            returns = block.count(b"\r")
            zeros += block.count(b"\0")
            lf += block.count(b"\n")
            cr += returns
            if returns or before == CR:
                crlf += block.count(b"\r\n") + (before == CR and block[0] == LF)
            if len(ends):
                gaps = np.diff(ends)
                longest = max(longest, since + int(ends[0]), int(gaps.max(initial=0)))
                since = len(values) - int(ends[-1])
            else:
                since += len(values)
            before = block[-1]
    counts = {"\n": lf - crlf, "\r\n": crlf, "\r": cr - crlf}
    kinds = [end for end, count in counts.items() if count]
    line_ends = kinds[0] if len(kinds) == 1 else "mixed" if kinds else "\n"
    return Census(line_ends, max(longest, since), zeros)
