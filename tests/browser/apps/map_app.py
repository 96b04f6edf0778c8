"""The server of the map's trial page."""

import streamlit as st

from pages.ui.map_chart import routes

app = st.App("map_page.py", routes=routes())
