"""Topics by a column, in words: what is most striking, the table as HTML, the table as a file."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any

import numpy as np
import pyarrow as pa

from core.data import Unit
from core.explore import striking_cells
from core.explore.cross_table import BASE, CERTAIN, NOTABLE
from core.figures import number, share
from core.i18n import N_, translate
from core.names import free_name
from core.report.content import TopicsByColumn
from core.report.templates import shorten, template

MORE, FEWER = "▲", "▼"
LONGEST_VALUE = 28
LONGEST_SAID = 60  # a value in a sentence
SHORT_VALUE = 12  # characters that stand in one line over a column
# So many times as frequent, or as rare, from which a cell has each depth of its colour.
DEPTHS = (1.2, NOTABLE, 2.0, 4.0)
# Between these a ratio has one digit behind the point.
LEAST_TIMES, TEN_TIMES = 0.05, 9.95

ALL_ROWS, NO_TOPIC = (
    N_("All rows"),
    N_("In no topic: left out, excluded, repeated or without a text"),
)
TOPIC = N_("Topic")
PERIODS = {
    Unit.DAY: N_("{column}, by day"),
    Unit.WEEK: N_("{column}, by week (named by its Monday)"),
    Unit.MONTH: N_("{column}, by month"),
    Unit.QUARTER: N_("{column}, by quarter"),
    Unit.YEAR: N_("{column}, by year"),
}
SEVERAL_YEARS = N_("{column}, {n} years each")


class Figure(StrEnum):
    """What stands in the cells: rows, their share of the value's rows, or of the topic's."""

    ROWS = "rows"
    OF_VALUE = "of_value"
    OF_TOPIC = "of_topic"


def striking_findings(
    found: TopicsByColumn, language: str, emphasise: Callable[[str], str] = str
) -> list[str]:
    """Return what is most striking as up to three sentences; one that says why there is nothing.

    Names of topics and values are quoted and `emphasise`d, as a terminal, a page and HTML need it.
    """
    table, names = found.table, _column_names(found, language)
    said = []
    for row, column in striking_cells(table, found.shape):
        rows, of = int(table.counts[row, column]), int(table.in_columns[0, column])
        ratio = float(table.ratio[row, column])
        words = (
            N_("“{topic}” is {times} times as frequent in {value} as elsewhere ({base}).")
            if np.isfinite(ratio)
            else N_("“{topic}” is in {value} alone ({base}).")
        )
        base = translate(
            N_("{n} of {all} rows, {share}"),
            language,
            n=number(rows),
            all=number(of),
            share=share(rows, of),
        )
        said.append(
            translate(
                words,
                language,
                topic=emphasise(found.topics[row]),
                value=emphasise(shorten(names[column], LONGEST_SAID)),
                times=_times(ratio),
                base=base,
            )
        )
    return said or [_nothing(found, language, emphasise(found.column))]


def write_findings(found: TopicsByColumn, language: str) -> list[str]:
    """Return what is most striking as sentences in HTML."""
    return striking_findings(found, language, _bold)


def write_cross_table(
    found: TopicsByColumn, language: str, figure: Figure = Figure.ROWS, ground: str = "#ffffff"
) -> str:
    """Return what is striking and the table under it as HTML.

    The colour of its `ground` lies below the names of the topics, which stay where they are when
    the table is moved to the left.
    """
    names = _column_names(found, language)
    return template("cross_table.html").render(
        findings=write_findings(found, language),
        heading=heading(found, language),
        topic=translate(TOPIC, language),
        all_rows=translate(ALL_ROWS, language),
        heads=[(name, shorten(name, LONGEST_VALUE)) for name in names],
        short=max(map(len, names), default=0) <= SHORT_VALUE,
        ground=ground,
        lines=_lines(found, language, figure),
        last=_last_line(found, figure),
        notes=_notes(found, language, figure),
    )


def heading(found: TopicsByColumn, language: str) -> str:
    """Return what the columns of the table are: a column's name, and of dates the period."""
    if found.period is None:
        return found.column
    years = found.period.years
    words = PERIODS[found.period.unit] if years == 1 else SEVERAL_YEARS
    return translate(words, language, column=found.column, n=years)


