"""Which topics come from which product, channel, country or month: topics by one column."""

import weakref
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.data import ColumnType, Groups, group_column
from core.explore import association, cross_table, striking_cells
from core.i18n import N_
from core.palette import category
from core.progress import SILENT, Progress
from core.project import Project
from core.report import TopicsByColumn
from core.steps.columns import column_kinds, no_column
from core.steps.selecting import DESCRIBED
from core.steps.topics import TopicView

# The first of these kinds that a table has is shown before anybody chose.
FIRST_SHOWN = (ColumnType.CATEGORY, ColumnType.LANGUAGE, ColumnType.DATE, ColumnType.NUMBER)
WAITED_FOR = 6
FURTHER = 3


def topics_by_column(project: Project, view: TopicView, column: str) -> TopicsByColumn:
    """Return how often each topic comes with each value of a column, of all rows of the table.

    Any column will do; one that is no number and no date is taken by its values. Raises
    ColumnMissing where the table has none of that name.
    """
    if column not in project.column_names:
        raise no_column(column, project.column_names)
    kind = column_kinds(project).get(column, ColumnType.CATEGORY)
    clusters, ids = project.current("clusters").key, tuple(topic.id for topic in view.topics)
    # A proxy, as the cache keeps what it is asked with: a view has arrays as long as the table.
    standing = _Standing(clusters, view.fingerprint, ids, weakref.proxy(view))
    counted = _counted(project.folder, project.current("table").key, column, kind, standing)
    return replace(
        counted,
        topics=tuple(topic.name for topic in view.topics),
        colours=tuple(category(topic.colour) for topic in view.topics),
    )


def first_column(project: Project, view: TopicView) -> str:
    """Return the column to show topics by: the one chosen last, else one that has much to say.

    That is the most telling of the first six categories, as more would keep a page waiting, or
    the first date or number; "" where there is none of these either.
    """
    kinds = column_kinds(project)
    if project.state.cross_column in kinds:
        return project.state.cross_column
    by_kind = sorted(kinds, key=lambda column: FIRST_SHOWN.index(kinds[column]))
    categories = [column for column in by_kind if kinds[column] in FIRST_SHOWN[:2]]
    return _most_telling(project, view, categories[:WAITED_FOR]) or next(iter(by_kind), "")


def choose_column(project: Project, column: str) -> None:
    """Write down by which column the analyst looks at the topics."""
    if column != project.state.cross_column:
        project.record("cross_column_chosen", column=column)


def telling_column(project: Project, view: TopicView, progress: Progress = SILENT) -> str:
    """Return the column chosen last, else the one that goes most closely together with the topics.

    By the association, of the first twenty columns; "" where none goes together with them at all.
    """
    kinds = column_kinds(project)
    if project.state.cross_column in kinds:
        return project.state.cross_column
    return _most_telling(project, view, list(kinds)[:DESCRIBED], progress)


def further_columns(
    project: Project, view: TopicView, first: str, progress: Progress = SILENT
) -> tuple[TopicsByColumn, ...]:
    """Return the topics by the other columns in which a cell stands out, three at most.

    Those that go most closely together with the topics come first.
    """
    columns = [column for column in list(column_kinds(project))[:DESCRIBED] if column != first]
    found = _by_each(project, view, columns, progress)
    telling = [one for one in found if striking_cells(one.table, one.shape)]
    return tuple(sorted(telling, key=lambda one: -one.association)[:FURTHER])


def _most_telling(
    project: Project, view: TopicView, columns: list[str], progress: Progress = SILENT
) -> str:
    found = _by_each(project, view, columns, progress)
    best = max(found, key=lambda one: one.association, default=None)
    return best.column if best and best.association else ""


def _by_each(
    project: Project, view: TopicView, columns: list[str], progress: Progress
) -> list[TopicsByColumn]:
    found = []
    for done, column in enumerate(columns):
        progress(done, len(columns), N_("Looking at the columns"))
        found.append(topics_by_column(project, view, column))
    return found


@dataclass(frozen=True)
class _Standing:
    """Topics as the cache knows them: by the map and which text is in which, whatever their names.

    Equal texts in equal topics may be those of other rows on another map.
    """

    clusters: str
    fingerprint: str
    ids: tuple[int, ...]
    view: TopicView = field(compare=False)


@lru_cache(maxsize=32)
def _counted(
    folder: Path, table_key: str, column: str, kind: ColumnType, standing: _Standing
) -> TopicsByColumn:
    """Count the rows; the topics have no names yet, as a new name counts nothing anew."""
    view = standing.view
    groups = _groups(folder, table_key, column, kind)
    values, topics = len(groups.names), len(view.topics)
    # What is in no group comes behind the groups, what is in no topic below the topics.
    places = {code: values + place for place, code in enumerate(groups.beside)}
    columns: npt.NDArray[np.integer] = groups.codes
    for code, place in places.items():
        columns = np.where(columns == code, place, columns)
    rows = _place_of_topic(view)
    outside = bool((rows == topics).any())
    table = cross_table(rows, columns, (topics + outside, values + len(places)))
    return TopicsByColumn(
        column=column,
        topics=(),
        colours=(),
        values=groups.names,
        rest=tuple(groups.beside.values()),
        table=table,
        association=association(table.counts[:topics, :values]),
        period=groups.period,
    )


def _place_of_topic(view: TopicView) -> npt.NDArray[np.int64]:
    """Return the place of each row's topic, (rows,), and behind them all where it has none."""
    places = {topic.id: place for place, topic in enumerate(view.topics)}
    ids, of_unit = np.unique(view.topic_of_unit, return_inverse=True)
    place = np.array([places.get(one, len(places)) for one in ids.tolist()], dtype=np.int64)
    return np.where(view.unit_of_row < 0, len(places), place[of_unit][view.unit_of_row])


@lru_cache(maxsize=24)
def _groups(folder: Path, table_key: str, column: str, kind: ColumnType) -> Groups:
    table = Project.open(folder).artifacts.open(table_key)
    return group_column(table.table("table", [column]).column(0), kind)
