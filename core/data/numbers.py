"""Numbers as people write them become floats."""

import re
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

# Signs, blanks (those that do not break a line too) and the marks between thousands go.
AROUND = r"^\s*\+|[%'\s\x{a0}\x{202f}]|,(\d{3}\b)"
# 1.234,5 can be meant in one way only: so a whole column is read where one value is written so.
DECIMAL_COMMA = r"^\s*[-+]?\d{1,3}(\.\d{3})+,\d+\s*%?\s*$"
WITH_DECIMALS = r"[-+]?[\d.,'\s]*([.,])\d+\s*%?"
# A thousand, or one with three decimals: by itself it says nothing of the signs.
TWO_MEANINGS = r"^[-+]?[1-9]\d{0,2}[.,]\d{3}$"
PLAIN = r"^-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$"


def parse_numbers(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Return numbers as float64, null for what is none.

    1,234.5 or 12,5 or 7 % are numbers, and so are 1.234,5 and whatever stands in a column with it.
    """
    if pc.any(pc.match_substring_regex(column, DECIMAL_COMMA)).as_py():
        column = pc.replace_substring(pc.replace_substring(column, ".", ""), ",", ".")
    bare = pc.replace_substring_regex(column, AROUND, r"\1")
    bare = pc.replace_substring(bare, ",", ".")
    is_number = pc.fill_null(pc.match_substring_regex(bare, PLAIN), False)
    return pc.cast(pc.if_else(is_number, bare, None), pa.float64())


def decimal_sign(numbers: Iterable[str]) -> str:
    """Return the sign before the decimals of most of some numbers: a comma, a point, or neither."""
    signs = []
    for number in map(str.strip, numbers):
        found = re.fullmatch(WITH_DECIMALS, number)
        if found and number.count(found[1]) == 1 and not re.match(TWO_MEANINGS, number):
            signs.append(found[1])
    return max(".,", key=signs.count) if signs else ""
