"""Train, Predict and Explain as a person meets them: what is asked, answered and left out."""

import io
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from core.jobs import JobState
from core.progress import Progress
from core.project import Project
from core.steps import delete_prediction, list_predictions, run_step, save_as_labels
from core.steps.training import FirstPart
from pages.ui.attachments import routes
from pages.ui.jobs import job_store, start_engine, submit
from pages.ui.model_report import further_mistakes
from tests.conftest import PROJECT
from tests.pages.conftest import OpenPage

# Sentences of two kinds, the shortest of them longer than a word or two.
LETTERS = "".join(
    f"Win a free prize number {n} now,spam\nThe patch number {n} fails to build,ham\n"
    for n in range(20)
)


@pytest.fixture
def taught(project: Project) -> Project:
    run_step("train", str(project.folder), {"label": "label", "method": "probe"})
    return project


def wait(job_id: str) -> None:
    while not job_store().get(job_id).is_over:
        time.sleep(0.05)


def headings(app: AppTest) -> list[str]:
    return [one.value for one in app.subheader]


def test_an_explanation_says_what_it_is_of_and_goes_with_the_choice(
    open_page: OpenPage, taught: Project
) -> None:
    run_step("explain", str(taught.folder), {"text": "The parcel came too late"})
    app = open_page("explain", PROJECT)
    assert headings(app) == ["A typed text"]
    assert app.text_area[0].value == "The parcel came too late"
    app.button_group[0].set_value("rows").run()
    assert headings(app) == []
    run_step("explain", str(taught.folder), {"rows": [41]})
    app = open_page("explain", PROJECT)
    [title] = headings(app)
    assert title.startswith("Row 42 (id ")
    assert app.number_input[0].value == 42


def test_the_words_of_a_class_come_above_its_rows(open_page: OpenPage, taught: Project) -> None:
    label = taught.table(["label"]).column(0)[0].as_py()
    run_step("explain", str(taught.folder), {"target": label, "sample": 5})
    app = open_page("explain", PROJECT)
    assert headings(app) == [f"Class {label}, 5 rows"]
    assert (app.selectbox[0].value, app.slider[0].value) == (label, 5)
    said = [str(one.value) for one in app.markdown]
    words = next(place for place, one in enumerate(said) if "The strongest words" in one)
    assert words < next(place for place, one in enumerate(said) if "the words add" in one)


def test_a_row_is_shown_before_it_is_explained(open_page: OpenPage, taught: Project) -> None:
    app = open_page("explain", PROJECT)
    button = next(one for one in app.button if one.label == "Explain")
    assert not button.disabled
    button.click().run()
    assert "Type or paste a text first." in [one.value for one in app.info]
    app.button_group[0].set_value("rows").run()
    app.number_input[0].set_value(10).run()
    text = taught.table(["text"]).column(0)[9].as_py()
    shown = [str(one.proto) for one in app.get("html")]
    assert any(text[10:60] in one for one in shown)
    assert any(str(one.value).startswith("Row 10 (id ") for one in app.caption)


def test_explaining_begins_with_a_row_that_has_something_to_explain(
    open_page: OpenPage, home: Path
) -> None:
    path = home / "gap.csv"
    path.write_text("text,label\n,ham\nno,spam\n" + LETTERS, "utf-8")
    folder = home / "projects" / "gap-0001"
    gap = Project.create(folder, "Gap")
    run_step("ingest", str(folder), {"files": [str(path)], "text": "text", "label": "label"})
    run_step("train", str(folder), {"label": "label", "method": "probe", "encoder": "instant"})
    app = open_page("explain", gap.id)
    app.button_group[0].set_value("rows").run()
    assert app.number_input[0].value == 3
    assert "Row 3: the first with a whole sentence" in [one.value for one in app.caption]
    app.number_input[0].set_value(4).run()
    assert "Row 4" in [one.value for one in app.caption]
    run_step("predict", str(folder), {})
    sure = list_predictions(gap)[0].artifact.table("predictions").column("predicted_confidence")
    least = min(one for one in sure.to_pylist()[2:])
    app = open_page("explain", gap.id)
    app.button_group[0].set_value("rows").run()
    assert app.number_input[0].value == sure.to_pylist().index(least) + 1
    assert any("the model is least sure of it (" in one.value for one in app.caption)


def test_a_file_with_other_names_asks_for_its_column(
    open_page: OpenPage, taught: Project, tmp_path: Path
) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("a,b\n" + "".join(f"{n},{n * 7}\n" for n in range(9)))
    job = submit("predict", taught, file=str(path))
    wait(job.id)
    assert job_store().get(job.id).state == JobState.FAILED
    app = open_page("predict", PROJECT)
    box = next(one for one in app.selectbox if one.label.startswith("The column with the texts"))
    assert box.options == ["a", "b"]
    box.select("b").run()
    next(one for one in app.button if one.label == "Predict with this column").click().run()
    again = job_store().list(project=str(taught.folder), limit=1, steps=("predict",))[0]
    assert (again.settings["file"], again.settings["text"]) == (str(path), "b")


