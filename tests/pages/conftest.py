"""Pages run as a browser would see them, without one: Streamlit's AppTest through the frame."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.jobs import close_engine

ROOT = Path(__file__).parents[2]
OpenPage = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenPage]:
    """A function that opens a page of a project and returns what it shows."""

    def opened(name: str, project: str | None = None, language: str | None = None) -> AppTest:
        app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60)
        if project:
            app.query_params["project"] = project
        if language:
            app.query_params["lang"] = language
        app.run()
        if name != "start":
            app.switch_page(str(ROOT / "pages" / f"{name}.py")).run()
        return app

    yield opened
    close_engine()
