"""The report on paper."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.report import PicturedTopic, Report, TopicSection, draw_map, write_page

pytestmark = pytest.mark.browser


def report(topics: int) -> Report:
    """A report of topics with names, keywords and examples as long as they usually are."""
    names = [f"Number {rank}, harbour, lighthouse" for rank in range(topics)]
    places = np.random.default_rng(0).normal(size=(topics * 10, 2))
    pictured = [PicturedTopic(n, n + 1, name, "#3366cc", 10) for n, name in enumerate(names)]
    keywords = tuple(f"keyword{n}" for n in range(8))
    text = "A text that stands for what many people said of it. " * 4
    section = TopicSection("", "#3366cc", 10, keywords, (text,), grades=("clear", "firm"))
    return Report(
        title="Requests", made=date(2026, 1, 2), files=("requests.csv",), rows=topics * 10,
        rejected=0, empty=0, left_out=5, excluded=0,
        topics=tuple(replace(section, name=name) for name in names),
        picture=draw_map(places, np.repeat(np.arange(topics), 10), pictured), model=None,
        making=tuple((f"Step {n}", "as it was set, with its settings") for n in range(7)),
    )  # fmt: skip


@pytest.mark.parametrize(("topics", "pages"), [(16, 1), (60, 3)])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_sixteen_topics_are_printed_on_one_page(
    browser: Any, tmp_path: Path, topics: int, pages: int, language: str
) -> None:
    file = tmp_path / "report.html"
    file.write_text(write_page(report(topics), language), "utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == pages
