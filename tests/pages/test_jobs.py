"""What a job does is said in one line, with the unit of what it counts."""

from dataclasses import replace

from core.jobs import Job, JobState, Lane
from core.progress import READING
from pages.ui.jobs import describe


def line(stage: str, done: float, total: float) -> str:
    job = Job("1", "ingest", "/p", {}, "me", Lane.MEDIUM, JobState.RUNNING, created=0.0)
    return describe(replace(job, stage=stage, done=done, total=total))


def test_bytes_of_a_file_are_no_rows() -> None:
    assert line(READING, 15 << 20, 482 << 20) == "Read the file: Reading · 15 MB of 482 MB"


def test_other_stages_count_their_units() -> None:
    said = line("Looking at the columns", 2, 1500)
    assert said == "Read the file: Looking at the columns · 2 of 1,500"
