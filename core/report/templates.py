"""The templates of what is written as HTML: all that stands in them is escaped."""

from functools import cache
from typing import TYPE_CHECKING

from core.figures import number, percent, share

if TYPE_CHECKING:
    from jinja2 import Template

EXAMPLE_LENGTH = 160


@cache
def template(name: str) -> "Template":
    """Return a template of this folder by its file's name."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    house = Environment(
        loader=PackageLoader("core.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    house.filters |= {"number": number, "shorten": shorten, "share": share, "percent": percent}
    return house.get_template(name)


def shorten(text: str, length: int = EXAMPLE_LENGTH) -> str:
    """Return a text on one line, cut at a blank near the limit where there is one."""
    line = " ".join(text[: 8 * length].split())
    if len(line) <= length:
        return line
    cut = line[:length]
    blank = cut.rfind(" ")
    return (cut[:blank] if blank > 0.8 * length else cut).rstrip(" ,;:") + " …"
