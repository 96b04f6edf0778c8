"""Addresses, telephone numbers and links leave the texts; a mark in brackets stays behind."""

import re

_LINK = re.compile(r"<?(?:(?:https?|ftp|mailto)\s?:\s?/{0,2}|www\d?\.)[^\s<>\"]+>?", re.IGNORECASE)
_ADDRESS = re.compile(
    r"<?[\w.+=%~*$!#'/-]+\s?(?:@|\(at\)|\[at\]|&#64;)\s?[\w-]+(?:\.[\w-]+)+>?", re.IGNORECASE
)
# Seven or more digits in groups, as telephones, faxes and account numbers are written.
_NUMBER = re.compile(
    r"(?<![\w$€£])(?<!\d[.,:/-])\+?\(?\d(?:[ ().\u2010-\u2015/-]{0,3}\d){6,}(?!\d)"
)
_DATE_OR_VERSION = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}-\d{4}"
    r"|\d{1,3}(?:\.\d{1,3}){2,}(?:-\d{1,3})*"
)
_STANDARD = re.compile(r"(?:ISO|IEC)[/ -]*$")


def mask(text: str) -> str:
    """`text` with [link], [address] and [number] in the place of what could reach a person."""
    text = _LINK.sub(" [link] ", text)
    text = _ADDRESS.sub(" [address] ", text)
    text = _NUMBER.sub(_number, text)
    text = re.sub(r"(\[(?:link|address|number)\])(?:\s*\1)+", r"\1", text)
    text = re.sub(r"(\[(?:link|address|number)\])\s+(?=[.,;:!?)。，；：！？）])", r"\1", text)
    return re.sub(r"[ \t]+", " ", text).strip()


def _number(match: re.Match[str]) -> str:
    harmless = _DATE_OR_VERSION.fullmatch(match.group()) or _STANDARD.search(
        match.string[: match.start()]
    )
    return match.group() if harmless else " [number] "
