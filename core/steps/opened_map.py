"""A map of a project, in memory: read once, kept for a while."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import NotReady
from core.explore import Clusters, Projection, TermCounts
from core.i18n import N_
from core.project import Artifact, Project, Recipe
from core.steps.embedding import Texts, texts_of


@dataclass(frozen=True)
class OpenMap:
    """A map as it is open: its n distinct texts, their vectors (n, d), places (n, 2) and words.

    `unit_of_row` (rows,) leads from rows of the table to texts, -1 for an empty cell; `recall` is
    the share of the true neighbours that the map was made of.
    """

    texts: Texts
    vectors: npt.NDArray[np.float32]
    unit_of_row: npt.NDArray[np.int32]
    first_row: npt.NDArray[np.int64]
    places: npt.NDArray[np.float32]
    clusters: Clusters
    terms: TermCounts
    recall: float


def open_map(project: Project, clusters_key: str = "") -> OpenMap:
    """Return a map of the project (default: the current one), kept in memory for a while.

    Raises NotReady when there is none.
    """
    return _open_map(project.folder, clusters_key or project.current("clusters").key)


def terms_recipe(vectors: Artifact, language: str) -> Recipe:
    """Return the recipe of the words of the texts behind some vectors."""
    return Recipe(
        "terms", inputs={"vectors": vectors.key}, settings={"language": language}, version=2
    )


def neighbours_behind(project: Project, layout: Artifact) -> Artifact:
    """Return the neighbours that a map was made of; an older layout holds them itself."""
    key = layout.inputs.get("neighbours", layout.key)
    return project.artifacts.open(key)


def recall_of(neighbours: Artifact) -> float:
    """Return the share of true neighbours that were found, 1 where all were."""
    return float(neighbours.array("neighbour_recall")[0])


def terms_of_map(project: Project, vectors: Artifact) -> Artifact:
    """Return the words as they were counted; in another language they are counted by a step."""
    key = terms_recipe(vectors, project.state.language).key
    if key in project.artifacts:
        return project.artifacts.open(key)
    for key in reversed(project.artifacts.keys("terms")):
        artifact = project.artifacts.open(key)
        if artifact.inputs["vectors"] == vectors.key:
            return artifact
    raise NotReady(N_("The words of this map have not been counted. Make the map again."))


@lru_cache(maxsize=6)
def _open_map(folder: Path, clusters_key: str) -> OpenMap:
    project = Project.open(folder)
    clusters = project.artifacts.open(clusters_key)
    layout = project.artifacts.open(clusters.inputs["layout"])
    vectors = project.artifacts.open(layout.inputs["vectors"])
    return OpenMap(
        texts=texts_of(project, vectors),
        vectors=vectors.array("vectors"),
        unit_of_row=np.asarray(vectors.array("unit_of_row")),
        first_row=np.asarray(vectors.array("first_row")),
        places=np.asarray(Projection.from_arrays(layout.arrays()).map),
        clusters=Clusters.from_arrays(clusters.arrays()),
        terms=TermCounts.from_arrays(terms_of_map(project, vectors).arrays()),
        recall=recall_of(neighbours_behind(project, layout)),
    )
