"""Where the traceback of what nobody foresaw goes: a log file, under a mark that a person reads."""

import secrets
import traceback
from datetime import datetime
from pathlib import Path

LONGEST_LOG = 2_000_000


def open_log(log: Path) -> Path:
    """Make room for a log, begun anew when it is long, and return it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".old.log"))
    return log


def write_down(error: BaseException, log: Path) -> str:
    """Append a traceback to a log, begun anew when it is long; return the mark it stands under."""
    mark = secrets.token_hex(3)
    lines = "".join(traceback.format_exception(error))
    with open_log(log).open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} [{mark}] {lines}\n")
    return mark