@dataclass(frozen=True)
class Line:
    """One line of the table: its name, its rows, those with each value, and where it stands out."""

    name: str
    rows: int
    counts: dict[str, int]
    more_in: tuple[str, ...]
    fewer_in: tuple[str, ...]


def lines_of(found: TopicsByColumn, language: str) -> list[Line]:
    """Return the lines of the table: one for each topic, and one for the rows in none."""
    names, table = np.array(_column_names(found, language), dtype=object), found.table
    return [
        Line(
            name=name,
            rows=int(table.in_rows[row, 0]),
            counts=dict(zip(names.tolist(), table.counts[row].tolist(), strict=True)),
            more_in=tuple(names[table.standing[row] > 0]),
            fewer_in=tuple(names[table.standing[row] < 0]),
        )
        for row, name in enumerate(_row_names(found, language))
    ]


def flat_table(found: TopicsByColumn, language: str, figure: Figure = Figure.ROWS) -> pa.Table:
    """Return the table for a file: a line for each topic, and in words where it stands out.

    Shares are parts of one.
    """
    lines, table = lines_of(found, language), found.table
    values = {Figure.OF_VALUE: table.of_columns, Figure.OF_TOPIC: table.of_rows}
    cells = values.get(figure, table.counts)
    columns: dict[str, pa.Array] = {}

    def add(name: str, cells: pa.Array) -> None:
        columns[free_name(name, columns)] = cells

    add(translate(TOPIC, language), pa.array([line.name for line in lines], pa.string()))
    add(translate(ALL_ROWS, language), pa.array(table.in_rows[:, 0]))
    for place, name in enumerate(_column_names(found, language)):
        add(name, pa.array(cells[:, place]))
    more = [", ".join(line.more_in) for line in lines]
    fewer = [", ".join(line.fewer_in) for line in lines]
    add(translate(N_("Clearly more in"), language), pa.array(more, pa.string()))
    add(translate(N_("Clearly fewer in"), language), pa.array(fewer, pa.string()))
    return pa.table(columns)


def _bold(name: str) -> str:
    return f"<b><bdi>{escape(name)}</bdi></b>"


def _nothing(found: TopicsByColumn, language: str, column: str) -> str:
    if not found.values:
        return translate(N_("No row has a value in {column}."), language, column=column)
    if len(found.topics) < 2:
        return translate(
            N_("There are no two topics that {column} could tell apart."), language, column=column
        )
    if len(found.values) + len(found.rest) == 1:
        return translate(
            N_("All rows have the same value in {column}: there is nothing to compare.")
            if found.period is None
            else N_("All rows have the same day in {column}: there is nothing to compare."),
            language,
            column=column,
        )
    return translate(
        N_("No topic is clearly more frequent in one value of {column} than elsewhere."),
        language,
        column=column,
    )


def _times(ratio: float) -> str:
    if ratio < LEAST_TIMES:
        return "<0.1" if ratio else "0"
    return f"{ratio:,.0f}" if ratio >= TEN_TIMES else f"{ratio:.1f}"


def _column_names(found: TopicsByColumn, language: str) -> list[str]:
    """Return what the columns behind the topic and its rows are called, no two of them alike."""
    first = [translate(words, language) for words in (TOPIC, ALL_ROWS)]
    names = dict.fromkeys(first)
    for name in (*found.values, *(translate(words, language) for words in found.rest)):
        names[free_name(name, names)] = None
    return list(names)[len(first) :]


def _row_names(found: TopicsByColumn, language: str) -> list[str]:
    outside = len(found.table.counts) - len(found.topics)
    return [*found.topics, *[translate(NO_TOPIC, language)] * outside]


def _lines(found: TopicsByColumn, language: str, figure: Figure) -> list[dict[str, Any]]:
    """Return a line for each topic, and for the rows in none, and what is said of its cells."""
    names, colours = _row_names(found, language), found.colours
    totals = _totals(found, figure)
    return [
        {
            "name": name,
            "colour": colours[row] if row < len(colours) else "",
            "cells": _cells(found, row, language, figure),
            "total": totals[row],
        }
        for row, name in enumerate(names)
    ]


