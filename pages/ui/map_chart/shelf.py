"""What browsers may fetch while this process lives: bytes and texts behind unguessable tokens.

A token is an HMAC of the content under a secret drawn at start. Publishing the same content again
gives the same address, so a browser keeps what it has; nobody who was not given an address can
make one up; and nothing lists what is on the shelf.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

TextReader = Callable[[int], str]


class Shelf:
    """Holds published content up to a number of bytes; what was asked for longest ago goes first.

    The newest content always stays, however large it is.
    """

    def __init__(self, limit: int, readers: int = 64) -> None:
        self.limit = limit
        self.readers_kept = readers
        self._secret = secrets.token_bytes(32)
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._readers: OrderedDict[str, TextReader] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def put(self, content: bytes) -> str:
        """Offer the content and return its token; the same content has the same token."""
        token = self._sign(b"content", hashlib.sha256(content).digest())
        with self._lock:
            if token not in self._contents:
                self._contents[token] = content
                self._size += len(content)
            self._contents.move_to_end(token)
            while self._size > self.limit and len(self._contents) > 1:
                self._size -= len(self._contents.popitem(last=False)[1])
        return token

    def get(self, token: str) -> bytes | None:
        """Return the content behind a token, or None."""
        with self._lock:
            content = self._contents.get(token)
            if content is not None:
                self._contents.move_to_end(token)
            return content

    def put_reader(self, name: str, reader: TextReader) -> str:
        """Offer the texts of one named table; a later reader of that name takes its place."""
        token = self._sign(b"texts", name.encode())
        with self._lock:
            self._readers[token] = reader
            self._readers.move_to_end(token)
            while len(self._readers) > self.readers_kept:
                self._readers.popitem(last=False)
        return token

    def get_reader(self, token: str) -> TextReader | None:
        """Return the reader behind a token, or None."""
        with self._lock:
            return self._readers.get(token)

    def _sign(self, kind: bytes, content: bytes) -> str:
        return hmac.new(self._secret, kind + b":" + content, hashlib.sha256).hexdigest()


# One for the process: a million points with their colours take 9 MB, so this holds some fifty maps.
SHELF = Shelf(limit=512 * 2**20)
