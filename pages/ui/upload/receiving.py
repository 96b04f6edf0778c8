"""The address to which a browser sends the slices of a file."""

import errno
from collections.abc import Sequence
from typing import BinaryIO

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit import config

from pages.ui.addresses import address
from pages.ui.upload.inbox import INBOXES, MOST_FILES, Expected, Inbox

# Written in blocks of this size, each in a thread: the server answers others meanwhile.
BLOCK = 1 << 20
NAME_LENGTH = 200
MOST_DIGITS = 15


def routes() -> Sequence[Route]:
    """Return the routes to give to `st.App(..., routes=routes())`."""
    return [Route(f"{address('upload')}/{{token}}/{{number}}", _file, methods=["PUT", "DELETE"])]


def most_bytes() -> int:
    """Return how large a file may be that comes through the browser."""
    return int(config.get_option("server.maxUploadSize")) << 20


async def _file(request: Request) -> Response:
    """Take a slice of a file, or remove the file.

    A slice says where it begins, the file's name and its whole size. The answer holds the bytes
    that are there; where they are not those before the slice (409), the browser goes on from them.
    """
    inbox = INBOXES.get(request.path_params["token"])
    number = _count(request.path_params["number"])
    if inbox is None or number is None:
        return JSONResponse({}, 404)
    if number in inbox.writing:  # a slice whose connection broke is still being written
        return JSONResponse({}, 423)
    if request.method == "DELETE":
        inbox.forget(number)
        return JSONResponse({"size": 0})
    return await _take_slice(request, inbox, number)


async def _take_slice(request: Request, inbox: Inbox, number: int) -> Response:
    begin, size = (_count(request.query_params.get(name, "")) for name in ("begin", "size"))
    full = number not in inbox.expected and len(inbox.expected) >= MOST_FILES
    if begin is None or size is None or begin > size or full:
        return JSONResponse({}, 400)
    if size > most_bytes():
        return JSONResponse({}, 413)
    if begin != inbox.size(number):
        return JSONResponse({"size": inbox.size(number)}, 409)
    inbox.expected[number] = Expected(request.query_params.get("name", "")[-NAME_LENGTH:], size)
    inbox.writing.add(number)
    try:
        return await _write(request, inbox, number)
    finally:
        inbox.writing.discard(number)


async def _write(request: Request, inbox: Inbox, number: int) -> Response:
    left = inbox.expected[number].size - inbox.size(number)
    block = bytearray()
    try:
        with inbox.place(number).open("ab", buffering=0) as file:
            async for part in request.stream():
                left -= len(part)
                if left < 0:
                    inbox.forget(number)
                    return JSONResponse({}, 400)
                block += part
                if len(block) >= BLOCK:
                    await to_thread.run_sync(_append, file, block)
                    block = bytearray()
            await to_thread.run_sync(_append, file, block)
    except ClientDisconnect:
        return JSONResponse({}, 400)  # nobody is there to read it
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        inbox.forget(number)
        return JSONResponse({}, 507)
    return JSONResponse({"size": inbox.size(number)})


def _append(file: BinaryIO, block: bytearray) -> None:
    view = memoryview(block)
    while view:
        view = view[file.write(view) :]


def _count(digits: str) -> int | None:
    """Return a number that came in an address, or None for what is none."""
    is_count = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS
    return int(digits) if is_count else None
