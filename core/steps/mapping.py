"""The vectors of a project become a map and a tree of clusters."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import SettingInvalid
from core.explore import (
    Clusters,
    ClusterSettings,
    Projection,
    ProjectionSettings,
    TermCounts,
    cluster,
    count_terms,
    find_neighbours,
)
from core.explore import (
    project as project_vectors,
)
from core.i18n import N_
from core.progress import SILENT, Progress
from core.project import Artifact, Draft, Project, Recipe
from core.settings import SEED
from core.steps.embedding import texts_of, vectors_of


@dataclass(frozen=True)
class MapSettings:
    """How the map is made. `topics` is how many to start with; 0 lets the tree suggest."""

    encoder: str = ""
    topics: int = 0
    neighbours: int = 20
    spread: float = 0.1
    smallest_cluster: int = 0
    seed: int = SEED

    def __post_init__(self) -> None:
        if self.topics < 0:
            raise SettingInvalid(
                N_("{topics} topics were asked for. Ask for 1 or more, or 0 for a suggestion."),
                topics=self.topics,
            )


def make_map(project: Project, settings: MapSettings, progress: Progress) -> dict[str, Any]:
    """Lay the texts out and cluster them, embedding them first when needed."""
    vectors = vectors_of(project, settings.encoder, progress)
    layout = layout_of(project, vectors, settings, progress)
    clusters = clusters_of(project, layout, settings, progress)
    terms = terms_of(project, vectors, progress)
    for artifact in (vectors, layout, terms, clusters):
        project.make_current(artifact)
    if settings.topics:
        project.record("topic_count_proposed", count=settings.topics)
    return {
        "vectors": vectors.key,
        "layout": layout.key,
        "clusters": clusters.key,
        **clusters.json("facts"),
    }


def layout_of(
    project: Project, vectors: Artifact, settings: MapSettings, progress: Progress
) -> Artifact:
    """Return the 2-D map and the clustering space of some vectors."""
    options = ProjectionSettings(
        n_neighbors=settings.neighbours, min_dist=settings.spread, seed=settings.seed
    )
    recipe = Recipe("layout", inputs={"vectors": vectors.key}, settings=asdict(options))

    def build(draft: Draft, scratch: Path) -> None:
        values = vectors.array("vectors")
        neighbours = find_neighbours(values, options.n_neighbors, progress)
        projection = project_vectors(values, neighbours, options, progress)
        draft.save_arrays(neighbours.arrays())
        draft.save_arrays(projection.arrays())

    return project.make(recipe, build)


def clusters_of(
    project: Project, layout: Artifact, settings: MapSettings, progress: Progress
) -> Artifact:
    """Return the tree of clusters over a layout."""
    options = ClusterSettings(min_cluster_size=settings.smallest_cluster or None)
    recipe = Recipe("clusters", inputs={"layout": layout.key}, settings=asdict(options))

    def build(draft: Draft, scratch: Path) -> None:
        space = Projection.from_arrays(layout.arrays()).space
        vectors = project.artifacts.open(layout.inputs["vectors"]).array("vectors")
        clusters = cluster(space, options, progress, vectors)
        draft.save_arrays(clusters.arrays())
        draft.save_json("facts", _facts(clusters))

    return project.make(recipe, build)


def terms_of(project: Project, vectors: Artifact, progress: Progress) -> Artifact:
    """Return the counts of words and phrases of the texts behind some vectors."""
    language = project.state.language
    recipe = Recipe("terms", inputs={"vectors": vectors.key}, settings={"language": language})

    def build(draft: Draft, scratch: Path) -> None:
        draft.save_arrays(count_terms(texts_of(project, vectors), language, progress).arrays())

    return project.make(recipe, build)


@dataclass(frozen=True)
class OpenMap:
    """A map in memory: its n distinct texts, their vectors (n, d), places (n, 2) and words.

    `unit_of_row` (rows,) leads from rows of the table to texts, -1 for an empty cell.
    """

    texts: list[str]
    vectors: npt.NDArray[np.float32]
    unit_of_row: npt.NDArray[np.int32]
    first_row: npt.NDArray[np.int64]
    places: npt.NDArray[np.float32]
    clusters: Clusters
    terms: TermCounts


def open_map(project: Project, clusters_key: str = "") -> OpenMap:
    """Return a map of the project (default: the current one), kept in memory for a while.

    Raises NotReady when there is none.
    """
    return _open_map(project.folder, clusters_key or project.current("clusters").key)


@lru_cache(maxsize=6)
def _open_map(folder: Path, clusters_key: str) -> OpenMap:
    project = Project.open(folder)
    clusters = project.artifacts.open(clusters_key)
    layout = project.artifacts.open(clusters.inputs["layout"])
    vectors = project.artifacts.open(layout.inputs["vectors"])
    terms = terms_of(project, vectors, SILENT)
    return OpenMap(
        texts=texts_of(project, vectors),
        vectors=vectors.array("vectors"),
        unit_of_row=np.asarray(vectors.array("unit_of_row")),
        first_row=np.asarray(vectors.array("first_row")),
        places=np.asarray(Projection.from_arrays(layout.arrays()).map),
        clusters=Clusters.from_arrays(clusters.arrays()),
        terms=TermCounts.from_arrays(terms.arrays()),
    )


def _facts(clusters: Clusters) -> dict[str, Any]:
    return {
        "texts": len(clusters.leaf_of_unit),
        "leaves": clusters.leaf_count,
        "suggested_topics": clusters.suggested_topics,
    }
