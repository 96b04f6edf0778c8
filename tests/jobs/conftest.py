"""Real processes for the tests of the engine; one engine is shared where none is hurt."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobs import Engine, JobStore
from core.settings import Settings
from tests.jobs.small_steps import RUNNER


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    started = Engine.start(Settings(home=tmp_path_factory.mktemp("home"), warm_up=False), RUNNER)
    yield started
    started.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def store(tmp_path: Path) -> JobStore:
    return JobStore(tmp_path / "jobs.sqlite")
