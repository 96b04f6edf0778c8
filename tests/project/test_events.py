"""The log keeps every decision of two writers, through a crash at any byte."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.project import EventLog


def open_log(folder: Path) -> EventLog:
    return EventLog(folder / "events.jsonl", folder / ".lock")


def test_an_event_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = open_log(tmp_path).append("noted", "ann", text='a "quoted"\nline, crc 你好')
    assert open_log(tmp_path).events() == (written,)


def test_a_reader_sees_what_another_instance_appends(tmp_path: Path) -> None:
    first, second = open_log(tmp_path), open_log(tmp_path)
    first.append("noted", "ann", n=1)
    second.append("noted", "bob", n=2)
    first.append("noted", "ann", n=3)
    assert [e.values["n"] for e in second.events()] == [1, 2, 3]
    assert [e.number for e in second.events()] == [1, 2, 3]


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_torn_last_line_is_dropped_and_the_log_goes_on(tmp_path: Path, cut: int) -> None:
    log = open_log(tmp_path)
    log.append("noted", "ann", n=1)
    log.append("noted", "ann", n=2)
    path = tmp_path / "events.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    again = open_log(tmp_path)
    assert [e.values["n"] for e in again.events()] == [1]
    again.append("noted", "ann", n=3)
    assert [e.values["n"] for e in open_log(tmp_path).events()] == [1, 3]
    assert again.damaged_lines == 0


def test_a_damaged_line_is_left_out_and_counted(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    for n in range(3):
        log.append("noted", "ann", n=n)
    path = tmp_path / "events.jsonl"
    path.write_bytes(path.read_bytes().replace(b'{"n":1}', b'{"n":7}'))
    again = open_log(tmp_path)
    assert [e.values["n"] for e in again.events()] == [0, 2]
    assert again.damaged_lines == 1


def test_two_processes_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from core.project import EventLog\n"
        "folder = Path(sys.argv[1]); log = EventLog(folder / 'events.jsonl', folder / '.lock')\n"
        "for n in range(60): log.append('noted', sys.argv[2], n=n)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), by]) for by in ("ann", "bob")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    events = open_log(tmp_path).events()
    assert [e.number for e in events] == list(range(1, 121))
    for by in ("ann", "bob"):
        assert [e.values["n"] for e in events if e.by == by] == list(range(60))


def test_a_log_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    for n in range(5):
        log.append("noted", "ann", n=n)
    (tmp_path / "events.jsonl").unlink()
    open_log(tmp_path).append("noted", "bob", n=9)
    assert [e.values["n"] for e in log.events()] == [9]
    log.append("noted", "ann", n=10)
    again = open_log(tmp_path)
    assert [e.values["n"] for e in again.events()] == [9, 10]
    assert again.damaged_lines == 0
