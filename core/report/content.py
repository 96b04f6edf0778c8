"""What a report says, before it is put into words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.data import Period
from core.explore import CrossTable
from core.report.picture import MapPicture


@dataclass(frozen=True)
class TopicSection:
    """One topic; the colour is "#rrggbb", the examples are whole texts.

    `grades` are words, to be translated, for how good it is: its coherence, its stability.
    """

    name: str
    colour: str
    rows: int
    keywords: tuple[str, ...]
    examples: tuple[str, ...]
    note: str = ""
    grades: tuple[str, ...] = ()


@dataclass(frozen=True)
class TopicsByColumn:
    """How often each topic comes with each value of a column.

    The rows of `table` are the `topics`, of whose `colours` each is "#rrggbb", and last, where
    there are any, the rows in no topic. Its columns are the `values`, in words as they are, and
    then the `rest`, in marked words: other values, none. `association` is that of the topics and
    the values, 0..1; a date's values are each a `period`.
    """

    column: str
    topics: tuple[str, ...]
    colours: tuple[str, ...]
    values: tuple[str, ...]
    rest: tuple[str, ...]
    table: CrossTable
    association: float
    period: Period | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """How many topics and values there are, without what is in none."""
        return len(self.topics), len(self.values)


@dataclass(frozen=True)
class ModelSection:
    """A model and how it did on rows that it had not seen.

    `classes` and `mistakes` are those of an evaluation: name, precision, recall, f1 and support;
    true class, predicted class and how often.
    """

    name: str
    label: str
    accuracy: float
    interval: tuple[float, float]
    test_rows: int
    train_rows: int
    classes: tuple[dict[str, Any], ...]
    mistakes: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Report:
    """Everything on the page. Rows are those of the table; `making` is a list of facts by name.

    `empty` rows have no text; `cleaned` are the rows that cleaning left out, by reason in marked
    words. `left_out` rows lie between the topics; `excluded` were taken out of them by hand.
    """

    title: str
    made: date
    files: tuple[str, ...]
    rows: int
    rejected: int
    empty: int
    left_out: int
    excluded: int
    topics: tuple[TopicSection, ...]
    picture: MapPicture
    model: ModelSection | None
    making: tuple[tuple[str, str], ...]
    cleaned: tuple[tuple[str, int], ...] = ()
    by_column: TopicsByColumn | None = None
    further_columns: tuple[TopicsByColumn, ...] = ()

    @property
    def cleaned_rows(self) -> int:
        return sum(rows for _, rows in self.cleaned)

    @property
    def laid_out(self) -> int:
        """The rows that are on the map."""
        return self.rows - self.empty - self.cleaned_rows

    @property
    def in_topics(self) -> int:
        return sum(topic.rows for topic in self.topics)
