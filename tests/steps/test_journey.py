"""The steps one after the other on real texts, and what each leaves behind."""

import json
from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest

from core.errors import ColumnMissing, InputError, NotReady, SettingInvalid
from core.project import Project
from core.steps import load_topics, run_step


def run(project: Project, step: str, **settings: object) -> dict[str, object]:
    return run_step(step, str(project.folder), settings)


def test_every_row_is_kept_and_has_its_place(project: Project) -> None:
    topics = load_topics(project)
    assert project.row_count == topics.row_count == 300
    assert topics.unit_of_row[3] == -1
    assert topics.unit_of_row[4] == topics.unit_of_row[5]
    assert topics.topic_of_row[3] == -2
    assert topics.count == len(topics.topics) == 6


def test_asked_again_a_map_is_read_and_not_computed(project: Project) -> None:
    before = project.state.current
    run(project, "map", encoder="instant", topics=6)
    assert project.state.current == before
    assert len(project.artifacts.keys("layout")) == 1


def test_another_number_of_topics_embeds_nothing(project: Project) -> None:
    run(project, "map", encoder="instant", topics=3)
    assert len(load_topics(project).topics) == 3
    assert len(project.artifacts.keys("vectors")) == 1


def test_the_same_file_and_settings_give_the_same_map(project: Project, tmp_path: Path) -> None:
    source = tmp_path / "again.csv"
    pyarrow.csv.write_csv(project.table(), source)
    other = Project.create(tmp_path / "other", "Other")
    run(other, "ingest", files=[str(source)], text="text")
    run(other, "map", encoder="instant", topics=6)
    first, second = (one.current("layout").arrays() for one in (project, other))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_train_predict_explain_on_one_project(project: Project, tmp_path: Path) -> None:
    trained = run(project, "train", label="label", method="probe")
    assert trained["accuracy"] > 0.7
    assert trained["rows"]["test"] > 40
    rows = project.table(["label", "text"]).to_pylist()
    spam = next(row["text"] for row in rows if row["label"] == "spam" and row["text"])
    typed = run(project, "predict_text", text=spam)
    assert typed["labels"][0][0] == "spam"
    new = tmp_path / "new.csv"
    new.write_text("id,text\n1,Make money from home now\n2,\n3,The kernel patch fails to build\n")
    out = tmp_path / "out.csv"
    predicted = run(project, "predict", file=str(new), out=str(out))
    assert (predicted["rows"], predicted["empty"]) == (3, 1)
    lines = out.read_text().splitlines()
    assert lines[0].startswith("id,text,textlode_predicted,textlode_predicted_confidence")
    assert len(lines) == 4
    explained = run(
        project, "explain", text="Earn money fast", target="spam", out=str(tmp_path / "why.json")
    )
    assert explained["texts"] == 1
    one = json.loads((tmp_path / "why.json").read_text())["explanations"][0]
    total = sum(word["value"] for word in one["words"])
    assert total == pytest.approx(one["output"] - one["base"], abs=1e-3)


def test_training_twice_with_one_seed_gives_one_model(project: Project) -> None:
    first = run(project, "train", label="label", method="probe")
    second = run(project, "train", label="label", method="probe")
    assert first["key"] == second["key"]


def test_named_topics_can_be_learned(project: Project) -> None:
    topic = load_topics(project).topics[0]
    clusters = project.state.current["clusters"]
    project.record("topic_renamed", clusters=clusters, topic=topic.id, name="Mine")
    trained = run(project, "train", label="topics", method="probe")
    assert "Mine" in project.current("model").json("report")["classes"]
    assert trained["classes"] == 6


def test_a_test_file_replaces_the_held_back_rows(project: Project, tmp_path: Path) -> None:
    test_file = tmp_path / "test.csv"
    test_file.write_text(
        "text,label\nWin a free prize now,spam\nThe patch for the mailing list software,ham\n"
        "Lose weight fast,spam\nsee the linux kernel archive,ham\n"
    )
    trained = run(project, "train", label="label", method="probe", test_file=str(test_file))
    assert trained["rows"]["test"] == 4


@pytest.mark.parametrize(
    ("step", "settings", "error", "words"),
    [
        ("ingest", {"files": ["x.csv"], "nonsense": 1}, SettingInvalid, "has no setting nonsense"),
        ("map", {"topics": -1}, SettingInvalid, "-1 topics were asked for"),
        ("train", {"label": "no such"}, ColumnMissing, "There is no column no such"),
        ("predict", {"file": "x.csv"}, NotReady, "no model yet"),
        ("explain", {"text": "x"}, NotReady, "no model yet"),
        ("export", {"out": "x.doc"}, SettingInvalid, "no ending that names a format"),
        ("search", {"query": "  "}, InputError, "The search is empty"),
        ("train", {}, SettingInvalid, "train needs the setting label"),
        ("train", {"label": "label", "method": "x"}, SettingInvalid, "There is no method x"),
        ("fly", {}, SettingInvalid, "There is no step fly"),
    ],
)
def test_a_wrong_wish_is_refused_in_words(
    project: Project, step: str, settings: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        run(project, step, **settings)


def test_search_by_meaning_finds_the_text_itself(project: Project) -> None:
    from core.steps import open_map

    texts = open_map(project).texts
    found = run(project, "search", query=texts[17], nearest=3)
    assert found["units"][0] == 17
