"""Vectors are laid out: in two dimensions to look at, in five to cluster."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.errors import SettingInvalid
from core.explore.compiled import umap_kernels
from core.explore.neighbours import Neighbours, Vectors
from core.explore.umap_layout import Layout, Points
from core.i18n import N_
from core.progress import SILENT, Progress
from core.settings import SEED

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SPACE_DIMENSIONS = 5
FEWEST_FOR_UMAP = 16
"""Fewer points have too few neighbours for UMAP; their principal components say all there is."""

MANY = 50_000
"""More texts than these are laid out in fewer rounds than UMAP's 200."""

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class ProjectionSettings:
    """How UMAP lays texts out.

    `n_neighbors`: more shows the large shape, fewer the small groups. `min_dist`: how tightly
    points of a group may sit on the map; the clustering space always packs them. `epochs`: how
    long the layout is refined; 0 chooses by the number of texts.
    """

    n_neighbors: int = 20
    min_dist: float = 0.1
    epochs: int = 0
    seed: int = SEED

    def __post_init__(self) -> None:
        if not 2 <= self.n_neighbors <= 200:
            raise SettingInvalid(
                N_("{value} neighbours were asked for. Choose 2 to 200; 20 suits most tables."),
                value=self.n_neighbors,
            )
        if not 0 <= self.min_dist <= 1:
            raise SettingInvalid(
                N_("The least distance on the map is {value}. Choose 0 to 1; 0.1 suits most maps."),
                value=self.min_dist,
            )
        if self.epochs < 0:
            raise SettingInvalid(
                N_("{value} rounds of layout were asked for. Choose 0 for automatic, or more."),
                value=self.epochs,
            )


@dataclass(frozen=True)
class Projection:
    """Where each unit lies: on the `map` float32 (n, 2), and in the `space` (n, 5) for clusters."""

    map: Points
    space: Points

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return what `from_arrays` reads, by name."""
        return {"map": self.map, "space": self.space}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[np.generic]]) -> "Projection":
        return cls(
            arrays["map"].astype(np.float32, copy=False),
            arrays["space"].astype(np.float32, copy=False),
        )


def project(
    vectors: Vectors,
    neighbours: Neighbours,
    settings: ProjectionSettings | None = None,
    progress: Progress = SILENT,
    beside: Callable[[], object] = lambda: None,
) -> Projection:
    """Lay n vectors out with UMAP (McInnes, Healy, Melville 2018), starting from PCA.

    Map and clustering space share one fuzzy graph of the neighbours and are refined side by side.
    The same vectors and seed give the same layout. Up to 15 texts, and texts whose vectors are
    all equal, are laid out without UMAP, by PCA or as a disc. `beside` is called as the refining
    begins, which needs no interpreter and less of one core than of the other: the map has the
    fewer dimensions.
    """
    settings = settings or ProjectionSettings()
    progress(0, 0, N_("Preparing the map"))
    start = principal_components(vectors, SPACE_DIMENSIONS)
    if not start.any():
        return Projection(_disc(len(vectors)), start)
    if len(vectors) < FEWEST_FOR_UMAP:
        return Projection(start[:, :2].copy(), start)
    kernels = umap_kernels()
    graph = _fuzzy_graph(neighbours, settings.n_neighbors)
    rounds = settings.epochs or automatic_epochs(len(vectors))
    shapes = [(start[:, :2], settings.min_dist), (start, 0.0)]
    layouts = [
        Layout(
            _scaled(points, settings.seed),
            graph,
            kernels.find_curve(1.0, min_dist),
            rounds,
            settings.seed,
        )
        for points, min_dist in shapes
    ]
    beside()
    _refine_side_by_side(layouts, progress)
    return Projection(layouts[0].points, layouts[1].points)


def automatic_epochs(n: int) -> int:
    """Return how many rounds of layout n texts get: as UMAP 500 to 200, and 100 for very many.

    A round of many texts takes more than its share, as they no longer fit the processor's caches.
    """
    if n <= MANY:
        return int(np.clip(3_000_000 / n, 200, 500))
    return int(np.clip(200 * MANY / n, 100, 200))


def principal_components(vectors: Vectors, dimensions: int) -> Points:
    """Return the first principal components, float32 (n, dimensions), zeros where there are none.

    The sign of each is fixed by its largest loading, so that equal vectors give equal components.
    """
    n = len(vectors)
    result = np.zeros((n, dimensions), dtype=np.float32)
    if n < 2:
        return result
    centred = np.asarray(vectors, dtype=np.float32)
    centred = centred - centred.mean(axis=0)
    values, loadings = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    kept = min(dimensions, int((values > 1e-6 * max(n * 1e-6, float(values[-1]))).sum()))
    loadings = loadings[:, ::-1][:, :kept]
    loadings *= np.sign(loadings[np.abs(loadings).argmax(axis=0), np.arange(kept)])
    result[:, :kept] = centred @ loadings.astype(np.float32)
    return result


def _disc(n: int) -> Points:
    """Spread n points evenly over a disc (Vogel 1979), so that each can be seen and selected."""
    place = np.arange(n)
    radius = np.sqrt(place / max(n, 1))
    angle = place * np.pi * (3 - np.sqrt(5))
    points: Points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype(
        np.float32
    )
    return points


def _fuzzy_graph(neighbours: Neighbours, n_neighbors: int) -> "csr_matrix":
    """Return UMAP's fuzzy union of the neighbourhoods, from cosine distances."""
    from scipy.sparse import coo_matrix

    kernels = umap_kernels()
    n, k = len(neighbours.indices), min(neighbours.k, n_neighbors)
    # UMAP counts each point as the first of its own neighbours.
    indices = np.concatenate(
        [np.arange(n, dtype=np.int32)[:, None], neighbours.indices[:, :k]], axis=1
    )
    distances = np.zeros((n, k + 1), dtype=np.float32)
    distances[:, 1:] = (1 - neighbours.similarities[:, :k]).clip(0)
    sigmas, rhos = kernels.smooth_distances(distances, float(k + 1))
    rows, columns, weights, _ = kernels.membership_strengths(indices, distances, sigmas, rhos)
    directed = coo_matrix((weights, (rows, columns)), shape=(n, n)).tocsr()
    directed.eliminate_zeros()
    union = directed + directed.T - directed.multiply(directed.T)
    return union.tocsr()


def _scaled(points: Points, seed: int) -> Points:
    """Stretch each dimension to 0..10 and shake equal points apart, UMAP's customary start."""
    low, high = points.min(axis=0), points.max(axis=0)
    scaled = 10 * (points - low) / np.where(high > low, high - low, 1)
    shaken = scaled + np.random.RandomState(seed).normal(scale=1e-4, size=points.shape)
    return np.ascontiguousarray(shaken, dtype=np.float32)


def _refine_side_by_side(layouts: list[Layout], progress: Progress) -> None:
    """Refine each layout in a thread of its own; stop them all when progress raises."""
    stop = Event()
    total = sum(layout.rounds for layout in layouts)
    with ThreadPoolExecutor(len(layouts)) as pool:
        running = [pool.submit(layout.refine, stop) for layout in layouts]
        try:
            _report_until_done(
                running, lambda: progress(sum(x.done for x in layouts), total, N_("Laying out"))
            )
        finally:
            stop.set()
    for future in running:
        future.result()


def _report_until_done(running: list[Future[None]], report: Callable[[], None]) -> None:
    pending = set(running)
    while pending:
        report()
        _, pending = wait(pending, timeout=POLL_SECONDS)
    report()
