"""Files that come in slices: whole, once, and only where a visitor may write."""

import errno
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit import config

from core.project import Project
from pages.ui.addresses import address
from pages.ui.folders import is_allowed, list_files
from pages.ui.projects import SOURCE, keep_files, source_files
from pages.ui.upload import Arrived, empty_old_inboxes, inbox, receiving, routes
from pages.ui.upload.inbox import INBOXES, Inboxes
from tests.pages.conftest import OpenPage


@pytest.fixture
def token(tmp_path: Path) -> str:
    return INBOXES.open(tmp_path / "uploads")


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=list(routes()))) as client:
        yield client


def put(client: TestClient, token: str, number: object, content: bytes, **said: object):
    query = {"name": "a.csv", "begin": 0, "size": len(content)} | said
    return client.put(f"/textlode/upload/{token}/{number}", params=query, content=content)


def arrived(token: str, *numbers: int) -> list[Arrived]:
    found = INBOXES.get(token)
    assert found
    return found.arrived(numbers)


def test_slices_become_the_file(client: TestClient, token: str) -> None:
    content = os.urandom(3 * receiving.BLOCK + 17)
    middle = 2 * receiving.BLOCK - 5
    first = put(client, token, 7, content[:middle], size=len(content))
    assert (first.status_code, first.json()) == (200, {"size": middle})
    assert arrived(token, 7) == []
    put(client, token, 7, content[middle:], begin=middle, size=len(content))
    [file] = arrived(token, 7)
    assert file.name == "a.csv"
    assert file.path.read_bytes() == content


def test_an_empty_file_arrives(client: TestClient, token: str) -> None:
    put(client, token, 1, b"")
    assert [file.path.read_bytes() for file in arrived(token, 1)] == [b""]


def test_a_slice_sent_twice_is_told_where_to_go_on(client: TestClient, token: str) -> None:
    put(client, token, 1, b"abc", size=6)
    again = put(client, token, 1, b"abc", size=6)
    assert (again.status_code, again.json()) == (409, {"size": 3})
    put(client, token, 1, b"def", begin=3, size=6)
    assert arrived(token, 1)[0].path.read_bytes() == b"abcdef"


def test_a_slice_waits_for_another_of_its_file(client: TestClient, token: str) -> None:
    INBOXES.get(token).writing.add(1)
    assert put(client, token, 1, b"abc").status_code == 423


def test_files_come_in_the_order_asked_for_and_only_those(client: TestClient, token: str) -> None:
    for number, name in ((5, "b.csv"), (6, "a.csv"), (7, "c.csv")):
        put(client, token, number, b"x", name=name)
    assert [file.name for file in arrived(token, 7, 5, 99)] == ["c.csv", "b.csv"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../evil.csv", "evil.csv"),
        ("C:\\letters\\a.csv", "a.csv"),
        ("..", "table"),
        (".", "table"),
        ("", "table"),
        ("a\0b.csv", "ab.csv"),
        ("信件.csv", "信件.csv"),
        ("x" * 400 + ".csv", "x" * 96 + ".csv"),
        ("信" * 400 + ".csv", "信" * 32 + ".csv"),
    ],
)
def test_a_name_leads_nowhere_else(
    client: TestClient, token: str, project: Project, name: str, kept: str
) -> None:
    put(client, token, 1, b"abc", name=name)
    [file] = arrived(token, 1)
    assert file.name == kept
    [path] = keep_files(project, SOURCE, [file])
    assert path.read_bytes() == b"abc"
    assert path.parent.parent == project.folder / SOURCE


def test_what_was_not_given_out_takes_nothing(client: TestClient, token: str) -> None:
    assert put(client, "made-up", 1, b"abc").status_code == 404
    assert put(client, token, "..%2f1", b"abc").status_code == 404
    assert put(client, token, "1" * 20, b"abc").status_code == 404
    assert client.get(f"/textlode/upload/{token}/1").status_code == 405


@pytest.mark.parametrize("said", [{"size": "-1"}, {"begin": "x"}, {"begin": 9}, {"size": "1e3"}])
def test_slices_that_no_browser_sends_are_refused(
    client: TestClient, token: str, said: dict[str, object]
) -> None:
    assert put(client, token, 1, b"abc", **said).status_code == 400


def test_more_than_was_announced_is_refused(client: TestClient, token: str) -> None:
    assert put(client, token, 1, b"abc", size=2).status_code == 400
    assert arrived(token, 1) == []
    assert not INBOXES.get(token).place(1).exists()


