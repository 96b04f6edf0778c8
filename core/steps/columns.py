"""Names for columns that are put beside those of the file."""

from collections.abc import Sequence

# What is put beside the columns of a file begins so.
PREFIX = "textlode_"


def free_name(name: str, taken: Sequence[str]) -> str:
    """Return the name, with a number behind it where a column of the file has it already."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
