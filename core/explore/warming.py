"""What is compiled, compiled before somebody waits for it."""

import numpy as np

from core.explore.clusters import ClusterEngine, ClusterSettings, cluster
from core.explore.neighbours import find_neighbours, search_approximately
from core.explore.projection import ProjectionSettings, project


def warm_up() -> None:
    """Search, lay out and cluster a few points, so that all is compiled, cached and loaded."""
    vectors = np.random.default_rng(0).normal(size=(64, 8)).astype(np.float32)
    neighbours = find_neighbours(vectors)
    space = project(vectors, neighbours, ProjectionSettings()).space
    # More than the megabyte that pynndescent's trees split in another way.
    many = np.random.default_rng(0).normal(size=(2_000, 256)).astype(np.float32)
    search_approximately(many / np.linalg.norm(many, axis=1, keepdims=True), 20)
    for engine in ClusterEngine:
        cluster(space, ClusterSettings(engine=engine))
