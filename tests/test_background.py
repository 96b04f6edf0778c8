"""Work in a thread beside other work ends with it."""

from threading import Event

import pytest

from core.background import Background
from core.errors import Cancelled
from core.progress import SILENT, Progress


class Seen(Progress):
    def __init__(self) -> None:
        self.calls: list[tuple[float, float, str]] = []

    def __call__(self, done: float, total: float, message: str = "") -> None:
        self.calls.append((done, total, message))


def test_the_result_is_waited_for_and_only_then_is_its_progress_seen() -> None:
    seen, go_on = Seen(), Event()

    def work(progress: Progress) -> int:
        progress(3, 7, "Counting words")
        assert go_on.wait(10)
        return 42

    with Background(work) as running:
        running.start()
        assert seen.calls == []

        class LetGo(Seen):
            def __call__(self, done: float, total: float, message: str = "") -> None:
                seen(done, total, message)
                go_on.set()

        assert running.result(LetGo()) == 42
    assert set(seen.calls) == {(3, 7, "Counting words")}


def test_what_was_not_begun_begins_when_its_result_is_wanted() -> None:
    with Background(lambda progress: "done") as running:
        assert running.result(SILENT) == "done"


def test_it_stops_when_the_work_beside_it_fails() -> None:
    heard, begun = [], Event()

    def work(progress: Progress) -> None:
        begun.set()
        try:
            while True:
                progress(0, 0)
        except Cancelled as error:
            heard.append(error)

    def fail_beside_it() -> None:
        with Background(work) as running:
            running.start()
            assert begun.wait(10)
            raise RuntimeError("the other work")

    with pytest.raises(RuntimeError, match="the other work"):
        fail_beside_it()
    assert len(heard) == 1


def test_its_error_is_raised_where_the_result_is_wanted() -> None:
    def work(progress: Progress) -> None:
        raise ValueError("not to be counted")

    with Background(work) as running, pytest.raises(ValueError, match="not to be counted"):
        running.result(SILENT)
