"""The whole journey in a real browser, on real mails in an ugly file."""

import csv
import io
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.samples import FOLDER
from tests.browser.hand import SECOND, fill, follow, pick_encoder, repeat_until

ROOT = Path(__file__).parents[2]
APP = ROOT / "app.py"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(serve: Callable[[Path], str]) -> str:
    return serve(APP)


@pytest.fixture
def page(browser: Any) -> Any:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    opened = context.new_page()
    opened.set_default_timeout(90 * SECOND)
    yield opened
    context.close()


def ugly_file(folder: Path) -> tuple[Path, list[dict[str, str]]]:
    """Real mails as an old system exports them, and the rows as they are meant."""
    with (FOLDER / "mail" / "mail.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[::9]
    rows[2]["text"] = ""
    rows[4]["text"] = rows[3]["text"]
    rows[5]["subject"] = "=HYPERLINK(1)"
    rows[6]["subject"] = "<b>bold</b> <script>alert(1)</script>"
    rows[7]["id"] = "007"
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    content = ("Export of the mail system\r\n\r\n" + text.getvalue()).encode("cp1252", "replace")
    path = folder / "export.csv"
    path.write_bytes(content)
    meant = content.decode("cp1252").split("\r\n", 2)[2]
    return path, list(csv.DictReader(io.StringIO(meant, newline=""), delimiter=";"))


def draw_around(page: Any, radius: float) -> None:
    """Draw a circle on the map by hand."""
    box = page.locator(".js-plotly-plot").first.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    corners = [
        (
            middle[0] + radius * box["width"] * math.cos(turn * math.pi / 12),
            middle[1] + radius * box["height"] * math.sin(turn * math.pi / 12),
        )
        for turn in range(25)
    ]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner)
    page.mouse.up()


def test_a_sample_opens_with_its_map(page: Any, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Open").nth(1).click()
    page.wait_for_url("**/map**")
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_text("18 of 1,800 rows").wait_for()
    assert "project=sample-mail" in page.url
    page.reload()
    page.get_by_text("18 of 1,800 rows").wait_for()
    see_topics_by_label(page)


def see_topics_by_label(page: Any) -> None:
    """Ask which topics are in unwanted mail, and take the answer along."""
    follow(page, "Topics")
    view = page.get_by_role("radio", name="Topics by column", exact=True)
    table = page.get_by_role("region", name="label", exact=True)
    repeat_until(table, lambda: view.click(timeout=5 * SECOND))
    striking = re.compile(r"times as frequent in (spam|ham) as elsewhere \(")
    page.get_by_text(striking).first.wait_for()
    table.get_by_role("columnheader", name="spam", exact=True).wait_for()
    assert table.get_by_text("clearly more than elsewhere").count() > 3
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").filter(has_text="CSV").click()
    content = Path(download.value.path()).read_text("utf-8")
    lines = list(csv.DictReader(io.StringIO(content, newline="")))
    assert sum(int(line["All rows"]) for line in lines) == 1800
    assert any(line["Clearly more in"] == "spam" for line in lines)


def test_from_an_ugly_file_to_a_labelled_one(page: Any, address: str, tmp_path: Path) -> None:
    source, meant = ugly_file(tmp_path)
    page.goto(address)
    page.locator("input[type=file]").set_input_files(str(source))
    read_it(page, len(meant))
    make_the_map(page)
    explore_it(page)
    rename_a_topic(page)
    teach_it(page)
    explain_it(page)
    predict_with_it(page, tmp_path)
    compare_export(page, meant)


def read_it(page: Any, rows: int) -> None:
    page.wait_for_url("**/data**")
    said = page.get_by_text(re.compile(f"{rows} rows, 5 columns"))
    said.wait_for()
    assert "CP1252, separated by semicolons, names in line 3" in said.inner_text()
    page.get_by_text("Rows without a text: 1 (0.5%)").wait_for()


def make_the_map(page: Any) -> None:
    pick_encoder(page, "Word vectors, instant")
    page.get_by_role("button", name="Make the map").click()
    page.get_by_role("progressbar").first.wait_for()
    page.wait_for_url("**/map**")


def explore_it(page: Any) -> None:
    page.locator(".js-plotly-plot").first.wait_for()
    page.wait_for_timeout(2 * SECOND)
    draw_around(page, 0.3)
    page.get_by_text(re.compile(r"\d+ rows, [\d.]+% of all")).wait_for()
    page.get_by_label("Make it a topic named").fill("Caught by hand")
    page.get_by_label("Make it a topic named").press("Enter")
    page.get_by_role("button", name="Make a topic").click()
    undo = page.get_by_test_id("stMain").get_by_role("button").filter(has_text="undo")
    undo.first.wait_for()
    page.wait_for_timeout(2 * SECOND)


def rename_a_topic(page: Any) -> None:
    """Click the second topic in the list beside the map, and name it."""
    panel = page.get_by_test_id("stMain").get_by_role("radio", name="Topics", exact=True)
    repeat_until(page.get_by_text("All about the topics"), lambda: panel.click(timeout=5 * SECOND))
    second_topic = {"x": 120, "y": 104}
    listed = page.get_by_test_id("stDataFrame").first
    repeat_until(
        page.get_by_label("Name", exact=True),
        lambda: listed.click(position=second_topic, timeout=5 * SECOND),
    )
    fill(page, "Name", "Named by hand")


def teach_it(page: Any) -> None:
    follow(page, "Train")
    page.get_by_label("How").click()
    page.get_by_text("only the last layer learns").last.click()
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("progressbar").first.wait_for()
    page.get_by_text("test rows right").wait_for()


def explain_it(page: Any) -> None:
    follow(page, "Explain")
    page.locator("textarea").fill("Earn money fast from home, click the link now")
    page.locator("textarea").press("Control+Enter")
    page.get_by_role("button", name="Explain", exact=True).click()
    page.get_by_text("the words add up to").wait_for()


def predict_with_it(page: Any, folder: Path) -> None:
    second = folder / "second.csv"
    second.write_text("number,text\n1,Make money from home now\n2,\n3,The kernel does not build\n")
    follow(page, "Predict")
    page.locator("input[type=file]").set_input_files(str(second))
    page.get_by_role("button", name="Predict this file").click()
    page.get_by_text("second.csv", exact=True).wait_for()
    page.get_by_text("3 rows: 1 without a text").wait_for()


def compare_export(page: Any, meant: list[dict[str, str]]) -> None:
    follow(page, "Export")
    page.get_by_role("button", name="Make the file").click()
    page.get_by_text("would have run as a formula were made harmless").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download export-labelled.csv").click()
    content = Path(download.value.path()).read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    columns = list(meant[0])
    assert list(rows[0])[: len(columns)] == columns
    harmless = [{**row, "subject": row["subject"].removeprefix("'")} for row in rows]
    assert [[row[c] for c in columns] for row in harmless] == [
        [row[c] for c in columns] for row in meant
    ]
    assert rows[5]["subject"] == "'=HYPERLINK(1)"
    assert rows[2]["textlode_topic_id"] == "" and rows[3]["textlode_x"] == rows[4]["textlode_x"]
    assert {"textlode_topic_name", "textlode_confidence", "textlode_outlier"} <= set(rows[0])
    assert {"Caught by hand", "Named by hand"} <= {row["textlode_topic_name"] for row in rows}
