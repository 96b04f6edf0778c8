"""Projects are listed, copied, deleted with a way back, and travel as one zip."""

import stat
import zipfile
from pathlib import Path

import pytest

from core.errors import FileProblem, ProjectProblem, TextlodeError
from core.project import Catalogue, Recipe, export_archive


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "projects")


def test_a_new_catalogue_is_empty(catalogue: Catalogue) -> None:
    assert catalogue.cards() == []


def test_ids_are_fit_for_an_address_and_differ(catalogue: Catalogue) -> None:
    ids = [catalogue.create(name).id for name in ("Käufer: Ärger!", "客户评论", "客户评论", "../x")]
    assert len(set(ids)) == 4
    assert all(catalogue.open(i).id == i for i in ids)


def test_projects_of_one_name_are_told_apart(catalogue: Catalogue) -> None:
    names = [catalogue.create(name).name for name in ("mails", "mails", "mails", "other")]
    assert names == ["mails", "mails 2", "mails 3", "other"]


@pytest.mark.parametrize("wrong", ["", "..", "../x", "nothing-1234", "a/b", "/etc", "A" * 99])
def test_an_address_that_names_no_project_is_refused(catalogue: Catalogue, wrong: str) -> None:
    with pytest.raises(ProjectProblem, match="There is no project"):
        catalogue.open(wrong)


def test_a_copy_has_its_own_life(catalogue: Catalogue) -> None:
    project = catalogue.create("One")
    project.record("labelled", column="tone", rows=[1], label="good")
    copy = catalogue.duplicate(project.id, "Two")
    copy.record("labelled", column="tone", rows=[1], label="bad")
    assert (project.name, copy.name) == ("One", "Two")
    assert project.state.labels == {"tone": {1: "good"}}


def test_a_deleted_project_comes_back(catalogue: Catalogue) -> None:
    project = catalogue.create("One")
    catalogue.delete(project.id)
    assert catalogue.cards() == []
    assert [card.name for card in catalogue.deleted()] == ["One"]
    catalogue.restore(project.id)
    assert [card.name for card in catalogue.cards()] == ["One"]


def test_a_broken_project_is_listed_with_its_problem(catalogue: Catalogue) -> None:
    project = catalogue.create("One")
    (project.folder / "project.json").write_text("{")
    assert isinstance(catalogue.cards()[0].problem, ProjectProblem)


def test_an_archive_brings_everything_back(catalogue: Catalogue, tmp_path: Path) -> None:
    project = catalogue.create("评论")
    artifact = project.make(
        Recipe("facts"), lambda draft, scratch: draft.save_json("facts", {"n": 1})
    )
    project.make_current(artifact)
    project.record("labelled", column="tone", rows=[1], label="good")
    archive = export_archive(project, tmp_path / "out.zip")
    again = catalogue.import_archive(archive)
    assert again.name == "评论 2"
    assert again.id != project.id
    assert again.current("facts").json("facts") == {"n": 1}
    assert again.state.labels == {"tone": {1: "good"}}


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


MANIFEST = b'{"format": 1}'


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"a.csv": b"x"}, "holds no project.json"),
        ({"project.json": MANIFEST, "../evil": b"x"}, "leads out of the project"),
        ({"project.json": MANIFEST, "/etc/evil": b"x"}, "leads out of the project"),
        ({"project.json": MANIFEST, "..\\evil": b"x"}, "leads out of the project"),
        ({"project.json": MANIFEST, "C:evil": b"x"}, "leads out of the project"),
        ({"project.json": MANIFEST, "bomb": bytes(200 << 20)}, "which no project does"),
        ({"project.json": b'{"format": 99}'}, "newer Textlode"),
        ({"project.json": b"{"}, "cannot be read"),
    ],
)
def test_a_hostile_archive_is_refused_in_words(
    catalogue: Catalogue, tmp_path: Path, members: dict[str, bytes], words: str
) -> None:
    with pytest.raises(TextlodeError, match=words):
        catalogue.import_archive(write_zip(tmp_path / "in.zip", members))
    assert catalogue.cards() == []
    assert not list(tmp_path.glob("**/evil"))
    assert not list(catalogue.folder.glob(".new-*"))


def test_a_link_in_an_archive_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.json", MANIFEST)
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(FileProblem, match="leads out"):
        catalogue.import_archive(path)


def test_half_a_zip_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "in.zip", {"project.json": MANIFEST})
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(FileProblem, match="not a complete zip"):
        catalogue.import_archive(path)
