"""How good the topics are as they stand: are their texts alike, would they come out again?"""

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from core.explore import ClusterSettings, Projection, Resamples, resample
from core.explore import coherence as coherence_of
from core.explore import stability as stability_of
from core.i18n import N_
from core.progress import Progress
from core.project import Artifact, Draft, Project, Recipe
from core.steps.opened_map import open_map
from core.steps.topics import TopicView, load_topics


@dataclass(frozen=True)
class MeasureSettings:
    """Measuring has no settings: it measures the topics that stand."""


# Hennig (2007) calls a cluster stable from 0.75 on, and dissolved below 0.5.
FIRM, LOOSE = 0.75, 0.5
# Parts of the coherence that the middle one of the map's topics has: short texts, another encoder
# and more topics move all topics of a map together.
CLEAR, VAGUE = 0.8, 0.5
# So much the random groups of a small map reach.
BY_CHANCE = 0.03


@dataclass(frozen=True)
class Measure:
    """Of one topic: `coherence` of its texts, 0 as any texts to 1, and `stability`, 0..1.

    `usual` is the coherence of the middle one of the map's topics. None: not known.
    """

    coherence: float | None
    stability: float | None
    usual: float | None = None

    @property
    def coherence_grade(self) -> str:
        """Whether its texts are alike, beside those of the map's other topics, in a word to be
        translated.
        """
        usual = max(self.usual or 0.0, BY_CHANCE / VAGUE)
        return _grade(self.coherence, CLEAR * usual, VAGUE * usual, N_("clear"), N_("vague"))

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
    known = [one["coherence"] for one in found if one["coherence"] is not None]
    usual = median(known) if known else None
    return {one["topic"]: Measure(one["coherence"], one["stability"], usual) for one in found}


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
    return above if value >= round(high, 2) else below if value < round(low, 2) else N_("fair")


def _recipe(project: Project, view: TopicView) -> Recipe:
    clusters = project.current("clusters")
    return Recipe("measures", {"clusters": clusters.key}, {"topics": view.fingerprint}, version=3)


def _measured(project: Project, view: TopicView, resamples: Artifact) -> list[dict[str, Any]]:
    ids = [topic.id for topic in view.topics]
    coherent = coherence_of(view.topic_of_unit, ids, open_map(project).vectors)
    stable = stability_of(view.topic_of_unit, ids, Resamples.from_arrays(resamples.arrays()))
    return [
        {"topic": topic, "coherence": one, "stability": other}
        for topic, one, other in zip(ids, coherent, stable, strict=True)
    ]
