"""Search by meaning: the texts whose vectors are nearest to that of a question."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.embed import load_encoder
from core.errors import InputError
from core.explore import search_meaning
from core.i18n import N_
from core.progress import Progress
from core.project import Project
from core.settings import Settings


@dataclass(frozen=True)
class SearchSettings:
    """What to look for, and how many texts to return at most."""

    query: str
    nearest: int = 200


def search(project: Project, settings: SearchSettings, progress: Progress) -> dict[str, Any]:
    """Return the nearest texts, best first, and how near they are (cosine)."""
    if not settings.query.strip():
        raise InputError(N_("The search is empty. Type what to look for."))
    layout = project.artifacts.open(project.current("clusters").inputs["layout"])
    vectors = project.artifacts.open(layout.inputs["vectors"])
    encoder = load_encoder(str(vectors.settings["encoder"]), Settings.from_environment().device)
    query = encoder.encode([settings.query]).vectors[0]
    nearness = search_meaning(vectors.array("vectors"), query)
    best = np.argsort(-nearness, kind="stable")[: settings.nearest]
    return {"units": best.tolist(), "nearness": nearness[best].round(4).tolist()}
