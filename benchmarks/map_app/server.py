"""The server of the page that benchmarks/map_page.py drives."""

import streamlit as st

from pages.ui.map_chart import routes

app = st.App("page.py", routes=routes())
