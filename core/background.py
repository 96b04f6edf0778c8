"""Work that is done in a thread beside other work."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event
from types import TracebackType
from typing import Generic, TypeVar

from core.progress import Progress, stop_if

T = TypeVar("T")

POLL_SECONDS = 0.1


class Background(Progress, Generic[T]):
    """Work for a thread of its own, and its progress; it is stopped when the block ends early.

    Only `result` shows how far it is: until then somebody watches the work that it goes beside.
    """

    def __init__(self, work: Callable[[Progress], T]) -> None:
        self._work = work
        self._told: tuple[float, float, str] = (0, 0, "")
        self._stop = Event()
        self._threads = ThreadPoolExecutor(1)
        self._future: Future[T] | None = None

    def __enter__(self) -> "Background[T]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._threads.shutdown()

    def __call__(self, done: float, total: float, message: str = "") -> None:
        stop_if(self._stop.is_set())
        self._told = done, total, message

    def start(self) -> "Future[T]":
        """Begin, unless it has begun."""
        if self._future is None:
            self._future = self._threads.submit(self._work, self)
        return self._future

    def result(self, progress: Progress) -> T:
        """Wait for the work and return what came of it, or raise what it raised."""
        future = self.start()
        while wait([future], timeout=POLL_SECONDS).not_done:
            progress(*self._told)
        return future.result()
