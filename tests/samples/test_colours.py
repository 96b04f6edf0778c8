"""On the maps of the samples, topics that lie side by side have colours that differ."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import Delaunay

from core.palette import category, distances_as_seen
from core.project import Catalogue, Project
from core.samples import SAMPLES, Sample
from core.steps import load_topics, open_map


def neighbours_on_map(project: Project) -> tuple[np.ndarray, list[str]]:
    """Return the pairs of topics (e, 2) that lie side by side, and the colours of all topics.

    By the triangulation of their middles, without its long sides along the hull.
    """
    topics, places = load_topics(project), open_map(project).places
    middles = np.array(
        [np.median(places[topics.topic_of_unit == topic.id], axis=0) for topic in topics.topics]
    )
    sides = {
        tuple(sorted(pair))
        for corners in Delaunay(middles).simplices.tolist()
        for pair in combinations(corners, 2)
    }
    pairs = np.array(sorted(sides))
    lengths = np.linalg.norm(middles[pairs[:, 0]] - middles[pairs[:, 1]], axis=1)
    return pairs[lengths < 3 * np.median(lengths)], [category(t.colour) for t in topics.topics]


@pytest.mark.parametrize("count", [12, 33])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_neighbours_on_the_map_have_colours_that_differ(
    sample: Sample, count: int, tmp_path: Path
) -> None:
    """With twenty colours given in turn it was 12.5 in CAM02-UCS, and 1.9 to the colour-blind."""
    project = Catalogue(tmp_path).import_archive(sample.archive, sample.title)
    project.record("topic_count_set", count=count)
    pairs, colours = neighbours_on_map(project)
    assert len(set(colours)) == count, "each has its own"
    usual, *others = distances_as_seen(tuple(colours))
    assert usual[pairs[:, 0], pairs[:, 1]].min() > 16
    assert min(other[pairs[:, 0], pairs[:, 1]].min() for other in others) > 8.5


def test_a_topic_keeps_its_colour_when_there_are_more_or_fewer(tmp_path: Path) -> None:
    project = Catalogue(tmp_path).import_archive(SAMPLES[0].archive, "kept")
    seen: dict[int, int | str] = {}
    for count in (5, 12, 33, 60):
        project.record("topic_count_set", count=count)
        for topic in load_topics(project).topics:
            assert seen.setdefault(topic.id, topic.colour) == topic.colour
