"""Files to take away: sent whole and in pieces, to those who were given the address."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.data import EXCEL_CSV
from core.project import Project, archive_files, pack
from pages.ui import attachments
from pages.ui.attachments import offer_file, offer_stream, pieces_of, routes
from pages.ui.downloads import csv_pieces


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=list(routes()))) as client:
        yield client


def test_a_file_is_sent_under_its_name(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "1.csv"
    path.write_bytes(b"a,b\n" * 1000)
    answer = client.get(offer_file(path, "ответы 回答.csv"))
    assert answer.content == path.read_bytes()
    said = answer.headers["content-disposition"]
    assert said.startswith("attachment; filename*=UTF-8''%D0%BE") and said.endswith(".csv")
    part = client.get(offer_file(path, "x.csv"), headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"a,b\n")


def test_a_page_that_is_shown_can_do_nothing(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    path.write_text("<p>")
    answer = client.get(offer_file(path, "r.html", shown=True))
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["content-type"].startswith("text/html")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_no_other_file_has_an_address(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "1.csv"
    path.write_text("x")
    address = offer_file(path, "1.csv")
    root = address.rpartition("/")[0]
    for token in ("0" * 64, "..%2f..%2fetc%2fpasswd", str(path).replace("/", "%2f")):
        assert client.get(f"{root}/{token}").status_code == 404
    path.unlink()
    assert client.get(address).status_code == 404


def test_a_file_made_anew_has_a_new_address_and_the_same_one_the_same(tmp_path: Path) -> None:
    path = tmp_path / "1.csv"
    path.write_text("x")
    first = offer_file(path, "1.csv")
    assert offer_file(path, "1.csv") == first
    path.write_text("xy")
    assert offer_file(path, "1.csv") != first


def test_a_stream_is_made_when_it_is_asked_for(client: TestClient) -> None:
    made = []

    def pieces() -> Iterator[bytes]:
        made.append(1)
        yield b"one"
        yield b"two"

    address = offer_stream("key", "x.bin", pieces)
    assert made == []
    assert client.get(address).content == b"onetwo"
    assert client.get(address, headers={"Accept-Encoding": "gzip"}).content == b"onetwo"
    assert made == [1, 1]


def test_what_was_deleted_since_is_said_to_be_gone(client: TestClient, tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        return iter([(tmp_path / "deleted").read_bytes()])

    address = offer_stream("key", "x.bin", pieces)
    answer = client.get(address)
    assert (answer.status_code, answer.text[:30]) == (404, "This file is no longer there. ")
    answer = client.get(address, headers={"Accept-Language": "zh,en;q=0.8"})
    assert answer.text.startswith("这个文件已经不在了")


def test_what_was_offered_long_ago_is_forgotten(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_OFFERED", 2)
    addresses = [offer_stream(f"k{n}", "x", lambda: iter([b"x"])) for n in range(3)]
    assert [client.get(one).status_code for one in addresses] == [404, 200, 200]


def test_a_file_comes_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(bytes(3_000_000))
    assert [len(piece) for piece in pieces_of(path)] == [1 << 20, 1 << 20, 3_000_000 - (2 << 20)]


def test_a_project_packed_on_the_way_opens_again(project: Project, tmp_path: Path) -> None:
    from core.project import Catalogue

    pieces = list(pack(archive_files(project)))
    assert len(pieces) > 5
    archive = tmp_path / "p.zip"
    archive.write_bytes(b"".join(pieces))
    assert zipfile.ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None
    again = Catalogue(tmp_path / "projects").import_archive(archive)
    assert again.row_count == project.row_count
    assert again.current("clusters").key == project.current("clusters").key


def test_a_table_on_its_way_runs_in_no_spreadsheet() -> None:
    sent = b"".join(csv_pieces(pa.table({"line": ["3"], "content": ["=1+1;x"]}), EXCEL_CSV))
    assert sent.startswith(b"\xef\xbb\xbfline,content")
    assert b"'=1+1;x" in sent
