"""How good the topics are as they stand: do their words go together, would they come out again?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.explore import ClusterSettings, Projection, Resamples, resample
from core.explore import coherence as coherence_of
from core.explore import stability as stability_of
from core.i18n import N_
from core.progress import Progress
from core.project import Artifact, Draft, Project, Recipe
from core.steps.opened_map import open_map, terms_of_map
from core.steps.topics import TopicView, load_topics


@dataclass(frozen=True)
class MeasureSettings:
    """Measuring has no settings: it measures the topics that stand."""


# Hennig (2007) calls a cluster stable from 0.75 on, and dissolved below 0.5.
FIRM, LOOSE = 0.75, 0.5
CLEAR, VAGUE = 0.15, 0.0


@dataclass(frozen=True)
class Measure:
    """Of one topic: `coherence` of its keywords, -1..1, and `stability`, 0..1; None: not known."""

    coherence: float | None
    stability: float | None

    @property
    def coherence_grade(self) -> str:
        """Whether its keywords go together, in a word to be translated."""
        return _grade(self.coherence, CLEAR, VAGUE, N_("clear"), N_("vague"))

    @property
    def stability_grade(self) -> str:
        """Whether it would come out again, in a word to be translated."""
        return _grade(self.stability, FIRM, LOOSE, N_("firm"), N_("loose"))


def measure(project: Project, settings: MeasureSettings, progress: Progress) -> dict[str, Any]:
    """Measure the coherence and the stability of the topics as they stand."""
    view = load_topics(project)
    resamples = resamples_of(project, progress)

    def build(draft: Draft, scratch: Path) -> None:
        draft.save_json("measures", _measured(project, view, resamples))

    artifact = project.make(_recipe(project, view), build)
    return {"measures": artifact.key, "topics": len(view.topics)}


def measures_of(project: Project, view: TopicView) -> dict[int, Measure] | None:
    """Return the measures of topics by their ids; None before they have been measured."""
    key = _recipe(project, view).key
    if key not in project.artifacts:
        return None
    found = project.artifacts.open(key).json("measures")
    return {one["topic"]: Measure(one["coherence"], one["stability"]) for one in found}


def resamples_of(project: Project, progress: Progress) -> Artifact:
    """Return samples of the map's texts, each clustered again: once for a map."""
    clusters = project.current("clusters")
    recipe = Recipe("resamples", inputs={"clusters": clusters.key})

    def build(draft: Draft, scratch: Path) -> None:
        layout = project.artifacts.open(clusters.inputs["layout"])
        vectors = project.artifacts.open(layout.inputs["vectors"]).array("vectors")
        space = Projection.from_arrays(layout.arrays()).space
        options = ClusterSettings(**clusters.settings)
        draft.save_arrays(resample(space, vectors, options, progress).arrays())

    return project.make(recipe, build)


def measured(project: Project, view: TopicView, progress: Progress) -> dict[int, Measure]:
    """Return the measures of topics by their ids, measuring them where that was not done yet."""
    found = measures_of(project, view)
    if found is None:
        measure(project, MeasureSettings(), progress)
        found = measures_of(project, view)
    return found or {}


def _grade(value: float | None, high: float, low: float, above: str, below: str) -> str:
    if value is None:
        return N_("not known")
    value = round(value, 2)
    return above if value >= high else below if value < low else N_("fair")


def _recipe(project: Project, view: TopicView) -> Recipe:
    clusters = project.current("clusters")
    vectors = project.artifacts.open(clusters.inputs["layout"]).inputs["vectors"]
    terms = terms_of_map(project, project.artifacts.open(vectors))
    inputs = {"clusters": clusters.key, "terms": terms.key}
    return Recipe("measures", inputs, {"topics": view.fingerprint}, version=2)


def _measured(project: Project, view: TopicView, resamples: Artifact) -> list[dict[str, Any]]:
    terms = open_map(project).terms
    ids = [topic.id for topic in view.topics]
    coherent = coherence_of([topic.keywords for topic in view.topics], terms)
    stable = stability_of(view.topic_of_unit, ids, Resamples.from_arrays(resamples.arrays()))
    return [
        {"topic": topic, "coherence": one, "stability": other}
        for topic, one, other in zip(ids, coherent, stable, strict=True)
    ]
