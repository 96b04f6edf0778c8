"""Cleaning is a decision that can be undone: it changes what goes on, and never the table."""

import csv
from pathlib import Path

import pytest

from core.errors import SettingInvalid
from core.project import Project
from core.steps import is_cleaned_alike, left_out_counts, load_topics, open_map, run_step

WORDS = ("rain", "cheese", "engine", "harbour", "violin", "desert", "needle", "quarrel")


def run(project: Project, step: str, **settings: object) -> dict[str, object]:
    return run_step(step, str(project.folder), settings)


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project on texts with everything that can be found in them."""
    monkeypatch.setenv("TEXTLODE_HOME", str(tmp_path / "home"))
    texts = [f"{word} number {n} is what this is about" for n in range(8) for word in WORDS]
    texts[1] = texts[0]
    texts[2] = ""
    texts[3] = f"<p>{texts[3]}</p>"
    texts[4:14] = [f"{text}\nSent from my telephone" for text in texts[4:14]]
    texts[20] = "long " * 5000
    path = tmp_path / "odd.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "label"])
        writer.writerows([n, text, n % 2] for n, text in enumerate(texts))
    project = Project.create(tmp_path / "odd", "Odd")
    run(project, "ingest", files=[str(path)], text="text", label="label")
    return project


def test_findings_are_counted_once_and_read_again(odd: Project) -> None:
    first = run(odd, "findings")
    assert (first["empty"], first["repeated"], first["markup"]) == (1, 1, 1)
    assert (first["shared_lines"], first["very_long"]) == (10, 1)
    assert run(odd, "findings") == first
    assert len(odd.artifacts.keys("findings")) == 1


def test_nothing_switched_on_keeps_the_keys(project: Project) -> None:
    before = project.state.current
    run(project, "clean", remedies=["markup"])
    run(project, "clean", remedies=[])
    run(project, "map", encoder="instant", topics=6)
    assert project.state.current == before
    assert set(project.current("vectors").inputs) == {"table"}


def test_what_is_switched_on_goes_neither_to_the_map_nor_out_of_the_table(odd: Project) -> None:
    remedies = ["repeated", "very_long", "markup", "shared_lines"]
    counts = run(odd, "clean", remedies=remedies)["left_out"]
    assert counts == {"no text": 1, "repeats a text above": 1, "very long": 1}
    run(odd, "map", encoder="instant")
    texts = open_map(odd).texts
    assert not any("<p>" in text or "telephone" in text or "long " in text for text in texts)
    assert [row for row, unit in enumerate(load_topics(odd).unit_of_row) if unit < 0] == [1, 2, 20]
    table = odd.table(["text"]).column(0).to_pylist()
    assert len(table) == 64 and table[3].startswith("<p>") and table[4].endswith("telephone")
    left_out = odd.artifacts.open(odd.current("vectors").inputs["texts"]).table("left_out")
    assert left_out.column("row").to_pylist() == [2, 3, 21]


def test_an_export_has_every_row_as_written_and_says_why_one_was_left_out(
    odd: Project, tmp_path: Path
) -> None:
    run(odd, "clean", remedies=["repeated", "markup"])
    run(odd, "map", encoder="instant")
    run(odd, "export", out=str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == odd.table(["text"]).column(0).to_pylist()
    reasons = {
        n: row["textlode_left_out"] for n, row in enumerate(rows) if row["textlode_left_out"]
    }
    assert reasons == {1: "repeats a text above", 2: "no text"}


def test_undo_brings_the_first_map_back_at_once(odd: Project) -> None:
    run(odd, "map", encoder="instant")
    first = odd.state.current["clusters"]
    run(odd, "clean", remedies=["very_long"])
    assert not is_cleaned_alike(odd, odd.current("vectors"))
    assert odd.state.can_undo is not None
    odd.undo()
    assert is_cleaned_alike(odd, odd.current("vectors"))
    run(odd, "map", encoder="instant")
    assert odd.state.current["clusters"] == first
    assert left_out_counts(odd) == {"no text": 1}


def test_a_model_reads_new_texts_as_it_read_those_it_learned(odd: Project, tmp_path: Path) -> None:
    run(odd, "clean", remedies=["markup", "shared_lines"])
    run(odd, "train", label="label", method="probe", encoder="instant")
    new = tmp_path / "new.csv"
    new.write_text('text\n"rain is what this is about"\n"<b>rain</b> is what this is about"\n')
    run(odd, "predict", file=str(new))
    sure = odd.current("prediction").table("predictions").column("predicted_confidence")
    assert sure[0] == sure[1]


def test_long_texts_are_read_whole_when_asked_for(odd: Project) -> None:
    run(odd, "embed", encoder="multilingual")
    cut = odd.current("vectors")
    run(odd, "clean", remedies=["read_whole"])
    assert not is_cleaned_alike(odd, cut)
    run(odd, "embed", encoder="multilingual")
    whole = odd.current("vectors")
    assert (cut.json("embedding")["cut"], whole.json("embedding")["cut"]) == (1, 0)
    assert is_cleaned_alike(odd, whole)


def test_an_unknown_remedy_is_refused(odd: Project) -> None:
    with pytest.raises(SettingInvalid, match="no remedy bleach"):
        run(odd, "clean", remedies=["bleach"])
