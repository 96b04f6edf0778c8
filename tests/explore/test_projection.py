"""Layouts are the same for the same seed, and sensible for any number of texts."""

import numpy as np
import pytest

from core.errors import Cancelled, SettingInvalid
from core.explore import Projection, ProjectionSettings, find_neighbours, project
from core.explore.projection import automatic_epochs
from core.progress import Progress


def groups(n: int, of: int = 4) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    centres = random.normal(size=(of, 16)) * 4
    group = np.arange(n) % of
    return (centres[group] + random.normal(size=(n, 16))).astype(np.float32), group


def lay_out(vectors: np.ndarray, **options: float) -> Projection:
    settings = ProjectionSettings(**options)  # type: ignore[arg-type]
    return project(vectors, find_neighbours(vectors, settings.n_neighbors), settings)


def test_groups_stay_together() -> None:
    vectors, group = groups(200)
    layout = lay_out(vectors)

    for points in (layout.map, layout.space):
        centres = np.stack([points[group == g].mean(axis=0) for g in range(4)])
        nearest = np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)
        assert (nearest == group).mean() > 0.98


def test_the_same_seed_gives_the_same_layout_and_another_seed_another() -> None:
    vectors, _ = groups(150)
    first, second, other = lay_out(vectors), lay_out(vectors), lay_out(vectors, seed=7)

    assert (first.map == second.map).all()
    assert (first.space == second.space).all()
    assert (first.map != other.map).any()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 15, 16, 20])
def test_few_texts_are_laid_out(n: int) -> None:
    layout = lay_out(groups(n)[0])

    assert layout.map.shape == (n, 2)
    assert layout.space.shape == (n, 5)
    assert layout.map.dtype == layout.space.dtype == np.float32
    assert np.isfinite(layout.map).all() and np.isfinite(layout.space).all()
    assert len(np.unique(layout.map, axis=0)) == n


def test_two_texts_lie_on_a_line_and_their_distance_is_kept() -> None:
    vectors, _ = groups(2)
    layout = lay_out(vectors)

    assert np.allclose(layout.map[:, 1], 0)
    expected = np.linalg.norm(vectors[0] - vectors[1])
    assert np.isclose(abs(layout.map[0, 0] - layout.map[1, 0]), expected, rtol=1e-4)


def test_equal_texts_can_each_be_seen() -> None:
    layout = lay_out(np.ones((40, 8), dtype=np.float32))

    assert len(np.unique(layout.map, axis=0)) == 40
    assert not layout.space.any()


def test_some_texts_with_equal_vectors() -> None:
    vectors, _ = groups(60)
    vectors[:30] = vectors[0]

    assert np.isfinite(lay_out(vectors).map).all()


def test_layout_reports_and_can_be_cancelled() -> None:
    class Impatient(Progress):
        def __init__(self) -> None:
            self.messages: list[str] = []

        def __call__(self, done: float, total: float, message: str = "") -> None:
            self.messages.append(message)
            if message == "Laying out" and done:
                raise Cancelled("Cancelled.")

    vectors, _ = groups(400)
    progress = Impatient()
    with pytest.raises(Cancelled):
        project(vectors, find_neighbours(vectors), ProjectionSettings(epochs=100_000), progress)
    assert progress.messages[0] == "Preparing the map"


@pytest.mark.parametrize("wrong", [{"n_neighbors": 1}, {"min_dist": 1.5}, {"epochs": -1}])
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingInvalid, match=str(next(iter(wrong.values())))):
        ProjectionSettings(**wrong)  # type: ignore[arg-type]


def test_arrays_round_trip() -> None:
    layout = lay_out(groups(5)[0])
    again = Projection.from_arrays(layout.arrays())
    assert (again.map == layout.map).all() and (again.space == layout.space).all()


def test_rounds_fall_from_500_to_100_without_a_step() -> None:
    sizes = [100, 6_000, 10_000, 15_000, 50_000, 50_001, 75_000, 100_000, 1_000_000]
    assert [automatic_epochs(n) for n in sizes] == [500, 500, 300, 200, 200, 199, 133, 100, 100]
