"""The map's server side: who may fetch what, what a browser may send, and what a file holds."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit import config

from pages.ui.map_chart import (
    EventKind,
    MapEvent,
    MapName,
    Outline,
    map_html,
    publish_colours,
    publish_points,
    publish_texts,
    routes,
)
from pages.ui.map_chart.appearance import WORDS
from pages.ui.map_chart.assets import PARTS, map_script, plotly_script
from pages.ui.map_chart.routes import shorten
from pages.ui.map_chart.shelf import Shelf

XY = np.array([[0, 1], [2, np.nan], [4, 5]], dtype=np.float32)


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=list(routes()))) as client:
        yield client


def test_points_are_served_as_they_are_and_for_ever(client: TestClient):
    handle = publish_points(XY)
    answer = client.get(handle.url)
    assert handle.count == 3
    assert answer.content == XY.tobytes()
    assert "immutable" in answer.headers["cache-control"]
    assert "private" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_same_points_have_the_same_address_and_others_another():
    assert publish_points(XY) == publish_points(XY.copy())
    assert publish_points(XY).url != publish_points(XY + 1).url


def test_points_of_other_types_and_orders_become_float32(client: TestClient):
    handle = publish_points(np.asfortranarray(XY.astype(np.float64)))
    assert client.get(handle.url).content == XY.tobytes()


def test_an_address_cannot_be_made_up_from_the_content():
    content = XY.tobytes()
    assert Shelf(limit=1000).put(content) != Shelf(limit=1000).put(content)


@pytest.mark.parametrize(
    "path",
    [
        "column/" + "0" * 64,
        "column/",
        "column",
        "text/" + "0" * 64 + "?id=0",
        "script/other.js",
        "script/plotly-0000000000000000.js",
        "",
    ],
)
def test_what_was_not_given_out_is_not_found(client: TestClient, path: str):
    publish_points(XY)
    assert client.get(f"/textlode/map/{path}").status_code == 404


def test_a_token_of_points_opens_no_texts(client: TestClient):
    token = publish_points(XY).url.rsplit("/", 1)[1]
    assert client.get(f"/textlode/map/text/{token}?id=0").status_code == 404


def test_only_reading_is_allowed(client: TestClient):
    assert client.post(publish_points(XY).url).status_code == 405


def test_the_shelf_lets_the_oldest_go_and_keeps_the_newest():
    shelf = Shelf(limit=10)
    first, second = shelf.put(b"aaaaa"), shelf.put(b"bbbbb")
    assert shelf.get(first) == b"aaaaa"
    third = shelf.put(b"ccccc")
    assert shelf.get(second) is None, "the first was asked for since"
    assert shelf.get(first) == b"aaaaa"
    huge = shelf.put(b"d" * 50)
    assert [shelf.get(token) for token in (first, third)] == [None, None]
    assert shelf.get(huge) == b"d" * 50


def test_the_shelf_counts_what_is_published_twice_once():
    shelf = Shelf(limit=10)
    first = shelf.put(b"aaaa")
    for _ in range(5):
        shelf.put(b"bbbb")
    assert shelf.get(first) == b"aaaa"


def test_readers_are_few_and_the_latest_of_a_name_counts():
    shelf = Shelf(limit=10, readers=2)
    first = shelf.put_reader("one", lambda row: "old")
    assert shelf.put_reader("one", lambda row: "new") == first
    reader = shelf.get_reader(first)
    assert reader is not None and reader(0) == "new"
    shelf.put_reader("two", str)
    shelf.put_reader("three", str)
    assert shelf.get_reader(first) is None


@pytest.mark.parametrize(("dtype", "size"), [(np.uint8, 1), (np.uint16, 2)])
def test_colours_keep_their_width(client: TestClient, dtype: type, size: int):
    codes = np.array([0, 1, 255], dtype=dtype)
    handle = publish_colours(codes)
    assert (handle.count, handle.bytes) == (3, size)
    assert client.get(handle.url).content == codes.tobytes()


def test_wrong_shapes_and_types_are_refused():
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        publish_points(np.zeros((3, 3)))
    with pytest.raises(ValueError, match="uint8 or uint16, not int64"):
        publish_colours(np.zeros(3, dtype=np.int64))


def test_no_points_can_be_published(client: TestClient):
    handle = publish_points([])
    assert handle.count == 0
    assert client.get(handle.url).content == b""


def test_texts_come_plain_short_and_by_row(client: TestClient):
    texts = ["<b>one</b>", "包裹\n 没到", "long " * 200]
    url = publish_texts("a table", texts.__getitem__).url
    answer = client.get(f"{url}?id=0")
    assert answer.text == "<b>one</b>"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get(f"{url}?id=1").text == "包裹 没到"
    assert len(client.get(f"{url}?id=2").text) <= 300
    assert client.get(f"{url}?id=2").text.endswith("…")


@pytest.mark.parametrize("row", ["9", "-1", "", "x", "1.5", "٣", "9" * 30])
def test_a_row_that_is_not_there_is_not_found(client: TestClient, row: str):
    url = publish_texts("a table", ["one"].__getitem__).url
    assert client.get(f"{url}?id={row}").status_code == 404


def test_a_giant_text_is_cut_without_being_read_whole():
    assert len(shorten("word " * 10_000_000)) <= 300
    assert shorten(" \n" * 5_000 + "x").endswith("…")


def test_scripts_are_served_packed_or_plain_under_the_name_of_their_content(client: TestClient):
    for script in (map_script(), plotly_script()):
        url = f"/textlode/map/script/{script.name}"
        packed = client.get(url)
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.content == script.content
        assert "immutable" in packed.headers["cache-control"]
        plain = client.get(url, headers={"accept-encoding": "identity"})
        assert plain.content == script.content


def test_the_map_script_holds_every_part_and_no_import():
    source = map_script().content.decode()
    assert not re.search(r"^import ", source, flags=re.MULTILINE)
    assert source.count("export function showMap") == 1
    assert len(PARTS) == len(set(PARTS))


def test_routes_lie_under_the_servers_base_path(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        config, "get_option", lambda name: "/tools/" if name == "server.baseUrlPath" else None
    )
    assert all(route.path.startswith("/tools/textlode/map/") for route in routes())
    assert publish_points(XY).url.startswith("/tools/textlode/map/column/")


def test_no_state_is_no_event():
    event = MapEvent.from_state(None)
    assert event == MapEvent()
    assert event.kind is EventKind.NOTHING
    assert not event.cleared


def test_a_state_becomes_an_event():
    state = {
        "kind": "selected",
        "number": 1_764_000_000_001,
        "outlines": [{"corners": [[0, 0], [1.5, 0], [0, 1]], "takes": True}],
        "clicked": 7,
        "topic": None,
    }
    event = MapEvent.from_state(state)
    assert event.kind is EventKind.SELECTED
    assert event.outlines == (Outline(((0.0, 0.0), (1.5, 0.0), (0.0, 1.0)), takes=True),)
    assert (event.clicked, event.topic, event.number) == (7, None, 1_764_000_000_001)
    assert MapEvent.from_state({"kind": "cleared", "number": 2}).cleared


@pytest.mark.parametrize(
    "state",
    [
        [],
        {"kind": "exploded"},
        {"kind": "selected", "outlines": [[0, 0], [1, 1], [2, 2]]},
        {"kind": "selected", "outlines": [{"corners": [[0, 0], [1, 1]]}]},
        {"kind": "selected", "outlines": [{"corners": [[0, 0], [1, 1], [2]]}]},
        {"kind": "selected", "outlines": [{"corners": [[0, 0], [1, 1], [float("nan"), 1]]}]},
        {"kind": "selected", "outlines": [{"corners": [[0, 0], [1, 1], ["x", 1]]}]},
        {"kind": "selected", "outlines": [{"corners": [[0, 0]] * 100_000}]},
        {"kind": "selected", "outlines": [{"corners": [[0, 0]] * 3}] * 1_000},
        {"kind": "clicked", "clicked": -1},
        {"kind": "clicked", "clicked": 1.5},
        {"kind": "clicked", "clicked": "1"},
        {"kind": "clicked", "clicked": True},
    ],
)
def test_what_no_map_sends_is_refused(state: object):
    with pytest.raises(ValueError, match=r"\w"):
        MapEvent.from_state(state)


def test_the_file_needs_nothing_from_outside_and_nothing_in_it_is_markup():
    evil = '</script><img src=x onerror="alert(1)">%%MAP%%'
    page = map_html(
        XY,
        np.array([0, 255, 0], dtype=np.uint8),
        ["#3366cc"],
        [MapName(0, evil, ((0.0, 1.0),))],
        title=evil,
        texts=[evil] * 3,
        language="zh_CN",
    )
    assert evil not in page
    assert "<img src=x" not in page
    assert '<html lang="zh-CN">' in page
    assert page.count("</script>") == 2
    assert not re.search(r'<(script|link|img)[^>]+(src|href)="http', page)


def test_the_words_can_be_in_another_language():
    page = map_html(XY, np.zeros(3, np.uint8), ["#3366cc"], title="x", translate=str.upper)
    assert WORDS["lasso"].upper() in page
