"""Textlode in the browser: `streamlit run app.py`.

This is the server's side: the routes that serve the map's points, take files and send them, and
the life of the job engine.
The pages and their navigation begin in pages/shell.py.
"""

import importlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from core.settings import Settings
from pages.ui import attachments, map_chart, upload
from pages.ui.errors import log_unexpected
from pages.ui.jobs import close_engine, start_engine


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the job engine with the server, and stop its workers with it."""
    upload.empty_old_inboxes(Settings.from_environment().uploads_folder)
    start_engine()
    # Tables are drawn with it; the first visitor who sees one need not wait for its import.
    threading.Thread(target=importlib.import_module, args=("pandas",), daemon=True).start()
    yield
    close_engine()


app = st.App(
    "pages/shell.py",
    routes=[*map_chart.routes(), *upload.routes(), *attachments.routes()],
    lifespan=lifespan,
    on_script_error=log_unexpected,
)
