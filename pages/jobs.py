"""Jobs: what runs, and what ran."""

import streamlit as st

from pages.ui.job_list import draw_jobs
from pages.ui.words import _

st.title(_("Jobs"))
st.markdown(_("What runs, and what ran. Closing the page or the browser stops none of them."))
draw_jobs()
