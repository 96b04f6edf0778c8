"""The addresses under which a map's scripts, columns and texts are served."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pages.ui.addresses import address
from pages.ui.map_chart.assets import map_script, plotly_script
from pages.ui.map_chart.shelf import SHELF

TEXT_LENGTH = 300
FOREVER = "public, max-age=31536000, immutable"
# A column of rows is for the browser that was given its address, not for a proxy on the way.
FOREVER_PRIVATE = "private, max-age=31536000, immutable"
NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}


def routes() -> Sequence[Route]:
    """Return the routes to give to `st.App(..., routes=routes())`."""
    root = root_path()
    return [
        Route(f"{root}/script/{{name}}", _script),
        Route(f"{root}/column/{{token}}", _column),
        Route(f"{root}/text/{{token}}", _text),
    ]


def root_path() -> str:
    """Return the path that all addresses of the map start with."""
    return address("map")


def shorten(text: str, length: int = TEXT_LENGTH) -> str:
    """Return the text on one line, cut to a length."""
    # A giant text is not split into words to show its first line.
    line = " ".join(text[: 4 * length].split())
    cut = len(line) > length or len(text) > 4 * length
    return f"{line[: length - 1].rstrip()}…" if cut else line


def _script(request: Request) -> Response:
    name = request.path_params["name"]
    script = next((s for s in (map_script(), plotly_script()) if s.name == name), None)
    if script is None:
        raise HTTPException(404)
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", **NO_SNIFFING}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(script.packed, media_type="text/javascript", headers=headers)
    return Response(script.content, media_type="text/javascript", headers=headers)


def _column(request: Request) -> Response:
    content = SHELF.get(request.path_params["token"])
    if content is None:
        raise HTTPException(404)
    # Coordinates hardly shrink; naming the encoding keeps the server from trying, for a second
    # of its time at a million points.
    headers = {"Cache-Control": FOREVER_PRIVATE, "Content-Encoding": "identity", **NO_SNIFFING}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _text(request: Request) -> Response:
    reader = SHELF.get_reader(request.path_params["token"])
    row = request.query_params.get("id", "")
    if reader is None or not (row.isascii() and row.isdigit() and len(row) < 12):
        raise HTTPException(404)
    try:
        text = reader(int(row))
    except (LookupError, ValueError) as error:
        raise HTTPException(404) from error
    # Plain text, and set as text in the page: nothing in a row is ever read as markup.
    headers = {"Cache-Control": "private, max-age=600", **NO_SNIFFING}
    return PlainTextResponse(shorten(text), headers=headers)
