"""The compiled parts of UMAP and fast HDBSCAN, compiled once for a machine instead of per process.

umap-learn compiles its functions anew in every process, which takes half a minute. Here the same
functions are compiled with a cache on disk, without the interpreter's lock and for one thread
each, so that two layouts run side by side and the same seed gives the same map.
"""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class UmapKernels:
    """Functions of umap-learn 0.5 (McInnes, Healy, Melville 2018), compiled and cached."""

    smooth_distances: Callable[..., Any]
    membership_strengths: Callable[..., Any]
    find_curve: Callable[[float, float], tuple[float, float]]


@cache
def umap_kernels() -> UmapKernels:
    """Import UMAP and return its functions, read from the cache where it has them."""
    use_cache_folder()
    with warnings.catch_warnings():
        # UMAP warns that TensorFlow is missing, which only its parametric form needs.
        warnings.simplefilter("ignore")
        from umap import umap_
    options = {"nogil": True, "cache": True}
    return UmapKernels(
        smooth_distances=_recompile(umap_.smooth_knn_dist, **options),
        membership_strengths=_recompile(umap_.compute_membership_strengths, **options),
        find_curve=umap_.find_ab_params,
    )


def use_cache_folder() -> Path:
    """Tell numba where compiled code is kept: NUMBA_CACHE_DIR, else the user's cache folder."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = os.environ.setdefault("NUMBA_CACHE_DIR", str(default / "textlode" / "numba"))
    if "numba" in sys.modules:
        import numba

        numba.config.CACHE_DIR = folder
    return Path(folder)


@contextmanager
def statements_side_by_side() -> Iterator[None]:
    """Compile what is declared inside so that equal statements in a row are computed as one.

    LLVM's SLP vectoriser, which numba switches off since one of 2023 compiled wrongly: a function
    declared inside needs a signature, to be compiled here, and a test against plain Python.
    """
    import numba

    before = numba.config.SLP_VECTORIZE
    numba.config.SLP_VECTORIZE = 1
    try:
        yield
    finally:
        numba.config.SLP_VECTORIZE = before


def _recompile(dispatcher: Any, **options: Any) -> Any:
    import numba

    kept = {k: v for k, v in dispatcher.targetoptions.items() if k in ("fastmath",)}
    return numba.njit(dispatcher.py_func, locals=dispatcher.locals, **kept, **options)