def test_predictions_are_listed_opened_again_and_deleted_on_one_question(
    open_page: OpenPage, taught: Project, tmp_path: Path
) -> None:
    run_step("predict", str(taught.folder), {})
    path = tmp_path / "new.csv"
    path.write_text("id,text\n1,Make money from home now\n2,The kernel patch fails to build\n")
    run_step("predict", str(taught.folder), {"file": str(path)})
    app = open_page("predict", PROJECT)
    names = [one.value for one in app.markdown if one.value.startswith("**")]
    assert names[:1] == [r"**new.csv**"]
    assert any("model label" in one.value and "2 rows" in one.value for one in app.caption)
    assert [one.value["rows"].sum() for one in app.dataframe if "share" in one.value] == [2]
    next(one for one in app.button if one.label == "Open").click().run()
    assert [one.value["rows"].sum() for one in app.dataframe if "share" in one.value] == [299]
    newest = list_predictions(taught)[0]
    app.button(key=f"delete-{newest.key}").click().run()
    question = "Delete the prediction of **new.csv** by the model label, 2 rows, for good?"
    assert question in [one.value for one in app.markdown]
    links = [one.proto.url for one in app.get("link_button")]
    delete_prediction(taught, newest.key)
    with TestClient(Starlette(routes=list(routes()))) as client:
        answers = [client.get(link) for link in links]
    assert [one.status_code for one in answers] == 5 * [404] + 5 * [200]
    next(one for one in app.button if one.label == "Delete the prediction").click().run()
    assert not app.exception
    app.run()
    names = [one.value for one in app.markdown if one.value.startswith("**")]
    assert names[:1] == ["**The rows of this project**"]
    app = open_page("predict", PROJECT)
    assert [one.value["rows"].sum() for one in app.dataframe if "share" in one.value] == [299]


def test_a_prediction_leaves_in_each_format(open_page: OpenPage, taught: Project) -> None:
    run_step("predict", str(taught.folder), {})
    app = open_page("predict", PROJECT)
    links = {one.proto.label: one.proto.url for one in app.get("link_button")}
    assert list(links) == ["CSV", "CSV for Excel", "Excel (XLSX)", "Parquet", "JSON Lines"]
    with TestClient(Starlette(routes=list(routes()))) as client:
        sent = {label: client.get(url) for label, url in links.items()}
    assert sent["CSV"].text.startswith("id,")
    assert sent["CSV for Excel"].content.startswith(b"\xef\xbb\xbfid,")
    assert sent["Excel (XLSX)"].headers["content-disposition"].endswith("Mail-labelled.xlsx")
    table = pq.read_table(io.BytesIO(sent["Parquet"].content))
    assert (table.num_rows, table.column_names[-4:-2]) == (
        300, ["textlode_predicted", "textlode_predicted_confidence"],
    )  # fmt: skip
    assert len(sent["JSON Lines"].text.splitlines()) == 300


def test_a_test_on_topics_is_told_apart_from_one_on_labels(
    open_page: OpenPage, project: Project
) -> None:
    save_as_labels(project, "mine")
    app = open_page("train", PROJECT)
    what = next(one for one in app.selectbox if one.label == "What to learn")
    said = {}
    for source in ("mine", "topics", "label"):
        what.set_value(source).run()
        said[source] = any("how well the model tells them apart" in c.value for c in app.caption)
        what = next(one for one in app.selectbox if one.label == "What to learn")
    assert said == {"mine": True, "topics": True, "label": False}


def test_the_advised_way_of_training_comes_first_with_its_reason(
    open_page: OpenPage, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.steps.advice.chosen_encoder", lambda _: "minilm")
    app = open_page("train", PROJECT)
    how = next(one for one in app.selectbox if one.label == "How")
    assert how.options[0] == "Quick, seconds: only the last layer learns (probe)"
    assert how.options[1].startswith("Thorough, up to ")
    assert how.value == "probe"
    reason = next(one.value for one in app.caption if "are labelled" in one.value)
    assert reason.startswith("**Advised: quick.** 300 rows are labelled, with 2 different labels:")
    assert "the thorough way is seldom better" in reason


def test_a_cancelled_training_says_what_is_kept(open_page: OpenPage, project: Project) -> None:
    job = submit("train", project, label="label", method="probe")
    start_engine().cancel(job.id)
    wait(job.id)
    said = [one.value for one in open_page("train", PROJECT).caption]
    assert any(one.startswith("No model was added. What the encoder has read") for one in said)


def test_what_the_list_of_mistakes_leaves_out_is_counted() -> None:
    report = {
        "mistakes": [["a", "b", 3]],
        "after": {"confusion": [[5, 3, 1], [2, 4, 0], [0, 0, 1]]},
    }
    assert further_mistakes(report) == (
        "And 2 further pairs of classes, with 3 test rows between them."
    )
    report["mistakes"] += [["b", "a", 2], ["a", "c", 1]]
    assert further_mistakes(report) == ""


def test_the_quick_model_is_said_to_be_the_first_part() -> None:
    said: list[str] = []

    class Heard(Progress):
        def __call__(self, done: float, total: float, message: str = "") -> None:
            said.append(message)

    FirstPart(Heard())(3, 7, "Fitting the quick model")
    assert said == ["First the quick model"]
