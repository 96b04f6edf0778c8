"""Which way of training is advised follows the labels, the encoder and the time here."""

import json
from pathlib import Path

import pytest

from core.project import Project
from core.settings import Settings
from core.steps import Method, Reason, advice, advise, run_step


@pytest.fixture
def tunable(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr("core.steps.advice.chosen_encoder", lambda _: "minilm")
    monkeypatch.setattr("core.steps.advice.ENOUGH_ROWS", 100)
    return project


def timed(seconds_for: float) -> None:
    """Let the encoder have taken so many characters a second on this machine."""
    folder = Settings.from_environment().vectors_folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pace.json").write_text(json.dumps({"minilm": seconds_for}))
    advice._advise.cache_clear()


def test_an_encoder_without_layers_leaves_the_quick_way_alone(project: Project) -> None:
    found = advise(project, "label")
    assert (found.reason, found.methods) == (Reason.ENCODER, (Method.PROBE,))
    assert (found.rows, found.classes) == (300, 2)


def test_few_rows_a_label_are_for_the_quick_way(tunable: Project) -> None:
    timed(1e7)
    labels = {str(number): [row for row in range(300) if row % 9 == number] for number in range(9)}
    tunable.record("labels_saved", column="nine", labels=labels)
    found = advise(tunable, "nine")
    assert (found.rows, found.classes, found.reason) == (300, 9, Reason.FEW)
    assert found.methods == (Method.PROBE, Method.FINE_TUNE)


def test_many_rows_a_label_are_for_the_thorough_way_unless_it_takes_long(tunable: Project) -> None:
    timed(1e7)
    found = advise(tunable, "label")
    assert found.reason is Reason.ENOUGH
    assert found.methods == (Method.FINE_TUNE, Method.PROBE)
    quick = found.seconds
    timed(1e3)
    found = advise(tunable, "label")
    assert (found.reason, found.method) == (Reason.LONG, Method.PROBE)
    assert found.seconds == pytest.approx(quick * 1e4)


def test_new_labels_are_counted(project: Project, tmp_path: Path) -> None:
    run_step("train", str(project.folder), {"label": "label", "method": "probe"})
    project.record("labelled", column="mine", rows=[0, 1], label="a")
    assert advise(project, "mine").rows == 2
    project.record("labelled", column="mine", rows=[2], label="b")
    assert (advise(project, "mine").rows, advise(project, "mine").classes) == (3, 2)
