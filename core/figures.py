"""Figures as people write them, in any language that Textlode speaks."""


def number(value: float) -> str:
    """Return a whole number with its thousands set apart."""
    return f"{value:,.0f}"


def percent(part: float) -> str:
    """Return a part of one as a percentage."""
    return f"{100 * part:.1f}%"


def size(count: int) -> str:
    """Return a number of bytes in the unit that gives it few digits."""
    kilo = 1024
    for unit, power in (("GB", 3), ("MB", 2)):
        if count >= 0.1 * kilo**power:
            value = count / kilo**power
            return f"{value:.0f} {unit}" if value == round(value) else f"{value:,.1f} {unit}"
    return f"{count / kilo:,.1f} kB"


def share(part: float, whole: float) -> str:
    """Return a part of a whole as a percentage that says neither 0% nor 100% of what is not."""
    if not whole or part in (0, whole):
        return f"{100 * part / whole if whole else 0:.0f}%"
    value = 100 * part / whole
    return f"{value:.1f}%" if 0.1 <= value < 99.9 else ("<0.1%" if value < 1 else ">99.9%")
