"""A patient hand on the page: what a person does when a redraw swallows a click.

Streamlit draws a page anew after each change and while a job runs, and puts other elements in the
place of the old ones. A person whose click had no effect clicks again; so do these.
"""

import json
import math
from collections.abc import Callable
from typing import Any

SECOND = 1000
TRIES = 6
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def settle(page: Any) -> None:
    """Wait until the server has answered the last change."""
    page.locator(IDLE).wait_for()


def repeat_until(effect: Any, act: Callable[[], None], seconds: float = 5) -> None:
    """Act, and act again when the effect (a locator) does not show within so many seconds.

    An act that fails because its element was just replaced is one without effect.
    """
    from playwright.sync_api import TimeoutError as TooLate

    for _ in range(TRIES):
        try:
            act()
            effect.first.wait_for(timeout=seconds * SECOND)
            return
        except TooLate:
            if effect.first.is_visible():
                return
    effect.first.wait_for()


def press(page: Any, button: str, effect: Any, seconds: float = 5) -> None:
    """Press the button of this name until its effect (a locator) shows."""
    target = page.get_by_role("button", name=button, exact=True)
    repeat_until(effect, lambda: target.click(timeout=seconds * SECOND), seconds)


def unfold(page: Any, title: str) -> Any:
    """Open an expander, again if a redraw folds it, and return what it holds."""
    expander = page.get_by_test_id("stExpander").filter(
        has=page.locator("summary").filter(has_text=title)
    )
    inside = expander.get_by_test_id("stExpanderDetails")

    def click() -> None:
        if not inside.is_visible():
            expander.locator("summary").click(timeout=5 * SECOND)

    repeat_until(inside, click, seconds=2)
    return inside


def fill(page: Any, label: str, text: str) -> None:
    """Type into a field, and see that what was typed stays there."""
    field = page.get_by_label(label, exact=True)
    for _ in range(TRIES):
        settle(page)
        field.fill(text)
        field.press("Enter")
        settle(page)
        if field.input_value() == text:
            return
    raise AssertionError(f"{label}: {text} did not stay")


def hold(page: Any, label: str, text: str) -> None:
    """See that a field holds this text, or soon does: a field drawn anew is empty at first."""
    from playwright.sync_api import expect

    expect(page.get_by_label(label, exact=True)).to_have_value(text, timeout=10 * SECOND)


def choose(page: Any, label: str, option: str) -> None:
    """Choose the option of a selectbox that begins so, and see that it stays chosen."""
    box = page.get_by_role("combobox", name=label, exact=True)
    chosen = page.locator(f'input[aria-label="{label}"][value^="{option}"]')

    def pick() -> None:
        settle(page)
        if not chosen.is_visible():
            box.click(timeout=5 * SECOND)
            page.get_by_role("option", name=option).first.click(timeout=5 * SECOND)
            settle(page)

    repeat_until(chosen, pick)


def pick_encoder(page: Any, title: str) -> None:
    """Choose an encoder on the page Data; the expander's own title then names it."""

    def pick() -> None:
        inside = unfold(page, "Encoder: ")
        inside.get_by_text(title, exact=True).click(timeout=5 * SECOND)
        settle(page)

    repeat_until(page.locator("summary").filter(has_text=f"Encoder: {title}"), pick)


def follow(page: Any, name: str) -> None:
    """Go to a page by the sidebar."""
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True)
    heading = page.get_by_role("heading", name=name, exact=True)
    repeat_until(heading, lambda: link.click(timeout=5 * SECOND), seconds=20)
    settle(page)


def draw_around(page: Any, across: float, down: float, radius: float) -> list[tuple[float, float]]:
    """Draw a circle on the map, its middle and radius in shares of the map; return its corners.

    The corners are in the coordinates of the points.
    """
    chart = page.locator(".textlode-map")
    box, view = chart.bounding_box(), json.loads(chart.get_attribute("data-view"))
    turns = [turn * math.pi / 18 for turn in range(37)]
    reach = radius * box["width"]
    spots = [
        (
            across * box["width"] + reach * math.cos(turn),
            down * box["height"] + reach * math.sin(turn),
        )
        for turn in turns
    ]
    page.mouse.move(box["x"] + spots[0][0], box["y"] + spots[0][1])
    page.mouse.down()
    for left, top in spots[1:]:
        page.mouse.move(box["x"] + left, box["y"] + top)
    page.mouse.up()
    wide, high = view["x1"] - view["x0"], view["y1"] - view["y0"]
    return [
        (view["x0"] + left / box["width"] * wide, view["y1"] - top / box["height"] * high)
        for left, top in spots
    ]


def tick(page: Any, line: int, effect: Any, across: float = 18) -> None:
    """Tick a line (from 0) of the topics beside the map until the effect shows."""
    table = page.get_by_test_id("stDataFrame").first
    spot = {"x": across, "y": 38 + 44 * line + 22}
    repeat_until(effect, lambda: table.click(position=spot, timeout=5 * SECOND))
    settle(page)


def decide(page: Any, project: Any, button: Any, seconds: float = 10) -> None:
    """Press the button (a locator) until the open project has a decision more in its log."""
    before = project.revision
    for _ in range(TRIES):
        settle(page)
        button.click(timeout=seconds * SECOND)
        for _ in range(int(seconds * SECOND) // 50):
            if project.revision != before:
                return settle(page)
            page.wait_for_timeout(50)
    raise AssertionError("nothing was decided")


def undo(page: Any, project: Any) -> None:
    """Take the last decision of an open project back."""
    main = page.get_by_test_id("stMain")
    decide(page, project, main.get_by_role("button").filter(has_text="undo").first)
