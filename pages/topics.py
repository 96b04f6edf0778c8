"""Topics: make them yours."""

import streamlit as st

from core.steps import load_topics
from pages.ui.session import project
from pages.ui.topic_editor import carried_note, edit_chosen, hidden_names, rows_outside
from pages.ui.topic_labels import save_labels
from pages.ui.topic_table import explain_measures, measured, size_sentence, topic_table
from pages.ui.topic_views import View, choose_view
from pages.ui.topics_by_column import draw_topics_by_column
from pages.ui.undo import undo_redo
from pages.ui.words import _

head = st.container(horizontal=True, vertical_alignment="center")
head.title(_("Topics"), width="stretch")
opened = project()
with head:
    undo_redo(opened)
topics = load_topics(opened)
carried_note(opened)
hidden_names(opened, topics)
# The sentence keeps the table's tools, which float above it, off the buttons.
st.markdown(size_sentence(topics))
if choose_view() == View.BY_COLUMN:
    draw_topics_by_column(opened, topics)
else:
    measures = measured(opened, topics)
    chosen = topic_table(opened, topics, measures)
    explain_measures(measures)
    # Widths in pixels: on a narrow window the second part goes below the first.
    beside = st.container(horizontal=True, gap="large")
    left, right = beside.container(width="stretch"), beside.container(width=330)
    with left:
        edit_chosen(opened, topics, chosen)
    with right:
        rows_outside(opened, topics)
        save_labels(opened)
