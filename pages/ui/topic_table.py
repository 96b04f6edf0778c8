"""All topics in a table: how large, what about, how good."""

import streamlit as st

from core.figures import number, share
from core.palette import category
from core.project import Project
from core.steps import Measure, Topic, TopicView, measures_of
from pages.ui.jobs import job_panel, latest_job, submit
from pages.ui.topic_editor import listed_name
from pages.ui.touched import choosable, chosen_in
from pages.ui.words import _

ROW_HEIGHT, HEAD_HEIGHT, MOST_HEIGHT = 35, 38, 600


def measured(opened: Project, topics: TopicView) -> dict[int, Measure]:
    """Return the measures of the topics; where there are none yet, have them made by a job."""
    found = measures_of(opened, topics)
    if found is not None:
        return found
    asked = f"measured-{opened.id}"
    running = latest_job(opened, "measure")
    if (running is None or running.is_over) and st.session_state.get(asked) != topics.fingerprint:
        st.session_state[asked] = topics.fingerprint
        submit("measure", opened)
    job_panel(opened, "measure")
    return {}


def topic_table(opened: Project, topics: TopicView, measures: dict[int, Measure]) -> list[Topic]:
    """Draw the table of topics and return those that are chosen in it."""
    import pandas as pd

    rows = [_row(topic, topics, measures.get(topic.id)) for topic in topics.topics]
    frame = pd.DataFrame(rows, columns=list(_columns()))
    marked = frame.style.map(lambda c: f"background-color: {c}; color: {c}", subset=["colour"])
    picked = st.dataframe(
        marked,
        hide_index=True,
        height=min(MOST_HEIGHT, HEAD_HEIGHT + ROW_HEIGHT * len(frame)),
        column_config=_columns(),
        **choosable(opened, topics, "topic-table"),
    )
    return chosen_in(opened, topics, picked)


def explain_measures(measures: dict[int, Measure]) -> None:
    """Say what coherence and stability are and how they are found."""
    with st.expander(_("What do coherence and stability say?"), icon=":material/help:"):
        st.markdown(
            _(
                "**Coherence** tells how alike the texts of a topic are: 0 is as alike as any two "
                "texts of the map, 1 is the same text over and over (mean cosine similarity of "
                "their vectors). A topic is **vague** that has less than half of what the middle "
                "one of your topics has ({usual}), and **clear** from four fifths of it on: short "
                "texts have lower figures, so topics are only compared with one another. A vague "
                "topic may be a mixture: look at its texts, or split it.",
                usual=_figure(next((one.usual for one in measures.values()), None)),
            )
        )
        st.markdown(
            _(
                "**Stability** tells whether a topic would come out again if you had other texts "
                "of the same kind. Ten times a fifth of the texts is left away at random (all but "
                "8,000 of many), and the topics are looked for anew: 1 says that the same texts "
                "came together each time, 0 that they did no more than by chance (mean Jaccard "
                "index). A topic is **firm** from 0.75 on and **loose** below 0.5: then its "
                "borders are a matter of chance. Merge it with a neighbour, or draw your own "
                "around what you mean."
            )
        )


def _row(topic: Topic, topics: TopicView, measure: Measure | None) -> list[str | int]:
    return [
        category(topic.colour),
        listed_name(topic),
        topic.rows,
        share(topic.rows, topics.row_count),
        ", ".join(topic.keywords),
        _graded(measure.coherence, _(measure.coherence_grade)) if measure else "",
        _graded(measure.stability, _(measure.stability_grade)) if measure else "",
        topic.note,
    ]


def _columns() -> dict[str, object]:
    column = st.column_config
    return {
        "colour": column.TextColumn("", width=20),
        "name": column.TextColumn(_("Topic"), width=200),
        "rows": column.NumberColumn(_("Rows"), format="localized", width=60),
        "share": column.TextColumn(_("Share"), width=60),
        "keywords": column.TextColumn(_("Keywords"), width=250),
        "coherence": column.TextColumn(
            _("Coherence"),
            width=95,
            help=_("Are its texts alike? 0: as any two of the map; 1: all the same."),
        ),
        "stability": column.TextColumn(
            _("Stability"),
            width=90,
            help=_("Would it come out again with some texts left away? 1: always."),
        ),
        "note": column.TextColumn(_("Note"), width=130),
    }


def _graded(value: float | None, grade: str) -> str:
    return grade if value is None else f"{_figure(value)} {grade}"


def _figure(value: float | None) -> str:
    return _("not known") if value is None else f"{value:.2f}"


def size_sentence(topics: TopicView) -> str:
    """Return how many topics there are and how much of the table they hold."""
    held = sum(topic.rows for topic in topics.topics)
    if len(topics.topics) == 1:
        return _(
            "One topic holds {n} of {all} rows ({share}).",
            n=number(held),
            all=number(topics.row_count),
            share=share(held, topics.row_count),
        )
    return _(
        "{topics} topics hold {n} of {all} rows ({share}), the largest first.",
        topics=len(topics.topics),
        n=number(held),
        all=number(topics.row_count),
        share=share(held, topics.row_count),
    )
