"""The loop that trains all layers of a network, resumable at any step."""

import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.errors import EncoderProblem
from core.i18n import N_
from core.learn.batches import shuffled_steps
from core.learn.checkpoint import Checkpoints
from core.learn.fine_tuned import CurvePoint, Ended, FineTuned, FineTuneSettings, Kept
from core.learn.logits import Floats, softmax
from core.learn.network import TextNetwork, Tokens
from core.learn.note import Note
from core.learn.optimizer import Optimizer
from core.learn.vocabulary import SmallVocabulary
from core.progress import Progress
from core.token_batches import Rows, batches_of_like_length

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


@dataclass
class State:
    """Where a training stands: what a checkpoint saves beside the weights.

    `seconds` is the time spent; `loss_sum` and `loss_steps` are those since the last point of the
    curve; `without_gain` counts validations since the best one.
    """

    step: int = 0
    seconds: float = 0.0
    loss_sum: float = 0.0
    loss_steps: int = 0
    without_gain: int = 0
    best_step: int = 0
    curve: list[CurvePoint] = field(default_factory=list)

    @property
    def validated(self) -> list[CurvePoint]:
        """The points that have figures of the validation rows."""
        return [point for point in self.curve if point.validation_accuracy is not None]

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "State":
        return cls(**{**values, "curve": [CurvePoint(**point) for point in values["curve"]]})


