"""Search: texts whose rows hold some words in any column, and texts near a question in meaning."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.embed import load_encoder
from core.errors import InputError
from core.explore import matches, outstanding, query_patterns, search_meaning
from core.i18n import N_
from core.progress import Progress
from core.project import Project
from core.settings import Settings
from core.steps.opened_map import OpenMap

MOST = 20_000


@dataclass(frozen=True)
class SearchSettings:
    """What to look for, and how many texts to return at most."""

    query: str
    nearest: int = MOST


def search(project: Project, settings: SearchSettings, progress: Progress) -> dict[str, Any]:
    """Find the texts that stand out by their nearness (cosine) to a query.

    Returns `units`, the nearest of them, best first; `found`, how many there are in all; and
    `limit`, the nearness from which texts stand out.
    """
    if not settings.query.strip():
        raise InputError(N_("The search is empty. Type what to look for."))
    layout = project.artifacts.open(project.current("clusters").inputs["layout"])
    vectors = project.artifacts.open(layout.inputs["vectors"])
    encoder = load_encoder(str(vectors.settings["encoder"]), Settings.from_environment().device)
    query = encoder.encode([settings.query]).vectors[0]
    nearness = search_meaning(vectors.array("vectors"), query)
    limit = outstanding(nearness)
    found = np.flatnonzero(nearness >= limit)
    best = found[np.argsort(-nearness[found], kind="stable")][: settings.nearest]
    return {"units": best.tolist(), "found": len(found), "limit": round(limit, 4)}


def search_all_columns(project: Project, opened: OpenMap, query: str) -> npt.NDArray[np.int64]:
    """Return the texts of a map of which a row holds every part of a query, in whatever columns."""
    on_map = np.flatnonzero(opened.unit_of_row >= 0)
    units = opened.unit_of_row[on_map]
    others = _other_columns(project.folder, project.current("table").key, project.role("text"))
    patterns = query_patterns(query)
    found = np.full(len(on_map), bool(patterns))
    for pattern in patterns:
        part = matches(opened.texts.column, pattern)[units]
        for column in others:
            # A cell that is empty stands for a value of its own, which nothing matches.
            values = np.append(matches(column.dictionary, pattern), False)
            part |= values[column.indices.fill_null(len(values) - 1).to_numpy()[on_map]]
        found &= part
    return np.unique(units[found]).astype(np.int64)


@lru_cache(maxsize=1)
def _other_columns(folder: Path, table_key: str, text: str) -> list[pa.DictionaryArray]:
    """Return the columns beside the texts, kept in memory as their different values and places."""
    artifact = Project.open(folder).artifacts.open(table_key)
    names = [name for name in artifact.schema("table").names if name != text]
    table = artifact.table("table", names)
    columns = (column.combine_chunks().dictionary_encode() for column in table.columns)
    return [
        pa.concat_arrays(one.chunks) if isinstance(one, pa.ChunkedArray) else one for one in columns
    ]
