"""What a single cell looks like: a number, a date, an address, words."""

import re

NUMBER = re.compile(
    r"[-+(]?\s?[$€£¥₹]?\s?[-+]?(?:\d{1,3}(?:[,. '\u00a0\u202f’]\d{3})+|\d+)?(?:[.,]\d+)?"
    r"(?:[eE][-+]?\d+)?\s?[%‰$€£¥₹)]?"
)
DATE = re.compile(
    r"\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?"
    r"(?:\s?(?:Z|UTC|[-+]\d{2}:?\d{2}))?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp][Mm])?)?"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AaPp][Mm])?"
    r"|(?:\d{1,2}[ -])?[A-Za-z]{3,9}\.?[ -](?:\d{1,2},? )?\d{4}"
)
ADDRESS = re.compile(r"(?:https?|ftp)://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
DIGIT = re.compile("[0-9]")
NOTHING = {"", "na", "n/a", "null", "none", "nan", "-", "--", "?", ".", "nil", "#n/a"}


def is_number(cell: str) -> bool:
    """Whether a cell is one number: with sign, currency, thousands or percent."""
    return (
        len(cell) < 40
        and DIGIT.search(cell) is not None
        and NUMBER.fullmatch(cell.strip()) is not None
    )


def is_date(cell: str) -> bool:
    """Whether a cell is a date or a time in one of the usual forms."""
    return 3 < len(cell) < 40 and DATE.fullmatch(cell.strip()) is not None


def is_nothing(cell: str) -> bool:
    """Whether a cell is empty or says that it is."""
    return len(cell) < 8 and cell.strip().lower() in NOTHING


def is_measure(cell: str) -> bool:
    """Whether a cell is a number or a date, which names of columns hardly are."""
    return is_number(cell) or is_date(cell)
