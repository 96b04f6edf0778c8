"""A quick count of the bytes that structure a text file, to know what may be read the fast way."""

from dataclasses import dataclass

import numpy as np

from core.data.source import Source

BLOCK = 8 << 20
LF, CR, NUL = 10, 13, 0


@dataclass(frozen=True)
class Census:
    """Line ends and odd bytes of a file.

    `stray_quotes` have neither a delimiter, a line end nor another quote beside them.
    """

    lines: int
    line_ends: str
    nuls: int
    stray_quotes: int
    quotes: int
    longest_line: int


def take_census(source: Source, delimiter: str, quote: str) -> Census:
    """Count line ends, zeros and quotes of a file in an encoding that extends ASCII."""
    lf = cr = crlf = nuls = stray = quotes = longest = since = 0
    before, last = LF, LF
    structural = np.zeros(256, dtype=bool)
    structural[[LF, CR, ord(delimiter[:1] or ",")]] = True
    mark = ord(quote) if quote else -1
    if quote:
        structural[mark] = True
    with source.path.open("rb") as file:
        while block := file.read(BLOCK):
            values = np.frombuffer(block, dtype=np.uint8)
            ends = np.flatnonzero(values == LF)
            lf += len(ends)
            returns = block.count(b"\r")
            cr += returns
            if returns:
                crlf += block.count(b"\r\n") + (before == CR and block[0] == LF)
            nuls += block.count(b"\0")
            if len(ends):
                gaps = np.diff(ends)
                longest = max(longest, since + int(ends[0]), int(gaps.max(initial=0)))
                since = len(values) - int(ends[-1])
            elif not returns:
                since += len(values)
            if quote:
                places = np.flatnonzero(values == mark)
                quotes += len(places)
                left = np.where(places > 0, values[places - 1], before)
                right = values[np.minimum(places + 1, len(values) - 1)]
                inner = places + 1 < len(values)
                stray += int((~structural[left] & ~structural[right] & inner).sum())
            before = last = block[-1]
    lone = cr - crlf
    ends_of = {"\n": lf - crlf, "\r\n": crlf, "\r": lone}
    kinds = [end for end, count in ends_of.items() if count]
    line_ends = kinds[0] if len(kinds) == 1 else "mixed" if kinds else "\n"
    lines = lf + lone + (last not in (LF, CR))
    return Census(lines, line_ends, nuls, stray, quotes, max(longest, since))
