"""What a job does is said in one line, with the unit of what it counts."""

from dataclasses import fields, replace

from core.jobs import Job, JobState, Lane
from core.progress import READING
from core.steps import STEPS
from pages.ui.job_facts import SETTINGS, facts_of
from pages.ui.jobs import describe


def line(stage: str, done: float, total: float) -> str:
    job = Job("1", "ingest", "/p", {}, "me", Lane.MEDIUM, JobState.RUNNING, created=0.0)
    return describe(replace(job, stage=stage, done=done, total=total))


def test_bytes_of_a_file_are_no_rows() -> None:
    assert line(READING, 15 << 20, 482 << 20) == "Read the file: Reading · 15 MB of 482 MB"


def test_other_stages_count_their_units() -> None:
    said = line("Looking at the columns", 2, 1500)
    assert said == "Read the file: Looking at the columns · 2 of 1,500"


def test_every_setting_has_a_name_that_people_know() -> None:
    unnamed = {
        f"{step.name}: {field.name}"
        for step in STEPS.values()
        for field in fields(step.settings)
        if field.name not in SETTINGS
    }
    assert unnamed == set()


def facts(step: str, settings: dict[str, object], result: dict[str, object]) -> list[str]:
    job = Job("1", step, "/p", settings, "me", Lane.LONG, JobState.DONE, created=0.0, result=result)
    return [line for _, lines in facts_of(job) for line in lines]


def test_settings_and_results_are_said_in_words() -> None:
    assert facts(
        "train",
        {"label": "rating", "method": "fine-tune", "test_file": "/a/b/test.csv", "epochs": 0},
        {
            "model": "rating",
            "key": "model-0011223344556677",
            "rows": {"train": 1200, "validation": 100, "test": 300},
            "accuracy": 0.916,
            "interval": [0.9, 0.93],
            "kept": "fine-tuned",
        },
    ) == [
        "Labels: rating",
        "How: thorough (fine-tuning)",
        "File with test rows: test.csv",
        "Passes over the rows (epochs): 0",
        "Model: rating",
        "Rows: to learn 1,200, to validate 100, to test 300",
        "Test rows right: 91.6%",
        "With 95% certainty between: 90.0%, 93.0%",
        "Kept: thorough (fine-tuning)",
    ]


def test_rows_are_numbered_as_on_the_pages_and_lost_is_said_of_what_it_is() -> None:
    assert facts("explain", {"rows": (41,), "model": "model-1"}, {"model": "mine"}) == [
        "Rows: 42", "Model: mine", "Model: mine",
    ]  # fmt: skip
    assert facts("export", {"out": "/x/1.csv"}, {"defused": 2, "lost": 3, "cut": 1}) == [
        "File that is written: 1.csv", "Cells made harmless: 2", "Cells with characters lost: 3",
        "Cells cut: 1",
    ]  # fmt: skip
    assert facts("map", {}, {"recall": 0.993, "lost": ["A", "B"], "layout": "layout-1"}) == [
        "True neighbours found (recall): 99.3%", "Topics of before that none matches: A, B",
    ]  # fmt: skip


def test_yes_and_no_are_words_of_a_language() -> None:
    asked = {"reading": {"header_rows": True, "quote": False}}
    assert facts("ingest", asked, {}) == ["How the file is read: lines with names yes, quotes no"]
