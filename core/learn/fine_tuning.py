"""All layers of a pretrained network bent to the analyst's labels, starting from the probe.

The loop is plain torch rather than `transformers.Trainer`: the Trainer's length grouping silently
reordered its predictions, its checkpoints do not restore a run bit by bit on a changed clock, and
what is needed here (a head that starts as the probe, live figures, stop and keep the best, resume
after a kill) is shorter than the callbacks that would bend the Trainer to it. Every random draw
comes from (seed, epoch) or (seed, step), so a resumed run needs no generator state to continue
with the same data order and the same dropout.
"""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.errors import EncoderProblem, InputError, SettingInvalid
from core.i18n import N_
from core.learn.batches import shuffled_steps
from core.learn.checkpoint import Checkpoints
from core.learn.logits import Floats, encode_labels, softmax
from core.learn.network import TextNetwork, Tokens
from core.learn.note import Note
from core.learn.probe import Probe
from core.learn.split import Split
from core.learn.vocabulary import SmallVocabulary
from core.network import Rows, batches_of_like_length
from core.processor import Precision
from core.progress import SILENT, Progress
from core.settings import SEED

if TYPE_CHECKING:
    import torch

STAGE = N_("Fine-tuning")
CURVE_POINTS = 200
"""Points of the loss curve over a whole training."""
STEPS_BETWEEN_VALIDATIONS = 1000
SHARE_FOR_SAVING = 10
"""At the end of an epoch the state is saved when training took this many times as long as saving:
a disk may need seconds for what a short epoch computes in one.
"""


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


def fine_tune(
    texts: Sequence[str],
    labels: Sequence[str],
    split: Split,
    model_folder: Path | str,
    probe: Probe,
    *,
    settings: FineTuneSettings | None = None,
    progress: Progress = SILENT,
    scratch: Path | None = None,
) -> FineTuned:
    """Train all layers on the split's training rows and keep the best by its validation rows.

    AdamW with linear warm-up and decay and lower rates for lower layers (Howard and Ruder 2018),
    from the probe as head (Kumar et al. 2022). With `scratch` the state is saved there after epochs
    and at least every `checkpoint_seconds`, and a training found there goes on to the same result.
    The test rows are not touched.
    """
    chosen = settings or FineTuneSettings()
    codes = _check_rows(texts, labels, split, probe)
    network = TextNetwork.from_probe(model_folder, probe, chosen.device, chosen.precision)
    rows = np.concatenate([split.train, split.validation])
    tokens = network.tokenize([texts[row] for row in rows], progress)
    checkpoints = None
    if scratch is not None:
        mark = _fingerprint(
            tokens,
            codes[rows],
            len(split.train),
            probe=probe,
            model_folder=model_folder,
            settings=chosen,
        )
        checkpoints = Checkpoints(scratch, mark)
    training = _Training(
        network, tokens, codes[rows], len(split.train), settings=chosen, progress=progress
    )
    training.resume(checkpoints)
    ended = training.run()
    return training.finish(probe.classes, ended)


def propose_epochs(rows: int) -> int:
    """Return how often to pass over `rows` rows: fewer rows need more passes."""
    return int(np.clip(round(45_000 / max(rows, 1)), 3, 20))


