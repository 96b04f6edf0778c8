"""The vectors of a project become a map and a tree of clusters."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.background import Background
from core.errors import SettingInvalid
from core.explore import (
    ClusterEngine,
    Clusters,
    ClusterSettings,
    Neighbours,
    Projection,
    ProjectionSettings,
    cluster,
    count_terms,
    find_neighbours,
)
from core.explore import (
    project as project_vectors,
)
from core.i18n import N_
from core.progress import Progress
from core.project import Artifact, Draft, Project, Recipe
from core.settings import SEED
from core.steps.carrying import carry_over
from core.steps.embedding import texts_of, vectors_of
from core.steps.opened_map import recall_of, terms_recipe

# How a map is made when nobody says otherwise.
MAP_DEFAULTS: dict[str, Any] = {
    "neighbours": ProjectionSettings().n_neighbors,
    "spread": ProjectionSettings().min_dist,
    "smallest_cluster": 0,
    "engine": str(ClusterEngine.HDBSCAN),
    "seed": SEED,
}


@dataclass(frozen=True)
class MapSettings:
    """How the map is made. What is not given is as it was given last in this project.

    `topics` is how many to start with; 0 keeps the number, or lets the tree suggest one.
    `neighbours`, `spread` (min_dist) and `seed` are those of UMAP, `smallest_cluster` (0: by the
    number of texts) and `engine` those of HDBSCAN.
    """

    encoder: str = ""
    topics: int = 0
    neighbours: int | None = None
    spread: float | None = None
    smallest_cluster: int | None = None
    engine: str | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.topics < 0:
            raise SettingInvalid(
                N_("{topics} topics were asked for. Ask for 1 or more, or 0 for a suggestion."),
                topics=self.topics,
            )
        options = {**MAP_DEFAULTS, **self.given}
        _projection_settings(options), _cluster_settings(options)  # each checks itself

    @property
    def given(self) -> dict[str, Any]:
        """Those settings of UMAP and HDBSCAN that are given."""
        return {
            name: getattr(self, name) for name in MAP_DEFAULTS if getattr(self, name) is not None
        }


def make_map(project: Project, settings: MapSettings, progress: Progress) -> dict[str, Any]:
    """Lay the texts out and cluster them, embedding them first when needed.

    What a person said of the topics of the map before goes to the topics that match.
    """
    options = {**map_options(project), **settings.given}
    projection, clustering = _projection_settings(options), _cluster_settings(options)
    before = project.state
    vectors = vectors_of(project, settings.encoder, progress)
    neighbours = neighbours_of(project, vectors, projection, progress)
    with Background(lambda aside: terms_of(project, vectors, aside)) as counting:
        layout = layout_of(project, neighbours, projection, progress, counting.start)
        clusters = clusters_of(project, layout, clustering, progress)
        terms = counting.result(progress)
    for artifact in (vectors, layout, terms, clusters):
        project.make_current(artifact)
    if options != map_options(project):
        project.record("map_settings_set", settings=options)
    if settings.topics:
        project.record("topic_count_proposed", count=settings.topics)
    progress(0, 0, N_("Matching the topics with those before"))
    carried = carry_over(project, before)
    return {
        "vectors": vectors.key,
        "layout": layout.key,
        "clusters": clusters.key,
        "recall": recall_of(neighbours),
        **clusters.json("facts"),
        **carried,
    }


def map_options(project: Project) -> dict[str, Any]:
    """Return the settings of UMAP and HDBSCAN as they were given last in this project."""
    return {**MAP_DEFAULTS, **project.state.map_settings}


def _projection_settings(options: dict[str, Any]) -> ProjectionSettings:
    return ProjectionSettings(
        n_neighbors=options["neighbours"], min_dist=options["spread"], seed=options["seed"]
    )


def _cluster_settings(options: dict[str, Any]) -> ClusterSettings:
    return ClusterSettings(
        min_cluster_size=options["smallest_cluster"] or None,
        engine=options["engine"],
    )


def neighbours_of(
    project: Project, vectors: Artifact, options: ProjectionSettings, progress: Progress
) -> Artifact:
    """Return the nearest others of each text."""
    recipe = Recipe(
        "neighbours",
        inputs={"vectors": vectors.key},
        settings={"n_neighbors": options.n_neighbors, "seed": options.seed},
    )

    def build(draft: Draft, scratch: Path) -> None:
        values = vectors.array("vectors")
        found = find_neighbours(values, options.n_neighbors, progress, options.seed)
        draft.save_arrays(found.arrays())

    return project.make(recipe, build)


def layout_of(
    project: Project,
    neighbours: Artifact,
    options: ProjectionSettings,
    progress: Progress,
    beside: Callable[[], object] = lambda: None,
) -> Artifact:
    """Return the 2-D map and the clustering space of texts that know their neighbours.

    `beside` is called when a core begins to be idle, if there is something to lay out.
    """
    vectors = project.artifacts.open(neighbours.inputs["vectors"])
    recipe = Recipe(
        "layout",
        inputs={"vectors": vectors.key, "neighbours": neighbours.key},
        settings=asdict(options),
        version=4,
    )

    def build(draft: Draft, scratch: Path) -> None:
        found = Neighbours.from_arrays(neighbours.arrays())
        projection = project_vectors(vectors.array("vectors"), found, options, progress, beside)
        draft.save_arrays(projection.arrays())

    return project.make(recipe, build)


def clusters_of(
    project: Project, layout: Artifact, options: ClusterSettings, progress: Progress
) -> Artifact:
    """Return the tree of clusters over a layout."""
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

    def build(draft: Draft, scratch: Path) -> None:
        draft.save_arrays(count_terms(texts_of(project, vectors), language, progress).arrays())

    return project.make(terms_recipe(vectors, language), build)


def _facts(clusters: Clusters) -> dict[str, Any]:
    return {
        "texts": len(clusters.leaf_of_unit),
        "leaves": clusters.leaf_count,
        "suggested_topics": clusters.suggested_topics,
    }