class TrainingLoop:
    """One fine-tuning: `resume`, `run`, `finish`.

    The loop is plain torch rather than `transformers.Trainer`: the Trainer's length grouping
    silently reordered its predictions, its checkpoints do not restore a run bit by bit on a changed
    clock, and what is needed here (a head that starts as the probe, live figures, stop and keep the
    best, resume after a kill) is shorter than the callbacks that would bend the Trainer to it.
    Every random draw comes from (seed, epoch) or (seed, step), so a resumed run needs no generator
    state to continue with the same data order and the same dropout.
    """

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
        self.epochs = settings.epochs_for(train_rows)
        self.steps_each = -(-train_rows // settings.batch_rows)
        self.total = self.steps_each * self.epochs
        self.state = State()
        self.start = self.best = self._weights()
        self.right_at_start = np.zeros(len(self.validation), dtype=bool)
        self.optimizer = Optimizer(network, settings, self.total)
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
        self.state = State.from_json(saved.figures)
        self.best = saved.best
        self._load(saved.tensors)
        self.optimizer.load_moments(saved.tensors)

    def run(self) -> Ended:
        """Train until the end, until patience runs out, or until somebody asks to stop."""
        epoch = -1
        steps: list[Rows] = []
        started = time.monotonic() - self.state.seconds
        while self.state.step < self.total:
            if self.state.step // self.steps_each != epoch:
                epoch = self.state.step // self.steps_each
                steps = self._steps_of(epoch)
            self.progress(self.state.step, self.total, STAGE)
            asked = self.progress.should_stop()
            if not asked:
                self._train_on(steps[self.state.step % self.steps_each])
            self.state.seconds = time.monotonic() - started
            if asked:
                self._validate_if_new()
                return Ended.ASKED
            ends_epoch = self.state.step % self.steps_each == 0
            if ends_epoch or self._is_checked_within_epoch():
                self._validate(self._take_loss())
                if self.state.without_gain >= self.settings.patience:
                    self._save()
                    return Ended.NO_GAIN
            elif self.state.step % max(1, self.total // CURVE_POINTS) == 0:
                self._add_point(CurvePoint(self.state.step, self._take_loss()))
            if self._is_save_due(ends_epoch):
                self._save()
        self.progress(self.total, self.total, STAGE)
        return Ended.FINISHED

    def finish(self, classes: tuple[str, ...], ended: Ended) -> FineTuned:
        """Put the best weights back and say what was kept."""
        self._load(self.best)
        if self.state.best_step and not self._is_beyond_chance():
            self.state.best_step = 0
            self._load(self.start)
        self.vocabulary.swap_out()
        self.network.model.eval()
        first, best = self._scored(0), self._scored(self.state.best_step)
        assert first.validation_accuracy is not None  # noqa: S101 - `_scored` returns such points
        assert best.validation_accuracy is not None  # noqa: S101
        kept = Kept.FINE_TUNED if self.state.best_step else Kept.PROBE
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
            curve=tuple(self.state.curve),
            probe_accuracy=first.validation_accuracy,
            best_accuracy=best.validation_accuracy,
            best_step=self.state.best_step,
            steps=self.state.step,
            epochs=self.epochs,
            seconds=self.state.seconds,
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
        seed = self.settings.seed * 1_000_003 + self.state.step
        with _seeded(self.network.processor.device, seed):
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
        self.optimizer.step(self.state.step)
        self.state.step += 1
        self.state.loss_sum += loss
        self.state.loss_steps += 1
        if not np.isfinite(loss):
            raise EncoderProblem(
                N_(
                    "The loss is no longer a number after {step} steps at learning rate {rate}. "
                    "Train again with a lower one."
                ),
                step=self.state.step,
                rate=self.settings.learning_rate,
            )

    def _validate_if_new(self) -> None:
        state = self.state
        if (state.step and state.curve[-1].validation_accuracy is None) or state.loss_steps:
            self._validate(self._take_loss())

    def _validate(self, loss: float | None) -> None:
        logits = self._validation_logits()
        truth = self.codes[self.validation]
        chances = softmax(logits)[np.arange(len(truth)), truth]
        accuracy = float((logits.argmax(axis=1) == truth).mean())
        point = CurvePoint(self.state.step, loss, accuracy, float(-np.log(chances + 1e-12).mean()))
        self._add_point(point)
        if self.state.step == 0:
            self.right_at_start = self._right(logits)
            return
        if _is_better(point, self._scored(self.state.best_step)):
            self.best = self._weights()
            self.state.best_step, self.state.without_gain = self.state.step, 0
        else:
            self.state.without_gain += 1

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
        return next(point for point in self.state.validated if point.step == step)

    def _is_checked_within_epoch(self) -> bool:
        """Whether a long epoch is due for a look before its end."""
        done = self.state.step % self.steps_each
        left = self.steps_each - done
        return done % STEPS_BETWEEN_VALIDATIONS == 0 and left >= STEPS_BETWEEN_VALIDATIONS

    def _take_loss(self) -> float | None:
        mean = self.state.loss_sum / self.state.loss_steps if self.state.loss_steps else None
        self.state.loss_sum, self.state.loss_steps = 0.0, 0
        return mean

    def _add_point(self, point: CurvePoint) -> None:
        self.state.curve.append(point)
        scored = [point.validation_accuracy or 0.0 for point in self.state.validated]
        self.progress.detail(
            curve=[asdict(point) for point in self.state.curve],
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
        tensors = {**self._weights(), **self.optimizer.moments()}
        figures = asdict(self.state)
        self.checkpoints.write(self.state.step, self.state.best_step, figures, tensors, self.best)

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


def _is_better(point: CurvePoint, best: CurvePoint) -> bool:
    """By accuracy, and by loss where that is equal."""
    return (point.validation_accuracy or 0.0, -(point.validation_loss or 0.0)) > (
        best.validation_accuracy or 0.0,
        -(best.validation_loss or 0.0),
    )


def _seeded(device: str, seed: int) -> Any:
    """Return a context whose random draws (dropout) follow the seed, and leave no trace outside."""
    from contextlib import ExitStack

    import torch

    stack = ExitStack()
    devices = [torch.cuda.current_device()] if device == "cuda" else []
    stack.enter_context(torch.random.fork_rng(devices=devices))
    torch.manual_seed(seed % 2**63)
    return stack
