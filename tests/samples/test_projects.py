"""The ready projects are what their tables give, and fit into a clone."""

import sys
from pathlib import Path

import numpy as np
import pytest

from core.progress import SILENT
from core.project import Catalogue
from core.samples import FOLDER, SAMPLES, Sample
from core.steps import load_topics, open_map

by_name = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


@by_name
def test_a_sample_opens_whole_with_its_map(sample: Sample, tmp_path: Path) -> None:
    project = Catalogue(tmp_path).import_archive(sample.archive, sample.title)
    topics = load_topics(project)
    assert project.row_count == topics.row_count > 1000
    assert 10 <= len(topics.topics) <= 20
    assert all(topic.name and topic.keywords for topic in topics.topics)
    assert project.state.can_undo is None
    assert sample.picture.read_text(encoding="utf-8").startswith("<svg")


def test_the_samples_are_under_15_mb_together() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 15e6


@pytest.mark.slow
@by_name
def test_a_sample_recomputed_is_the_same(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "path", [*sys.path, str(FOLDER)])
    from recipes.projects import make_project

    shipped = Catalogue(tmp_path / "projects").import_archive(sample.archive, sample.title)
    again = make_project(sample, tmp_path / "again", SILENT)
    first, second = open_map(shipped), open_map(again)
    assert list(first.texts) == list(second.texts)
    # Processors differ in their number formats: vectors agree closely, and so most topics.
    cosines = (first.vectors * second.vectors).sum(axis=1)
    assert cosines.min() > 0.999
    same = _agreement(load_topics(shipped).topic_of_unit, load_topics(again).topic_of_unit)
    assert same > 0.6


def _agreement(first: np.ndarray, second: np.ndarray) -> float:
    from sklearn.metrics import normalized_mutual_info_score

    return float(normalized_mutual_info_score(first, second))
