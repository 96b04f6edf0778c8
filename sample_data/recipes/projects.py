"""The sample tables as ready projects: read, embedded, mapped, packed, and drawn as a picture."""

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.palette import category
from core.progress import Progress
from core.project import Project, export_archive
from core.samples import SAMPLES, Sample
from core.steps import load_topics, open_map, run_step

TOPICS = {"addresses": 16, "mail": 14, "packages_zh": 16}
WIDTH, HEIGHT, MARGIN = 480, 300, 12


def build_projects(folder: Path, progress: Progress) -> None:
    """Make `project.zip` and `map.svg` of each sample below a folder."""
    for sample in SAMPLES:
        with tempfile.TemporaryDirectory() as scratch:
            project = make_project(sample, Path(scratch) / "project", progress)
            export_archive(project, folder / sample.name / "project.zip")
            (folder / sample.name / "map.svg").write_text(draw(project), encoding="utf-8")


def make_project(sample: Sample, folder: Path, progress: Progress) -> Project:
    """Run the steps that a person would run on a sample's table."""
    project = Project.create(folder, sample.title, by="textlode")
    run_step("ingest", str(folder), {"files": [str(sample.table)], "text": "text"}, progress)
    run_step("map", str(folder), {"topics": TOPICS[sample.name]}, progress)
    return project


def draw(project: Project) -> str:
    """Return the map as a small SVG, one path of dots for each topic."""
    topics, opened = load_topics(project), open_map(project)
    places = _fit(opened.places)
    paths = [
        f'<path stroke="{category(topic.colour)}" d="{_dots(places[rows])}"/>'
        for topic in topics.topics
        if (rows := topics.topic_of_unit == topic.id).any()
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" '
        f'stroke-width="4" stroke-linecap="round" stroke-opacity="0.7">{"".join(paths)}</svg>\n'
    )


def _fit(places: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Scale places into the picture, both axes alike, up being up."""
    low, high = np.percentile(places, [0.5, 99.5], axis=0)
    room = np.array([WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN])
    scale = (room / np.maximum(high - low, 1e-9)).min()
    centred = (places - (low + high) / 2) * scale * [1, -1] + [WIDTH / 2, HEIGHT / 2]
    return np.clip(centred, MARGIN / 2, [WIDTH - MARGIN / 2, HEIGHT - MARGIN / 2]).astype(np.int64)


def _dots(places: npt.NDArray[np.int64]) -> str:
    return "".join(f"M{x} {y}h0" for x, y in places.tolist())
