"""An artifact is whole, checked and made once."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import ArtifactDamaged, NotReady, OutOfRoom, ProjectProblem
from core.project import Draft, Project, Recipe
from core.project import files as project_files

RECIPE = Recipe("numbers", inputs={"table": "table-1"}, settings={"k": 3})


def build(draft: Draft, scratch: Path) -> None:
    draft.save_array("values", np.arange(5))
    draft.save_table("rows", pa.table({"a": ["x", "y"]}))
    draft.save_json("facts", {"n": 5})


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "project", "Test")


def test_the_same_recipe_is_read_and_not_computed_again(project: Project) -> None:
    project.make(RECIPE, build)

    def never(draft: Draft, scratch: Path) -> None:
        raise AssertionError("computed again")

    artifact = project.make(RECIPE, never)
    assert artifact.array("values").tolist() == [0, 1, 2, 3, 4]
    assert artifact.table("rows").column("a").to_pylist() == ["x", "y"]
    assert artifact.json("facts") == {"n": 5}


@pytest.mark.parametrize("number", [0, 3, 6])
def test_one_row_is_read_from_the_group_that_holds_it(project: Project, number: int) -> None:
    def grouped(draft: Draft, scratch: Path) -> None:
        draft.save_table("rows", pa.table({"a": [str(n) for n in range(7)], "b": [None] * 7}))

    artifact = project.make(RECIPE, grouped)
    path = artifact.folder / "rows.parquet"
    pq.write_table(pq.read_table(path), path, row_group_size=3)
    assert artifact.row("rows", number) == {"a": str(number), "b": None}
    with pytest.raises(IndexError):
        artifact.row("rows", 7)


def test_rows_come_in_the_order_asked_for_and_nothing_else_is_read(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def grouped(draft: Draft, scratch: Path) -> None:
        letters = {"a": list("abcdefg"), "a.b": list("hijklmn"), "c": list("opqrstu")}
        draft.save_table("rows", pa.table(letters))

    monkeypatch.setattr("core.project.artifacts.ROWS_READ_TOGETHER", 2)
    artifact = project.make(RECIPE, grouped)
    read = []
    read_group = pq.ParquetFile.read_row_group

    def noted(file: pq.ParquetFile, group: int, columns: list[str] | None) -> pa.Table:
        read.append(int(group))
        return read_group(file, group, columns)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", noted)
    found = artifact.rows("rows", [6, 0, 1, 6, 5], ["c", "a"])
    assert found.to_pydict() == {"c": list("uoput"), "a": list("gabgf")}
    assert read == [0, 2, 3]
    assert artifact.rows("rows", []).to_pydict() == {"a": [], "a.b": [], "c": []}
    for number in (-1, 7):
        with pytest.raises(IndexError):
            artifact.rows("rows", [0, number])


def test_other_settings_are_another_artifact(project: Project) -> None:
    other = Recipe("numbers", inputs={"table": "table-1"}, settings={"k": 4})
    assert project.make(RECIPE, build).key != project.make(other, build).key
    assert len(project.artifacts.keys("numbers")) == 2


def test_a_step_that_fails_leaves_no_artifact_but_its_scratch(project: Project) -> None:
    def fail(draft: Draft, scratch: Path) -> None:
        draft.save_array("values", np.arange(2))
        (scratch / "block").write_text("done")
        raise RuntimeError("full stop")

    with pytest.raises(RuntimeError, match="full stop"):
        project.make(RECIPE, fail)
    assert RECIPE.key not in project.artifacts
    assert not list((project.folder / "artifacts").iterdir())
    seen = []

    def resume(draft: Draft, scratch: Path) -> None:
        seen.append((scratch / "block").read_text())
        build(draft, scratch)

    project.make(RECIPE, resume)
    assert seen == ["done"]
    assert not (project.folder / "scratch" / RECIPE.key).exists()


@pytest.mark.parametrize("name", ["values.npy", "artifact.json", "rows.parquet"])
def test_a_damaged_artifact_is_named_set_aside_and_made_anew(project: Project, name: str) -> None:
    artifact = project.make(RECIPE, build)
    project.make_current(artifact)
    damaged = artifact.folder / name
    damaged.write_bytes(damaged.read_bytes()[:-3] + b"???")
    again = Project.open(project.folder)
    with pytest.raises(ArtifactDamaged, match=f"{RECIPE.key} is damaged .{name}"):
        again.current("numbers")
    assert again.make(RECIPE, build).array("values").tolist() == [0, 1, 2, 3, 4]
    assert (project.folder / "damaged" / RECIPE.key).is_dir()


def test_making_over_a_damaged_artifact_writes_it_down(project: Project) -> None:
    artifact = project.make(RECIPE, build)
    (artifact.folder / "facts.json").unlink()
    again = Project.open(project.folder)
    again.make(RECIPE, build)
    assert again.state.damaged_artifacts == (RECIPE.key,)


def test_what_is_not_there_says_what_to_do(project: Project) -> None:
    with pytest.raises(NotReady, match=r"no table .* Add a file on the page Start"):
        project.current("table")


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(project_files, "sync_file", full)
    with pytest.raises(OutOfRoom, match="is full"):
        project.make(RECIPE, build)
    assert not list((project.folder / "artifacts").iterdir())


def test_kill_9_in_the_middle_leaves_no_half_artifact(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    Project.create(folder, "Test")
    code = (
        "import sys, time, numpy as np; from pathlib import Path\n"
        "from core.project import Project, Recipe\n"
        "def build(draft, scratch):\n"
        "    draft.save_array('values', np.arange(1000))\n"
        "    print('half', flush=True); time.sleep(60)\n"
        "Project.open(Path(sys.argv[1])).make(Recipe('numbers'), build)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
    project = Project.open(folder)
    assert project.artifacts.keys("numbers") == []
    assert project.make(Recipe("numbers"), build).array("values").tolist() == [0, 1, 2, 3, 4]


def test_two_processes_making_the_same_artifact_both_get_it(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    project = Project.create(folder, "Test")
    start = time.time() + 1.5
    code = (
        "import sys, time, numpy as np; from pathlib import Path\n"
        "from core.project import Project, Recipe\n"
        "def build(draft, scratch):\n"
        "    draft.save_array('values', np.arange(7)); time.sleep(0.2)\n"
        "project = Project.open(Path(sys.argv[1]))\n"
        "time.sleep(max(0, float(sys.argv[2]) - time.time()))\n"
        "project.make_current(project.make(Recipe('numbers'), build))"
    )
    makers = [
        subprocess.Popen([sys.executable, "-c", code, str(folder), str(start)]) for _ in range(3)
    ]
    assert [maker.wait(60) for maker in makers] == [0, 0, 0]
    assert project.current("numbers").array("values").size == 7
    assert len(list((folder / "artifacts").iterdir())) == 1


def test_the_manifest_is_readable_json(project: Project) -> None:
    artifact = project.make(RECIPE, build)
    manifest = json.loads((artifact.folder / "artifact.json").read_text())
    assert manifest["recipe"]["settings"] == {"k": 3}
    assert set(manifest["files"]) == {"facts.json", "rows.parquet", "values.npy"}


@pytest.mark.parametrize("key", ["/etc", "../outside", "numbers-1", "numbers-../../x", ""])
def test_a_forged_key_leads_nowhere(project: Project, tmp_path: Path, key: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    with pytest.raises(ProjectProblem, match="not the name of a stored result"):
        project.artifacts.open(key)
    assert key not in project.artifacts
    assert outside.is_dir()
