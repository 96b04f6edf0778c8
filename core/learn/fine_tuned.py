"""What a fine-tuning is asked for, and what comes of it."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from core.errors import SettingInvalid
from core.i18n import N_
from core.learn.network import TextNetwork
from core.learn.note import Note
from core.processor import Precision
from core.settings import SEED


@dataclass(frozen=True)
class FineTuneSettings:
    """How a fine-tuning runs.

    `epochs` 0 chooses by the number of rows. `batch_rows` rows make a step of the optimiser and
    are computed in blocks of at most `batch_tokens` tokens. `layer_decay` multiplies the learning
    rate once for each layer below the top. `patience` is the number of validations without a new
    best after which the training ends; `checkpoint_seconds` the most that a kill costs.
    """

    epochs: int = 0
    learning_rate: float = 1e-4
    head_learning_rate: float = 1e-3
    layer_decay: float = 0.9
    weight_decay: float = 0.01
    label_smoothing: float = 0.0
    warm_up: float = 0.1
    batch_rows: int = 32
    batch_tokens: int = 4096
    patience: int = 5
    precision: Precision = Precision.AUTO
    device: str = "auto"
    seed: int = SEED
    checkpoint_seconds: float = 30.0

    def __post_init__(self) -> None:
        limits: dict[str, tuple[float, float]] = {
            "epochs": (0, 1000),
            "learning_rate": (1e-7, 1e-1),
            "head_learning_rate": (1e-7, 1.0),
            "layer_decay": (0.1, 1.0),
            "weight_decay": (0.0, 1.0),
            "label_smoothing": (0.0, 0.5),
            "warm_up": (0.0, 0.9),
            "batch_rows": (1, 4096),
            "batch_tokens": (1, 1_000_000),
            "patience": (1, 1000),
            "checkpoint_seconds": (0.0, 3600.0),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingInvalid(
                    N_("{name} is {value}. It has to be between {low} and {high}."),
                    name=name,
                    value=value,
                    low=low,
                    high=high,
                )

    def epochs_for(self, rows: int) -> int:
        """Return how often to pass over so many rows: as set, else more often over fewer."""
        return self.epochs or int(np.clip(round(45_000 / max(rows, 1)), 3, 20))


class Kept(StrEnum):
    """Which model a fine-tuning ends with."""

    FINE_TUNED = "fine-tuned"
    PROBE = "probe"


class Ended(StrEnum):
    """Why a fine-tuning ended."""

    FINISHED = "finished"
    NO_GAIN = "no gain"
    ASKED = "asked to stop"


@dataclass(frozen=True)
class CurvePoint:
    """Figures at one step: mean loss since the point before, and validation where it was done."""

    step: int
    loss: float | None = None
    validation_accuracy: float | None = None
    validation_loss: float | None = None


@dataclass(frozen=True)
class FineTuned:
    """The network that was best on the validation rows, and how it came about.

    Fine-tuning has to beat the probe by more than the standard error of the difference.

    `network` is the probe on the untouched encoder when `kept` says so; `note` then says why.
    Accuracies are those of the validation rows; `cut_texts` were longer than the encoder reads.
    """

    network: TextNetwork
    classes: tuple[str, ...]
    kept: Kept
    ended: Ended
    curve: tuple[CurvePoint, ...]
    probe_accuracy: float
    best_accuracy: float
    best_step: int
    steps: int
    epochs: int
    seconds: float
    processor: str
    precision: Precision
    cut_texts: int
    settings: FineTuneSettings
    note: Note | None = None

    def to_json(self) -> dict[str, Any]:
        """Return how it was trained as JSON values."""
        return {
            "kept": self.kept.value,
            "ended": self.ended.value,
            "probe_validation_accuracy": self.probe_accuracy,
            "best_validation_accuracy": self.best_accuracy,
            "best_step": self.best_step,
            "steps": self.steps,
            "epochs": self.epochs,
            "seconds": round(self.seconds, 1),
            "processor": self.processor,
            "precision": self.precision.value,
            "cut_texts": self.cut_texts,
            "settings": asdict(self.settings),
            "curve": [asdict(point) for point in self.curve],
        }
