"""A project on real texts, made once for all tests of the steps."""

import csv
import shutil
from pathlib import Path

import pytest

from core.project import Project
from core.samples import FOLDER
from core.steps import run_step

ROWS = 300
PROJECT = "mail-0001"


@pytest.fixture(scope="session")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of real mails, with what real files have: a gap, a repetition, a formula, HTML."""
    with (FOLDER / "mail" / "mail.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[::5][:ROWS]
    rows[3]["text"] = ""
    rows[5]["text"] = rows[4]["text"]
    rows[6]["subject"] = "=HYPERLINK(1)"
    rows[7]["subject"] = "<b>bold</b> <script>alert(1)</script>"
    rows[8]["id"] = "007"
    path = tmp_path_factory.mktemp("files") / "mail.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="session")
def installation(mail: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with one project that was read, embedded, mapped and taught."""
    home = tmp_path_factory.mktemp("installation") / "home"
    folder = home / "projects" / PROJECT
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEXTLODE_HOME", str(home))
        Project.create(folder, "Mail")
        run_step("ingest", str(folder), {"files": [str(mail)], "label": "label"})
        run_step("map", str(folder), {"encoder": "instant", "topics": 6})
    return home


@pytest.fixture
def home(installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that home, to do with as a test likes."""
    folder = tmp_path / "home"
    shutil.copytree(installation, folder)
    monkeypatch.setenv("TEXTLODE_HOME", str(folder))
    return folder


@pytest.fixture
def project(home: Path) -> Project:
    """The project in that home."""
    return Project.open(home / "projects" / PROJECT)
