"""Files without anything to show are refused in words, before a project has a table."""

from pathlib import Path

import pytest

from core.errors import InputError
from core.project import Project
from core.steps import run_step


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,text\n", "a line of names and no rows below it"),
        ("a,b\n,\n,\n", "All cells of the 2 rows are empty"),
    ],
)
def test_nothing_to_show(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content)
    project = Project.create(tmp_path / "project", "Nothing")
    with pytest.raises(InputError, match=words):
        run_step("ingest", str(project.folder), {"files": [str(path)]})
    assert not project.has("table")
