"""Files that nobody would upload on purpose: a result or a clear sentence, never a traceback."""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SECOND = 1000
SCRIPT = '<img src="nothing" onerror="window.ran = 1"><script>window.ran = 1</script><b>bold</b>'

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Upload:
    """A file and what the page has to say about it."""

    name: str
    content: bytes
    said: str


def picture() -> bytes:
    """A whole PNG of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0")
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def packed(**members: str) -> bytes:
    """A zip file of these members; two underscores stand for a path that leads out."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "../").replace("_json", ".json"), text)
    return content.getvalue()


def rows_of_html() -> bytes:
    """A table whose names and texts are HTML with a script."""
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(["id", f"text {SCRIPT}"])
    writer.writerows(
        [n, f"{SCRIPT} is cell {n} of the table" + " with words" * (n % 7)] for n in range(40)
    )
    return content.getvalue().encode()


UPLOADS = {
    "empty": Upload("empty.csv", b"", "empty"),
    "picture": Upload("letters.csv", picture(), "PNG|picture|image|not a table|binary"),
    "zip that leads out": Upload("table.zip", packed(__evil="a,b\n1,2\n"), "table.zip"),
    "project that leads out": Upload(
        "project.zip", packed(project_json="{}", __evil="x"), "leads out of the project"
    ),
    "one row": Upload("row.csv", b"id,text\n1,The only letter that came today\n", "1 rows?, 2 col"),
    "one column": Upload(
        "column.csv",
        b"text\n" + b"".join(b"%s of letters\n" % (b"many " * n) for n in range(1, 31)),
        "30 rows, 1 col",
    ),
    "no texts": Upload("numbers.csv", b"a,b\n1.5,2\n3.5,4\n5.5,6\n", "No column looks like texts"),
    "all equal": Upload(
        "equal.csv", b"id,text\n" + b"".join(b"%d,Same again\n" % n for n in range(40)), "40 rows"
    ),
    "HTML": Upload(
        "page.csv",
        rows_of_html(),
        "40 rows",
    ),
}


@pytest.fixture(scope="module")
def server(start_app: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    return start_app(tmp_path_factory.mktemp("home"))


@pytest.fixture
def page(browser: Any, server: Any) -> Any:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    opened = context.new_page()
    opened.set_default_timeout(30 * SECOND)
    opened.goto(server.url)
    yield opened
    context.close()


@pytest.mark.parametrize("name", UPLOADS)
def test_a_file_is_read_or_refused_in_words(page: Any, server: Any, name: str) -> None:
    upload = UPLOADS[name]
    send(page, upload)
    page.get_by_test_id("stMain").get_by_text(re.compile(upload.said)).first.wait_for()
    check_nothing_broke(page, server)
    assert not list(server.home.rglob("*evil*"))


@pytest.mark.parametrize("name", ["one row", "all equal", "HTML"])
def test_a_map_is_made_or_refused_in_words(page: Any, server: Any, name: str) -> None:
    send(page, UPLOADS[name])
    page.get_by_text(re.compile(r"Encoder: (MiniLM|Universal)")).click()
    page.get_by_text("Word vectors, instant", exact=True).click()
    page.get_by_role("button", name="Make the map").click()
    page.get_by_test_id("stMain").locator(".js-plotly-plot, .stAlert").first.wait_for()
    check_nothing_broke(page, server)


def test_html_in_cells_is_shown_as_it_was_written(page: Any, server: Any) -> None:
    send(page, UPLOADS["HTML"])
    cell = page.locator('[role="gridcell"]', has_text="<script>window.ran = 1</script>")
    cell.first.wait_for(state="attached")
    check_nothing_broke(page, server)


def send(page: Any, upload: Upload) -> None:
    """Drop a file on the page Start."""
    page.locator("input[type=file]").set_input_files(
        {"name": upload.name, "mimeType": "text/csv", "buffer": upload.content}
    )


def check_nothing_broke(page: Any, server: Any) -> None:
    """No script of the file ran; nobody was shown a traceback, and no log holds one."""
    assert page.evaluate("window.ran") is None
    logs = [path.read_text("utf-8", "replace") for path in (server.home / "logs").glob("*")]
    for text in [page.inner_text("body"), server.log, *logs]:
        assert "Traceback" not in text
        assert "not foreseen" not in text
