"""Names that nothing else has yet."""

from collections.abc import Container
from itertools import chain, count


def free_name(wanted: str, taken: Container[str], between: str = " ") -> str:
    """Return the name, with a number behind it where it is taken: "rating", then "rating 2"."""
    numbered = (f"{wanted}{between}{number}" for number in count(2))
    return next(name for name in chain([wanted], numbered) if name not in taken)


def added_name(name: str, taken: Container[str]) -> str:
    """Return what a column that is put beside those of a file is called: "textlode_topic_id"."""
    return free_name(f"textlode_{name}", taken, "_")
