"""What a person does to topics and selections, written down so that it can be taken back."""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.explore import free_colour
from core.i18n import N_
from core.palette import differences
from core.project import Event, Project
from core.steps.opened_map import open_map
from core.steps.topics import TopicView, load_topics, share_left_out

TAKES_AWAY = frozenset({"topic_deleted", "topic_excluded"})


def edit_topics(project: Project, kind: str, **values: Any) -> Event:
    """Write an edit of the topics down, with the clusters that they are topics of.

    What takes a topic away says which share of the texts was left out, so that it takes what the
    topic shows and not what lies unsure in its place.
    """
    if kind in TAKES_AWAY:
        values.setdefault("left_out", share_left_out(project.state))
    return project.record(kind, clusters=project.current("clusters").key, **values)


def make_topic(project: Project, units: npt.NDArray[np.integer], name: str) -> Event:
    """Make a topic of some texts, in a colour unlike those of the topics near them."""
    colour = _colour_beside(project, units)
    return edit_topics(project, "topic_made", units=units.tolist(), name=name, colour=colour)


def split_topic(project: Project, topic: int) -> Event:
    """Open a topic into its two subtopics; the smaller takes a colour unlike those near it."""
    units = np.flatnonzero(load_topics(project).topic_of_unit == topic)
    return edit_topics(project, "topic_split", topic=topic, colour=_colour_beside(project, units))


def label_rows(
    project: Project, rows: npt.NDArray[np.integer], column: str, label: str | None
) -> Event:
    """Label some rows of the table in a set of labels; None takes their labels away.

    Raises InputError for a set that is called like a column of the table.
    """
    _check_column(project, column)
    return project.record("labelled", column=column, rows=rows.tolist(), label=label)


def save_as_labels(project: Project, column: str) -> Event:
    """Write the topic's name of each row down as its label, as the topics stand now."""
    _check_column(project, column)
    view = load_topics(project)
    of_row = view.topic_of_row
    labels: dict[str, list[int]] = {}
    for topic in view.topics:
        labels.setdefault(topic.name, []).extend(np.flatnonzero(of_row == topic.id).tolist())
    return project.record("labels_saved", column=column, labels=labels)


def rows_of_units(view: TopicView, units: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Return the rows of the table that have one of some texts, ascending."""
    chosen = np.zeros(len(view.topic_of_unit) + 1, dtype=bool)
    chosen[units] = True
    return np.flatnonzero(chosen[view.unit_of_row])


def _check_column(project: Project, column: str) -> None:
    if column in project.column_names:
        raise InputError(
            N_("The table has a column {column} already. Give your labels another name."),
            column=column,
        )


def _colour_beside(project: Project, units: npt.NDArray[np.integer]) -> int:
    """Return a colour for a topic of these texts beside the topics as they stand."""
    view, places = load_topics(project), open_map(project).places
    others = [topic for topic in view.topics if isinstance(topic.colour, int)]
    centres = [np.median(places[view.topic_of_unit == topic.id], axis=0) for topic in others]
    colours = np.array([topic.colour for topic in others], dtype=np.int64)
    centre = np.median(places[units], axis=0)
    return free_colour(colours, np.array(centres), centre, differences())
