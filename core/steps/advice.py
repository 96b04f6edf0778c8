"""Which way of training suits some labels here, and why."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from core.embed import encoder_cards, estimate_seconds
from core.learn import FineTuneSettings
from core.project import Project
from core.settings import Settings
from core.steps.embedding import chosen_encoder
from core.steps.training import Method, labels_of_rows

# Of Banking77, fine-tuning was better by 1.3 points with 130 rows a class, with 75 of each of 20
# classes it was as good, with 8 it never was better.
ENOUGH_ROWS, ENOUGH_A_CLASS = 1000, 100
LONG = 1800.0
TAUGHT = 0.7  # of the labelled rows; the others stop the training and test it
# A pass that learns takes so many times as long as one that only reads (MiniLM, two cores).
LEARNING = 8.0
UNKNOWN_PACE = 20_000  # characters a second


class Reason(StrEnum):
    """Why a way of training is advised."""

    ENCODER = "encoder"
    FEW = "few"
    LONG = "long"
    ENOUGH = "enough"


@dataclass(frozen=True)
class Advice:
    """The way that is advised for some labels: `rows` have one of `classes`.

    `seconds` is about the most that the thorough way takes on this machine.
    """

    method: Method
    reason: Reason
    rows: int
    classes: int
    seconds: float

    @property
    def methods(self) -> tuple[Method, ...]:
        """The ways that there are, the advised one first."""
        if self.reason is Reason.ENCODER:
            return (Method.PROBE,)
        return (self.method, *(method for method in Method if method is not self.method))


def advise(project: Project, label: str) -> Advice:
    """Return which way of training to begin with for a column, a label set or the topics."""
    return _advise(project.folder, project.revision, label)


@lru_cache(maxsize=8)
def _advise(folder: Path, revision: str, label: str) -> Advice:
    """`revision` keeps a page that is drawn again and again from counting all labels each time."""
    project = Project.open(folder)
    counts = Counter(value for value in labels_of_rows(project, label) if value.strip())
    rows, classes = counts.total(), len(counts)
    seconds = _seconds(project, rows)
    if not _can_be_tuned(chosen_encoder(project)):
        reason = Reason.ENCODER
    elif rows < ENOUGH_ROWS or rows < ENOUGH_A_CLASS * classes:
        reason = Reason.FEW
    else:
        reason = Reason.LONG if seconds > LONG else Reason.ENOUGH
    method = Method.FINE_TUNE if reason is Reason.ENOUGH else Method.PROBE
    return Advice(method, reason, rows, classes, seconds)


def _can_be_tuned(encoder: str) -> bool:
    """Whether there is a network behind an encoder; of those by name, only behind MiniLM."""
    return encoder == "minilm" or all(card.name != encoder for card in encoder_cards())


def _seconds(project: Project, rows: int) -> float:
    """Return how long fine-tuning takes if it makes all of its passes, from the encoder's pace."""
    columns = project.current("table").json("profile")["columns"]
    text = project.role("text")
    length = next(one["mean_length"] for one in columns if one["name"] == text)
    taught = round(TAUGHT * rows)
    characters = round(taught * length * FineTuneSettings().epochs_for(taught) * LEARNING)
    encoder, folder = chosen_encoder(project), Settings.from_environment().vectors_folder
    paces = {card.name: card.usual_pace for card in encoder_cards()}
    timed = estimate_seconds(folder, encoder, characters)
    return timed if timed is not None else characters / paces.get(encoder, UNKNOWN_PACE)
