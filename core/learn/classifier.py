"""A trained model: it predicts, and it lives in a folder that others can read."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import EncoderProblem, InputError, NotReady
from core.i18n import N_
from core.learn.calibration import calibrate
from core.learn.fine_tuned import FineTuned
from core.learn.logits import Floats, softmax
from core.learn.model_card import ModelCard
from core.learn.network import TextNetwork
from core.learn.probe import Probe
from core.learn.scorer import Encode, NetworkScorer, ProbeScorer, Scorer
from core.processor import Precision
from core.progress import SILENT, Progress

FORMAT = 1
CARD_FILE, CLASSES_FILE, README_FILE = "textlode.json", "classes.json", "README.md"


@dataclass(frozen=True)
class Predictions:
    """Probabilities (n, c) in float32, in the order of the texts.

    `cut_texts` counts texts that were longer than the model reads.
    """

    probabilities: Floats
    classes: tuple[str, ...]
    cut_texts: int = 0

    def __len__(self) -> int:
        return len(self.probabilities)

    @property
    def labels(self) -> npt.NDArray[np.object_]:
        """The most probable class of each text."""
        names: npt.NDArray[np.object_] = np.array(self.classes, dtype=object)
        return np.asarray(names[self.probabilities.argmax(axis=1)], dtype=object)

    @property
    def confidence(self) -> Floats:
        """The probability of that class."""
        best: Floats = self.probabilities.max(axis=1)
        return best

    def top(self, row: int, n: int = 3) -> list[tuple[str, float]]:
        """Return the n most probable classes of a row with their probabilities."""
        chances = self.probabilities[row]
        order = np.argsort(-chances, kind="stable")[:n]
        return [(self.classes[place], float(chances[place])) for place in order]


class TextClassifier:
    """Gives texts one of `classes`.

    A saved network is a plain sentence-transformers folder: `SentenceTransformer(folder).encode`
    gives the logits. On the vectors of an encoder without such a folder only the head is saved.
    """

    def __init__(self, scorer: Scorer, classes: tuple[str, ...], card: ModelCard) -> None:
        self.scorer = scorer
        self.classes = classes
        self.card = card

    @classmethod
    def from_fine_tuned(cls, tuned: FineTuned, card: ModelCard) -> "TextClassifier":
        """Take over the network of a fine-tuning; it predicts in float32 from here on."""
        network = tuned.network.in_precision(Precision.FLOAT32)
        card = replace(card, training={**card.training, **tuned.to_json()})
        return cls(NetworkScorer(network), tuned.classes, card)

    @classmethod
    def from_probe(
        cls,
        probe: Probe,
        card: ModelCard,
        model_folder: Path | str | None = None,
        encode: Encode | None = None,
        device: str = "auto",
    ) -> "TextClassifier":
        """Build on a sentence-transformers folder when there is one, else on `encode`."""
        scorer: Scorer
        if model_folder is not None:
            network = TextNetwork.from_probe(model_folder, probe, device, Precision.FLOAT32)
            scorer = NetworkScorer(network)
        else:
            scorer = ProbeScorer(probe, _needed(encode, card.encoder))
        return cls(scorer, probe.classes, card)

    @classmethod
    def load(
        cls,
        folder: Path,
        load_encoder: Callable[[str], Encode] | None = None,
        device: str = "auto",
        precision: Precision = Precision.FLOAT32,
    ) -> "TextClassifier":
        """Read either kind of folder; `load_encoder(name)` is called for a lone head.

        `precision` BFLOAT16 or AUTO predicts faster where the hardware computes in it and moves
        probabilities in the third decimal.
        """
        classes, card, kind = _read_card(folder)
        scorer: Scorer
        if kind == ProbeScorer.kind:
            encode = load_encoder(card.encoder) if load_encoder else None
            scorer = ProbeScorer.load(folder, classes, _needed(encode, card.encoder))
        else:
            scorer = NetworkScorer(TextNetwork.from_folder(folder, device, precision))
        return cls(scorer, classes, card)

    def predict(self, texts: Sequence[str], progress: Progress = SILENT) -> Predictions:
        """Return the probabilities of texts, in their order; an empty list gives no rows."""
        _check_texts(texts)
        scores = self.scorer.score(texts, progress)
        return Predictions(softmax(scores.logits), self.classes, scores.cut_texts)

    def calibrated(
        self, texts: Sequence[str], labels: Sequence[str], progress: Progress = SILENT
    ) -> "TextClassifier":
        """Return this model with its probabilities fitted to rows it was not trained on.

        A network's head is changed in place; the labels stay the same.
        """
        _check_texts(texts)
        found = calibrate(self.scorer.score(texts, progress).logits, labels, self.classes)
        card = replace(self.card, calibration=asdict(found))
        return TextClassifier(self.scorer.cooled(found.temperature), self.classes, card)

    def with_evaluation(self, evaluation: dict[str, Any]) -> "TextClassifier":
        """Return this model with the figures of its test on its card."""
        card = replace(self.card, evaluation=evaluation)
        return TextClassifier(self.scorer, self.classes, card)

    def save(self, folder: Path) -> None:
        """Write the folder; `textlode.json` comes last, so that its presence means a whole one."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CARD_FILE).unlink(missing_ok=True)
        self.scorer.save(folder)
        _write_json(folder / CLASSES_FILE, list(self.classes))
        readme = self.card.to_markdown(self.classes, self.scorer.kind)
        (folder / README_FILE).write_text(readme, encoding="utf-8")
        what = {"format": FORMAT, "kind": self.scorer.kind, **asdict(self.card)}
        _write_json(folder / CARD_FILE, what)


def _read_card(folder: Path) -> tuple[tuple[str, ...], ModelCard, str]:
    try:
        what = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        classes = json.loads((folder / CLASSES_FILE).read_text(encoding="utf-8"))
        version, kind = what.pop("format"), what.pop("kind")
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise EncoderProblem(
            N_(
                "{folder} is not a whole Textlode model: {file} cannot be read. Choose another "
                "model, or train this one again."
            ),
            folder=str(folder),
            file=f"{CARD_FILE} / {CLASSES_FILE}",
        ) from error
    if version > FORMAT:
        raise EncoderProblem(
            N_(
                "The model in {folder} has format {found}; this Textlode reads up to {known}. Use "
                "a newer Textlode."
            ),
            folder=str(folder),
            found=version,
            known=FORMAT,
        )
    return tuple(classes), ModelCard(**what), kind


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _needed(encode: Encode | None, name: str) -> Encode:
    if encode is None:
        raise NotReady(
            N_("This model needs the vectors of the encoder {encoder}. Load that encoder with it."),
            encoder=name,
        )
    return encode


def _check_texts(texts: Sequence[str]) -> None:
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(
                N_("Row {row} has no text but {found}. Leave rows without a text out."),
                row=row + 1,
                found=repr(text),
            )
