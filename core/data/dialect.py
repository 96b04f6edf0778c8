"""How a file was written, and what somebody wants it to be read as."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from core.errors import SettingInvalid
from core.i18n import N_


@dataclass(frozen=True)
class Dialect:
    """How the values of a file are written.

    `quote` is empty where no value is quoted. `escape` is what stands before a quote inside a
    quoted value: the quote itself (doubled) or a backslash. `line_end` is "\\n", "\\r\\n", "\\r"
    or "mixed". `header_rows` lines of names begin in line `line_of_names` (0: no names);
    `first_line` is the line of the table's first record. Lines count from 1.
    """

    format: str
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    escape: str = ""
    blank_after_delimiter: bool = False
    line_end: str = ""
    header_rows: int = 1
    line_of_names: int = 0
    first_line: int = 1
    table: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class ReadOptions:
    """What a person decides about a file; None leaves it to the detection.

    `skip_lines` are above the table. `table` is a sheet of a workbook, a file of a zip, or one of
    the further tables that `ReadResult.tables` names.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header_rows: int | None = None
    skip_lines: int | None = None
    table: str | None = None

    def __post_init__(self) -> None:
        if self.encoding is not None:
            _check_encoding(self.encoding)
        if self.delimiter == "" or (self.delimiter and set(self.delimiter) & {"\n", "\r"}):
            raise SettingInvalid(N_("A delimiter is one or more characters, and no line end."))
        for name, value in (("quote", self.quote), ("escape", self.escape)):
            if value is not None and len(value) > 1:
                raise SettingInvalid(
                    N_("The {name} is {value}. It has to be one character, or empty for none."),
                    name=name,
                    value=value,
                )
        for name, number in (("header_rows", self.header_rows), ("skip_lines", self.skip_lines)):
            if number is not None and number < 0:
                raise SettingInvalid(
                    N_("{name} is {value}. It has to be 0 or more."), name=name, value=number
                )

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "ReadOptions":
        """Return options from plain values; raise `SettingInvalid` for a name that is none."""
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise SettingInvalid(
                    N_("There is no reading option {name}. The options are {known}."),
                    name=name,
                    known=", ".join(known),
                )
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


def _check_encoding(name: str) -> None:
    try:
        "".encode(name).decode(name)
    except (LookupError, UnicodeError) as error:
        raise SettingInvalid(
            N_("{name} is no encoding known here. Common ones are utf-8, cp1252 and gb18030."),
            name=name,
        ) from error
