"""Which work waits for which: a file is read beside a training, its map is not made before it."""

from pathlib import Path

from core.jobs import Lane
from core.project import Project
from pages.ui.jobs import lane_of


def test_reading_and_looking_wait_for_no_map(tmp_path: Path, project: Project) -> None:
    assert lane_of("ingest", Project.create(tmp_path / "new", "New")) is Lane.MEDIUM
    assert {lane_of(step, project) for step in ("findings", "export", "report")} == {Lane.MEDIUM}
    assert {lane_of(step, project) for step in ("map", "train", "predict")} == {Lane.LONG}


def test_another_table_waits_for_what_is_computed_of_the_first(project: Project) -> None:
    assert lane_of("ingest", project) is Lane.LONG
