"""How long texts will take here, from how long others took on this machine."""

import json
import os
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

# Fewer characters tell more of the start than of the pace.
ENOUGH_TO_MEASURE = 20_000


def record_pace(folder: Path, name: str, texts: Sequence[str], seconds: float) -> None:
    """Remember how fast an encoder was; too little work to tell is left out."""
    characters = sum(map(len, texts))
    if characters < ENOUGH_TO_MEASURE or seconds <= 0:
        return
    paces = {**_read(folder), name: round(characters / seconds, 1)}
    beside = folder / f".{uuid.uuid4().hex}.json"
    with suppress(OSError):  # an estimate is not worth an error
        folder.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(paces), encoding="utf-8")
        os.replace(beside, folder / "pace.json")


def estimate_seconds(folder: Path, name: str, characters: int) -> float | None:
    """Return how long an encoder will take for so many characters; None where it never ran."""
    pace = _read(folder).get(name)
    return characters / pace if pace else None


def _read(folder: Path) -> dict[str, float]:
    try:
        found = json.loads((folder / "pace.json").read_text(encoding="utf-8"))
        return {str(name): float(pace) for name, pace in found.items() if float(pace) > 0}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
