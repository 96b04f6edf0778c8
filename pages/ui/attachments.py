"""Files to take away, sent to the browser piece by piece and never held in the page's memory.

A page offers a file, or a function that makes one as it is sent, and links to the address::

    address = offer_file(path, "reviews.csv")              # a file that lies on the disk
    address = offer_stream("project-x", "x.zip", pieces)   # pieces() -> Iterator[bytes], when asked

and the application mounts what sends them: `st.App(..., routes=routes())`. An address cannot be
guessed, and leads to nothing but what was offered; it lives as long as the process.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from core.i18n import N_, choose_language, translate
from pages.ui.addresses import address

Pieces = Callable[[], Iterator[bytes]]

MOST_OFFERED = 1000
BLOCK = 1 << 20
GONE = N_(
    "This file is no longer there. Go back to the page, load it again and see what it offers."
)
HEADERS = {
    # What is behind an address may be made anew; a proxy on the way has no business with it.
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    # A page that is shown in a tab of its own can neither run a script nor reach this server.
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
}


@dataclass(frozen=True)
class Attachment:
    """What is behind an address: a file, or the function that makes its bytes."""

    name: str
    source: Path | Pieces
    shown: bool = False


_SECRET = secrets.token_bytes(32)
_offered: OrderedDict[str, Attachment] = OrderedDict()
_lock = Lock()


def offer_file(path: Path, name: str, shown: bool = False) -> str:
    """Return the address of a file, to be saved under a name, or `shown` by the browser.

    A file that is written anew has another address.
    """
    stat = path.stat()
    content = f"{path}:{stat.st_size}:{stat.st_mtime_ns}:{name}:{shown}"
    return _offer(content, Attachment(name, path, shown))


def offer_stream(key: str, name: str, pieces: Pieces) -> str:
    """Return the address of a file that is made while it is sent; the latest of a key counts.

    `pieces` is called outside the script, in any thread, so it must not touch Streamlit's state.
    When it raises FileNotFoundError, what it would read was deleted, and the reader is told so.
    """
    return _offer(f"{key}:{name}", Attachment(name, pieces))


def routes() -> Sequence[Route]:
    """Return the routes to give to `st.App(..., routes=routes())`."""
    return [Route(f"{address('file')}/{{token}}", _send)]


def pieces_of(path: Path) -> Iterator[bytes]:
    """Yield a file in blocks."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _offer(content: str, attachment: Attachment) -> str:
    token = hmac.new(_SECRET, content.encode(), hashlib.sha256).hexdigest()
    with _lock:
        _offered[token] = attachment
        _offered.move_to_end(token)
        while len(_offered) > MOST_OFFERED:
            _offered.popitem(last=False)
    return f"{address('file')}/{token}"


def _send(request: Request) -> Response:
    with _lock:
        attachment = _offered.get(request.path_params["token"])
    if attachment is None:
        raise _gone(request)
    how = "inline" if attachment.shown else "attachment"
    headers = {
        **HEADERS,
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(attachment.name)}",
    }
    kind = "text/html" if attachment.name.endswith(".html") else "application/octet-stream"
    if isinstance(attachment.source, Path):
        if not attachment.source.is_file():
            raise _gone(request)
        return FileResponse(attachment.source, media_type=kind, headers=headers)
    try:
        pieces = attachment.source()
    except FileNotFoundError as error:
        raise _gone(request) from error
    # Naming the encoding keeps the server from compressing what may be packed already.
    headers["Content-Encoding"] = "identity"
    return StreamingResponse(pieces, media_type=kind, headers=headers)


def _gone(request: Request) -> HTTPException:
    """Say in the language of the browser that there is nothing (more) behind an address."""
    language = choose_language(request.headers.get("Accept-Language", "").split(",")[0])
    return HTTPException(404, translate(GONE, language))
