"""Compiled code is kept for the next process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COLD = """
import time
from core.explore import ProjectionSettings, find_neighbours, project
from core.explore.neighbours import search_approximately
import numpy as np
vectors = np.random.default_rng(0).normal(size=(500, 32)).astype(np.float32)
many = np.random.default_rng(0).normal(size=(3_000, 128)).astype(np.float32)
started = time.perf_counter()
search_approximately(many / np.linalg.norm(many, axis=1, keepdims=True), 20)
project(vectors, find_neighbours(vectors), ProjectionSettings())
print(time.perf_counter() - started)
"""


def run(code: str, folder: Path) -> str:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder), "PYTHONPATH": "."}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.slow
def test_a_second_process_compiles_nothing(tmp_path: Path) -> None:
    run("from core.explore import warm_up; warm_up()", tmp_path)
    compiled = {path for path in tmp_path.rglob("*") if path.is_file()}
    seconds = float(run(COLD, tmp_path))

    assert any("run_round" in str(path) for path in compiled)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == compiled
    assert seconds < 15


def test_the_cache_folder_is_the_users_unless_the_variable_names_one() -> None:
    code = (
        "import os; from core.explore.compiled import use_cache_folder; use_cache_folder();"
        "import numba; print(numba.config.CACHE_DIR)"
    )
    home = {"HOME": "/somewhere", "PYTHONPATH": ".", "PATH": os.environ["PATH"]}
    found = subprocess.run(
        [sys.executable, "-c", code], env=home, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert found == "/somewhere/.cache/textlode/numba"