def _cells(found: TopicsByColumn, row: int, language: str, figure: Figure) -> list[dict[str, str]]:
    table = found.table
    rows_of_topic, ratio = int(table.in_rows[row, 0]), table.ratio[row]
    said = {1: (MORE, N_("clearly more than elsewhere")), -1: (FEWER, N_("clearly less"))}
    cells = []
    for column, count in enumerate(table.counts[row].tolist()):
        of = int(table.in_columns[0, column])
        standing, times = int(table.standing[row, column]), float(ratio[column])
        sign, words = said.get(standing, ("", ""))
        often = f"{_times(times)}×" if np.isfinite(times) else translate(N_("only here"), language)
        shown = {Figure.OF_VALUE: share(count, of), Figure.OF_TOPIC: share(count, rows_of_topic)}
        cells.append(
            {
                "text": shown.get(figure, number(count)),
                "tint": _tint(times, float(table.residuals[row, column]), bool(standing)),
                "sign": f"{sign} {often}" if sign else "",
                "words": translate(words, language) if words else "",
                "base": translate(
                    N_("{n} of {all} rows ({share}); elsewhere {elsewhere}"),
                    language,
                    n=number(count),
                    all=number(of),
                    share=share(count, of),
                    elsewhere=share(rows_of_topic - count, table.total - of),
                ),
            }
        )
    return cells


def _tint(ratio: float, z: float, stands_out: bool) -> str:
    """Return the class of a cell's colour: by how much it differs; faint where it has no sign."""
    if not abs(z) >= CERTAIN:
        return ""
    times = max(ratio, 1 / ratio if ratio else np.inf)
    depth = sum(times >= least for least in DEPTHS[: None if stands_out else 1])
    return f"{'more' if z > 0 else 'fewer'}-{depth}" if depth else ""


def _totals(found: TopicsByColumn, figure: Figure) -> list[str]:
    """Return what stands before the cells of each line."""
    rows = found.table.in_rows[:, 0].tolist()
    if figure is Figure.ROWS:
        return [number(count) for count in rows]
    of_all = figure is Figure.OF_VALUE
    return [share(count, found.table.total if of_all else count) for count in rows]


def _last_line(found: TopicsByColumn, figure: Figure) -> list[str]:
    """Return what stands under the totals and under each column."""
    counts, total = found.table.in_columns[0].tolist(), found.table.total
    if figure is Figure.ROWS:
        return [number(count) for count in (total, *counts)]
    of_all = figure is Figure.OF_TOPIC
    return [share(count, total if of_all else count) for count in (total, *counts)]


def _notes(found: TopicsByColumn, language: str, figure: Figure) -> list[str]:
    """Return what the figures, the signs and the colours mean."""
    sums = {
        Figure.OF_VALUE: N_("Of the rows with a value, the share of each topic: down, 100%."),
        Figure.OF_TOPIC: N_("Of the rows of a topic, the share with each value: across, 100%."),
    }
    notes = [translate(sums[figure], language)] if figure in sums else []
    if found.table.standing.any():
        notes.append(
            translate(
                N_(
                    "▲ is clearly more frequent there than elsewhere, ▼ clearly less, and so many "
                    "times (▲ 3.1×, ▼ 0.3×). A cell has a sign from {base} rows and a difference "
                    "of half on, where chance would set any sign in less than one of a hundred "
                    "such tables (Fisher's exact test, corrected for many cells after Holm). Blue "
                    "is more, orange is less; deeper is a greater difference, and faint without a "
                    "sign is one that chance may have made."
                ),
                language,
                base=BASE,
            )
        )
    if found.association:
        notes.append(
            translate(
                N_(
                    "How closely topics and values go together, from 0 to 1: {v} (Cramér's V, "
                    "corrected for bias)."
                ),
                language,
                v=f"{found.association:.2f}",
            )
        )
    return notes