def test_files_that_are_too_large_or_too_many_are_refused(
    client: TestClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "most_bytes", lambda: 10)
    assert put(client, token, 1, b"abc", size=11).status_code == 413
    monkeypatch.setattr(receiving, "MOST_FILES", 2)
    codes = [put(client, token, number, b"abc").status_code for number in (1, 2, 3)]
    assert codes == [200, 200, 400]


def test_a_full_disk_is_said_and_leaves_nothing(
    client: TestClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(receiving, "_append", full)
    assert put(client, token, 1, b"abc").status_code == 507
    assert not INBOXES.get(token).place(1).exists()


def test_a_file_can_be_taken_back(client: TestClient, token: str) -> None:
    put(client, token, 1, b"abc")
    assert client.delete(f"/textlode/upload/{token}/1").status_code == 200
    assert arrived(token, 1) == []


def test_old_inboxes_go_and_new_ones_stay(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "1").write_text("x")
    past = time.time() - inbox.SECONDS_KEPT - 60
    os.utime(old, (past, past))
    empty_old_inboxes(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    empty_old_inboxes(tmp_path / "not there")


def test_the_oldest_of_too_many_inboxes_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_INBOXES", 2)
    inboxes = Inboxes()
    tokens = [inboxes.open(tmp_path) for _ in range(3)]
    assert [inboxes.get(token) is not None for token in tokens] == [False, True, True]
    assert len(list(tmp_path.iterdir())) == 2


def test_addresses_lie_under_the_servers_base_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get_option", lambda name: "/texts/")
    assert address("upload") == "/texts/textlode/upload"


def test_files_of_one_name_stay_apart(project: Project, tmp_path: Path) -> None:
    files = []
    for number in range(3):
        (tmp_path / str(number)).write_text(str(number))
        files.append(Arrived("a.csv", tmp_path / str(number)))
    paths = keep_files(project, SOURCE, files)
    assert [path.read_text() for path in paths] == ["0", "1", "2"]
    assert source_files(project) == paths


def test_a_file_of_an_allowed_folder_is_read_where_it_lies(
    open_page: OpenPage, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed, secret = tmp_path / "allowed", tmp_path / "secret"
    (allowed / "deep").mkdir(parents=True)
    secret.mkdir()
    (secret / "passwords.csv").write_text("a,b\n")
    (allowed / "out.csv").symlink_to(secret / "passwords.csv")
    (allowed / "picture.png").write_bytes(b"\x89PNG")
    table = allowed / "deep" / "letters.csv"
    table.write_text("id,text\n" + "".join(f"{n},a letter of {n} pages\n" for n in range(20)))

    assert not open_page("start").selectbox
    monkeypatch.setenv("TEXTLODE_FOLDERS", str(allowed))
    app = open_page("start")
    assert app.selectbox[0].options == [str(table)]
    app.selectbox[0].select(str(table)).run()
    [button] = [one for one in app.button if one.label == "Read this file"]
    button.click().run()
    [folder] = (home / "projects").glob("letters-*")
    [linked] = source_files(Project.open(folder))
    assert linked.resolve() == table


def test_a_slow_folder_does_not_stall_the_page_and_what_is_typed_is_checked(
    open_page: OpenPage, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, secret = tmp_path / "slow" / "letters.csv", tmp_path / "secret.csv"
    table.parent.mkdir()
    table.write_text("id,text\n1,a letter\n")
    secret.write_text("a,b\n")
    (tmp_path / "slow" / "out.csv").symlink_to(secret)
    answered = threading.Event()
    monkeypatch.setattr("pages.ui.folders._tables", lambda _: answered.wait(30) and iter([]))
    monkeypatch.setenv("TEXTLODE_FOLDERS", str(table.parent))
    app = open_page("start")
    assert any("still being looked through" in caption.value for caption in app.caption)
    roots = (table.parent,)
    outside = (secret, tmp_path / "slow" / "out.csv", table.parent, table.parent / "gone.csv")
    assert is_allowed(table, roots)
    assert not any(is_allowed(path, roots) for path in outside)
    answered.set()


def test_a_large_folder_is_listed_to_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.folders.MOST_LISTED", 5)
    for number in range(9):
        (tmp_path / f"{number}.csv").touch()
    listing = list_files((tmp_path,))
    assert listing.wait(10) and listing.is_full
    assert [path.name for path in listing.files] == [f"{number}.csv" for number in range(5)]
    (tmp_path / "0.csv").unlink()
    assert list_files((tmp_path,)) is listing  # kept for a while
    monkeypatch.setattr("pages.ui.folders.SECONDS_KEPT", -1)
    found = list_files((tmp_path,))
    assert found.wait(10) and found.files[0].name == "1.csv"