class _Training:
    """The moving parts of one fine-tuning: what a checkpoint saves and the loop changes."""

    def __init__(
        self,
        network: TextNetwork,
        tokens: Tokens,
        codes: npt.NDArray[np.int64],
        train_rows: int,
        *,
        settings: FineTuneSettings,
        progress: Progress,
    ) -> None:
        self.network = network
        self.vocabulary = SmallVocabulary.swap_in(network, tokens)
        self.tokens = self.vocabulary.renumber(tokens)
        self.codes = codes
        self.train = np.arange(train_rows)
        self.validation = np.arange(train_rows, len(codes))
        self.settings = settings
        self.progress = progress
        self.epochs = settings.epochs or propose_epochs(train_rows)
        self.steps_each = -(-train_rows // settings.batch_rows)
        self.total = self.steps_each * self.epochs
        self.step = 0
        self.seconds = 0.0
        self.loss_sum = 0.0
        self.loss_steps = 0
        self.without_gain = 0
        self.curve: list[CurvePoint] = []
        self.best_step = 0
        self.start = self.best = self._weights()
        self.right_at_start = np.zeros(len(self.validation), dtype=bool)
        self.groups = _parameter_groups(network, settings)
        self.optimizer = self._new_optimizer()
        self.checkpoints: Checkpoints | None = None
        self.saved_at = time.monotonic()
        self.seconds_to_save = 0.0

    def resume(self, checkpoints: Checkpoints | None) -> None:
        """Take up the state found on disk, or score the probe as the one to beat."""
        self.checkpoints = checkpoints
        saved = checkpoints.read() if checkpoints else None
        if saved is None:
            self._validate(None)
            return
        self.right_at_start = self._right(self._validation_logits())
        figures = saved.figures
        self.curve = [CurvePoint(**point) for point in figures.pop("curve")]
        for name, value in figures.items():
            setattr(self, name, value)
        self.best = saved.best
        self._load(saved.tensors)
        self._load_moments(saved.tensors)

    def run(self) -> Ended:
        """Train until the end, until patience runs out, or until somebody asks to stop."""
        epoch = -1
        steps: list[Rows] = []
        started = time.monotonic() - self.seconds
        while self.step < self.total:
            if self.step // self.steps_each != epoch:
                epoch = self.step // self.steps_each
                steps = self._steps_of(epoch)
            self.progress(self.step, self.total, STAGE)
            asked = self.progress.should_stop()
            if not asked:
                self._train_on(steps[self.step % self.steps_each])
            self.seconds = time.monotonic() - started
            if asked:
                self._validate_if_new()
                return Ended.ASKED
            ends_epoch = self.step % self.steps_each == 0
            if ends_epoch or self._is_checked_within_epoch():
                self._validate(self._take_loss())
                if self.without_gain >= self.settings.patience:
                    self._save()
                    return Ended.NO_GAIN
            elif self.step % max(1, self.total // CURVE_POINTS) == 0:
                self._add_point(CurvePoint(self.step, self._take_loss()))
            if self._is_save_due(ends_epoch):
                self._save()
        self.progress(self.total, self.total, STAGE)
        return Ended.FINISHED

    def finish(self, classes: tuple[str, ...], ended: Ended) -> FineTuned:
        """Put the best weights back and say what was kept."""
        self._load(self.best)
        if self.best_step and not self._is_beyond_chance():
            self.best_step = 0
            self._load(self.start)
        self.vocabulary.swap_out()
        self.network.model.eval()
        first, best = self._scored(0), self._scored(self.best_step)
        assert first.validation_accuracy is not None  # noqa: S101 - `_scored` returns such points
        assert best.validation_accuracy is not None  # noqa: S101
        kept = Kept.FINE_TUNED if self.best_step else Kept.PROBE
        note = None
        if kept is Kept.PROBE:
            template = N_(
                "On the {rows} validation rows fine-tuning was not better than the quick model "
                "({accuracy:.1%}) by more than chance, so the quick model was kept."
            )
            values = {"rows": len(self.validation), "accuracy": first.validation_accuracy}
            note = Note(template, values)
        return FineTuned(
            network=self.network,
            classes=classes,
            kept=kept,
            ended=ended,
            curve=tuple(self.curve),
            probe_accuracy=first.validation_accuracy,
            best_accuracy=best.validation_accuracy,
            best_step=self.best_step,
            steps=self.step,
            epochs=self.epochs,
            seconds=self.seconds,
            processor=self.network.processor.name,
            precision=self.network.processor.precision,
            cut_texts=self.tokens.cut,
            settings=self.settings,
            note=note,
        )

    def _steps_of(self, epoch: int) -> list[Rows]:
        lengths, size = self.tokens.lengths, self.settings.batch_rows
        return shuffled_steps(lengths, self.train, size, self.settings.seed, epoch)

    def _train_on(self, rows: Rows) -> None:
        import torch

        self.network.model.train()
        self._set_rate()
        with _seeded(self.network.processor.device, self.settings.seed * 1_000_003 + self.step):
            loss = 0.0
            lengths = self.tokens.lengths[rows]
            for places in batches_of_like_length(lengths, self.settings.batch_tokens):
                block = rows[places]
                scores = self.network.logits(self.tokens, block)
                truth = torch.from_numpy(self.codes[block]).to(scores.device)
                part = torch.nn.functional.cross_entropy(
                    scores, truth, reduction="sum", label_smoothing=self.settings.label_smoothing
                ) / len(rows)
                part.backward()  # type: ignore[no-untyped-call]
                loss += float(part.detach())
        torch.nn.utils.clip_grad_norm_(self.network.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.loss_sum += loss
        self.loss_steps += 1
        if not np.isfinite(loss):
            raise EncoderProblem(
                N_(
                    "The loss is no longer a number after {step} steps at learning rate {rate}. "
                    "Train again with a lower one."
                ),
                step=self.step,
                rate=self.settings.learning_rate,
            )

    def _set_rate(self) -> None:
        """Warm up linearly, then fall linearly to zero at the last step."""
        warm = max(1, round(self.total * self.settings.warm_up))
        done = self.step + 1
        factor = min(done / warm, (self.total - self.step) / max(1, self.total - warm))
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * min(1.0, factor)

    def _validate_if_new(self) -> None:
        if (self.step and self.curve[-1].validation_accuracy is None) or self.loss_steps:
            self._validate(self._take_loss())

    def _validate(self, loss: float | None) -> None:
        logits = self._validation_logits()
        truth = self.codes[self.validation]
        chances = softmax(logits)[np.arange(len(truth)), truth]
        accuracy = float((logits.argmax(axis=1) == truth).mean())
        point = CurvePoint(self.step, loss, accuracy, float(-np.log(chances + 1e-12).mean()))
        self._add_point(point)
        if self.step == 0:
            self.right_at_start = self._right(logits)
            return
        if _is_better(point, self._scored(self.best_step)):
            self.best_step, self.best, self.without_gain = self.step, self._weights(), 0
        else:
            self.without_gain += 1

    def _validation_logits(self) -> Floats:
        return self.network.predict(self.tokens, self.settings.batch_tokens, self.validation)

    def _right(self, logits: Floats) -> npt.NDArray[np.bool_]:
        right: npt.NDArray[np.bool_] = logits.argmax(axis=1) == self.codes[self.validation]
        return right

    def _is_beyond_chance(self) -> bool:
        """Whether the gain exceeds its own standard error (McNemar's): with few validation rows
        the best of many epochs is often luck.
        """
        now = self._right(self._validation_logits())
        fixed = int((now & ~self.right_at_start).sum())
        broken = int((self.right_at_start & ~now).sum())
        return bool(fixed - broken > np.sqrt(fixed + broken))

    def _scored(self, step: int) -> CurvePoint:
        return next(p for p in self.curve if p.step == step and p.validation_accuracy is not None)

    def _is_checked_within_epoch(self) -> bool:
        """Whether a long epoch is due for a look before its end."""
        done = self.step % self.steps_each
        left = self.steps_each - done
        return done % STEPS_BETWEEN_VALIDATIONS == 0 and left >= STEPS_BETWEEN_VALIDATIONS

    def _take_loss(self) -> float | None:
        mean = self.loss_sum / self.loss_steps if self.loss_steps else None
        self.loss_sum, self.loss_steps = 0.0, 0
        return mean

    def _add_point(self, point: CurvePoint) -> None:
        self.curve.append(point)
        scored = [p.validation_accuracy for p in self.curve if p.validation_accuracy is not None]
        self.progress.detail(
            curve=[asdict(point) for point in self.curve],
            probe_accuracy=scored[0],
            best_accuracy=max(scored),
            steps_per_epoch=self.steps_each,
            epochs=self.epochs,
        )

    def _is_save_due(self, ends_epoch: bool) -> bool:
        """Whether so much would be lost by a kill, or the end of an epoch is cheap to save."""
        since = time.monotonic() - self.saved_at
        cheap = since > SHARE_FOR_SAVING * self.seconds_to_save
        return since > self.settings.checkpoint_seconds or (ends_epoch and cheap)

    def _save(self) -> None:
        begun = time.monotonic()
        self._write_checkpoint()
        self.saved_at = time.monotonic()
        self.seconds_to_save = self.saved_at - begun

    def _write_checkpoint(self) -> None:
        if self.checkpoints is None:
            return
        names = (
            "step",
            "seconds",
            "loss_sum",
            "loss_steps",
            "without_gain",
            "best_step",
        )
        figures: dict[str, Any] = {name: getattr(self, name) for name in names}
        figures["curve"] = [asdict(point) for point in self.curve]
        tensors = {**self._weights(), **self._moments()}
        self.checkpoints.write(self.step, self.best_step, figures, tensors, self.best)

    def _weights(self) -> "dict[str, torch.Tensor]":
        return {
            name: value.detach().to("cpu", copy=True).contiguous()
            for name, value in self.network.model.named_parameters()
        }

    def _load(self, tensors: "dict[str, torch.Tensor]") -> None:
        import torch

        with torch.no_grad():
            for name, value in self.network.model.named_parameters():
                value.copy_(tensors[name])

    def _new_optimizer(self) -> "torch.optim.AdamW":
        import torch

        return torch.optim.AdamW(self.groups, fused=self.network.processor.device != "mps")

    def _moments(self) -> "dict[str, torch.Tensor]":
        moments = {}
        for name, value in self.network.model.named_parameters():
            for kind, tensor in self.optimizer.state.get(value, {}).items():
                moments[f"{kind}/{name}"] = tensor.detach().to("cpu", copy=True).contiguous()
        return moments

    def _load_moments(self, tensors: "dict[str, torch.Tensor]") -> None:
        for name, value in self.network.model.named_parameters():
            kinds = [key.split("/", 1)[0] for key in tensors if key.endswith(f"/{name}")]
            if kinds:
                self.optimizer.state[value] = {
                    kind: tensors[f"{kind}/{name}"].to(value.device) for kind in kinds
                }


def _check_rows(
    texts: Sequence[str], labels: Sequence[str], split: Split, probe: Probe
) -> npt.NDArray[np.int64]:
    if len(texts) != len(labels):
        raise InputError(
            N_("There are {labels} labels for {rows} rows. Give one label for each row."),
            labels=len(labels),
            rows=len(texts),
        )
    if not len(split.train) or not len(split.validation):
        raise InputError(
            N_(
                "{train} rows to train on and {validation} to validate with. Fine-tuning needs "
                "both: label more rows, or use the quick model."
            ),
            train=len(split.train),
            validation=len(split.validation),
        )
    codes = encode_labels(labels, probe.classes)
    used = np.concatenate([split.train, split.validation])
    if (codes[used] < 0).any():
        raise InputError(
            N_(
                "{rows} rows have a label that the quick model does not know. Train both on the "
                "same labels."
            ),
            rows=int((codes[used] < 0).sum()),
        )
    return codes


def _is_better(point: CurvePoint, best: CurvePoint) -> bool:
    """By accuracy, and by loss where that is equal."""
    return (point.validation_accuracy or 0.0, -(point.validation_loss or 0.0)) > (
        best.validation_accuracy or 0.0,
        -(best.validation_loss or 0.0),
    )


def _parameter_groups(network: TextNetwork, settings: FineTuneSettings) -> list[dict[str, Any]]:
    """Group parameters by learning rate (lower for lower layers) and weight decay (matrices)."""
    head = {id(parameter) for parameter in network.head.parameters()}
    depths = {name: _depth(name) for name, _ in network.model.named_parameters()}
    top = max(depths.values())
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in network.model.named_parameters():
        rate = settings.learning_rate * settings.layer_decay ** (top - depths[name])
        if id(parameter) in head:
            rate = settings.head_learning_rate
        decay = settings.weight_decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [
        {"params": members, "lr": rate, "peak": rate, "weight_decay": decay}
        for (rate, decay), members in groups.items()
    ]


def _depth(name: str) -> int:
    """Return the layer's number from 1 in a parameter's name; embeddings are at 0."""
    parts = name.split(".")
    for before, part in pairwise(parts):
        if part.isdigit() and before in ("layer", "layers", "h", "block", "blocks"):
            return int(part) + 1
    return 0


def _seeded(device: str, seed: int) -> Any:
    """Return a context whose random draws (dropout) follow the seed, and leave no trace outside."""
    from contextlib import ExitStack

    import torch

    stack = ExitStack()
    devices = [torch.cuda.current_device()] if device == "cuda" else []
    stack.enter_context(torch.random.fork_rng(devices=devices))
    torch.manual_seed(seed % 2**63)
    return stack


def _fingerprint(
    tokens: Tokens,
    codes: npt.NDArray[np.int64],
    train_rows: int,
    *,
    probe: Probe,
    model_folder: Path | str,
    settings: FineTuneSettings,
) -> str:
    """Return a hash of all that decides the result, so that no other training takes it up."""
    digest = hashlib.sha256()
    what = {**asdict(settings), "checkpoint_seconds": None}
    digest.update(json.dumps([what, train_rows, str(model_folder), probe.classes]).encode())
    for array in (probe.weights, probe.bias, codes, tokens.lengths):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(np.concatenate([np.asarray(ids) for ids in tokens.ids]).astype("<i4").tobytes())
    return digest.hexdigest()
