from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, EncoderProblem, InputError, SettingInvalid
from core.learn import (
    Ended,
    FineTuned,
    FineTuneSettings,
    Kept,
    Precision,
    Probe,
    Split,
    fine_tune,
    split_rows,
    train_probe,
)
from core.learn.network import TextNetwork
from core.progress import SILENT, Progress

FAST = FineTuneSettings(
    epochs=4,
    learning_rate=3e-3,
    head_learning_rate=3e-3,
    batch_rows=16,
    device="cpu",
    precision=Precision.FLOAT32,
    checkpoint_seconds=0.0,
)


class Recorder(Progress):
    """Remembers figures, and cancels or stops at a step of the fine-tuning."""

    def __init__(self, cancel_at: float = np.inf, stop_at: float = np.inf) -> None:
        self.cancel_at, self.stop_at = cancel_at, stop_at
        self.done = 0.0
        self.details: list[dict] = []

    def __call__(self, done: float, total: float, message: str = "") -> None:
        if message == "Fine-tuning":
            self.done = done
            if done >= self.cancel_at:
                raise Cancelled("stop")

    def detail(self, **values: object) -> None:
        self.details.append(values)

    def should_stop(self) -> bool:
        return self.done >= self.stop_at


class Case:
    """The tiny texts, split, with their probe."""

    def __init__(
        self, folder: Path, texts: Sequence[str], labels: Sequence[str], vectors: np.ndarray
    ) -> None:
        self.folder, self.texts, self.labels = folder, texts, labels
        self.split = split_rows(labels, range(len(texts)), test_share=0.2, validation_share=0.2)
        train = self.split.train[:9]  # a weak probe, so that there is much to gain
        self.probe = train_probe(vectors[train], [labels[row] for row in train])

    def tune(
        self,
        settings: FineTuneSettings = FAST,
        progress: Progress = SILENT,
        scratch: Path | None = None,
        probe: Probe | None = None,
    ) -> FineTuned:
        return fine_tune(
            self.texts,
            self.labels,
            self.split,
            self.folder,
            probe or self.probe,
            settings=settings,
            progress=progress,
            scratch=scratch,
        )


@pytest.fixture(scope="module")
def case(
    tiny_folder: Path, tiny_texts: tuple[list[str], list[str]], tiny_vectors: np.ndarray
) -> Case:
    return Case(tiny_folder, *tiny_texts, tiny_vectors)


@pytest.fixture(scope="module")
def whole(case: Case) -> FineTuned:
    """One training that nobody disturbs."""
    return case.tune()


def weights(tuned: FineTuned) -> dict[str, np.ndarray]:
    return {n: p.detach().numpy() for n, p in tuned.network.model.named_parameters()}


def weak_probe(probe: Probe) -> Probe:
    return replace(probe, weights=probe.weights * 0, bias=probe.bias * 0)


def test_step_0_is_the_probe(case: Case, tiny_vectors: np.ndarray) -> None:
    network = TextNetwork.from_probe(case.folder, case.probe, "cpu", Precision.FLOAT32)
    logits = network.predict(network.tokenize(case.texts), batch_tokens=64)
    np.testing.assert_allclose(logits, case.probe.logits(tiny_vectors), atol=2e-4)


def test_learns_what_the_probe_cannot_and_keeps_the_best(whole: FineTuned) -> None:
    scored = [p for p in whole.curve if p.validation_accuracy is not None]
    assert scored[0].step == 0
    assert scored[0].validation_accuracy == whole.probe_accuracy
    assert whole.best_accuracy == max(p.validation_accuracy for p in scored)
    assert whole.best_accuracy > whole.probe_accuracy
    assert whole.kept is Kept.FINE_TUNED
    assert whole.note is None


def test_words_that_no_text_holds_stay_as_they_were(case: Case, whole: FineTuned) -> None:
    network = TextNetwork.from_probe(case.folder, case.probe, "cpu", Precision.FLOAT32)
    name = "0.model.embeddings.word_embeddings.weight"
    before = dict(network.model.named_parameters())[name].detach().numpy()
    after = weights(whole)[name]
    assert before.shape == after.shape
    rows = np.flatnonzero((before != after).any(axis=1))
    used = network.tokenize([case.texts[row] for row in case.split.train])
    assert set(rows) <= {one for ids in used.ids for one in ids}
    assert len(rows) > 10


def test_returned_network_scores_as_the_best_point(case: Case, whole: FineTuned) -> None:
    rows = case.split.validation
    network = whole.network
    logits = network.predict(network.tokenize([case.texts[r] for r in rows]), batch_tokens=64)
    said = np.array(whole.classes)[logits.argmax(axis=1)]
    truth = np.array(case.labels)[rows]
    assert (said == truth).mean() == pytest.approx(whole.best_accuracy)


def test_same_seed_same_weights_other_seed_others(case: Case, whole: FineTuned) -> None:
    again, other = case.tune(), case.tune(replace(FAST, seed=5))
    for name, value in weights(whole).items():
        np.testing.assert_array_equal(value, weights(again)[name])
    assert any(not np.array_equal(v, weights(other)[n]) for n, v in weights(whole).items())


@pytest.mark.parametrize("step", [1, 6, 15])
def test_killed_training_resumes_to_the_same_weights(
    case: Case, whole: FineTuned, tmp_path: Path, step: int
) -> None:
    with pytest.raises(Cancelled):
        case.tune(progress=Recorder(cancel_at=step), scratch=tmp_path)
    recorder = Recorder()
    resumed = case.tune(progress=recorder, scratch=tmp_path)
    assert [p.step for p in resumed.curve] == [p.step for p in whole.curve]
    assert len(recorder.details) < len(whole.curve)
    for name, value in weights(whole).items():
        np.testing.assert_array_equal(value, weights(resumed)[name])


def test_finished_training_is_read_back_without_a_step(case: Case, tmp_path: Path) -> None:
    first = case.tune(scratch=tmp_path)
    recorder = Recorder()
    second = case.tune(progress=recorder, scratch=tmp_path)
    assert recorder.details == []
    assert second.best_accuracy == first.best_accuracy


def test_state_of_other_settings_is_not_taken_up(case: Case, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        case.tune(replace(FAST, seed=5), progress=Recorder(cancel_at=9), scratch=tmp_path)
    recorder = Recorder()
    case.tune(progress=recorder, scratch=tmp_path)
    assert recorder.details[0]["curve"][0]["step"] == 0
    files = {file.name for file in tmp_path.iterdir()}
    assert len(files) == 3, files


def test_half_written_state_is_ignored(case: Case, whole: FineTuned, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        case.tune(progress=Recorder(cancel_at=6), scratch=tmp_path)
    (tmp_path / "step-00000099.safetensors").write_bytes(b"torn")
    (tmp_path / "state.json.tmp").write_bytes(b"{")
    resumed = case.tune(scratch=tmp_path)
    for name, value in weights(whole).items():
        np.testing.assert_array_equal(value, weights(resumed)[name])


def test_stop_keeps_the_best_so_far(case: Case) -> None:
    recorder = Recorder(stop_at=8)
    tuned = case.tune(progress=recorder)
    assert tuned.ended is Ended.ASKED
    assert tuned.steps == 8
    assert tuned.curve[-1].step == 8
    assert tuned.curve[-1].validation_accuracy is not None


def test_stop_before_the_first_step_keeps_the_probe(case: Case) -> None:
    tuned = case.tune(progress=Recorder(stop_at=0))
    assert tuned.kept is Kept.PROBE
    assert tuned.steps == 0


def test_probe_is_kept_when_training_makes_it_worse(case: Case, tiny_vectors: np.ndarray) -> None:
    good = train_probe(tiny_vectors, case.labels)
    useless = replace(FAST, learning_rate=1e-7, head_learning_rate=1e-7, epochs=2)
    broken = replace(FAST, learning_rate=0.1, head_learning_rate=1.0, epochs=1)
    assert (
        case.tune(useless, probe=good).best_accuracy
        >= case.tune(useless, probe=good).probe_accuracy
    )
    tuned = case.tune(broken, probe=good)
    assert tuned.kept is Kept.PROBE
    assert "so the quick model was kept" in str(tuned.note)
    network = TextNetwork.from_probe(case.folder, good, "cpu", Precision.FLOAT32)
    for name, value in network.model.named_parameters():
        np.testing.assert_array_equal(value.detach().numpy(), weights(tuned)[name])


def test_probe_is_kept_when_the_gain_may_be_chance(
    case: Case, whole: FineTuned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more row right is within the standard error; the same training gains many."""
    from core.learn.training_loop import TrainingLoop

    answers = iter([np.array([False, True]), np.array([True, True])])
    monkeypatch.setattr(TrainingLoop, "_right", lambda self, logits: next(answers))
    tuned = case.tune()
    assert tuned.kept is Kept.PROBE
    assert "by more than chance" in str(tuned.note)
    assert tuned.best_accuracy == tuned.probe_accuracy
    network = TextNetwork.from_probe(case.folder, case.probe, "cpu", Precision.FLOAT32)
    for name, value in network.model.named_parameters():
        np.testing.assert_array_equal(value.detach().numpy(), weights(tuned)[name])
    assert whole.kept is Kept.FINE_TUNED


def test_patience_ends_a_training_without_gain(case: Case) -> None:
    broken = replace(FAST, learning_rate=0.1, head_learning_rate=1.0, epochs=9, patience=2)
    tuned = case.tune(broken)
    assert tuned.ended is Ended.NO_GAIN
    assert tuned.steps < tuned.epochs * 6


def test_curve_is_published_live(case: Case) -> None:
    recorder = Recorder()
    case.tune(progress=recorder)
    lengths = [len(detail["curve"]) for detail in recorder.details]
    assert lengths == sorted(lengths)
    assert {"step", "loss", "validation_accuracy"} <= set(recorder.details[-1]["curve"][-1])


def test_blocks_of_a_step_add_up_to_the_step(case: Case) -> None:
    """A small token budget changes how a step is computed, not what it learns."""
    still = replace(FAST, epochs=1)
    import torch

    torch.manual_seed(0)
    whole_step = case.tune(still)
    assert whole_step.steps == case.tune(replace(still, batch_tokens=20)).steps


def test_test_rows_are_not_read(case: Case, whole: FineTuned) -> None:
    texts = list(case.texts)
    for row in case.split.test:
        texts[row] = "something else"
    changed = fine_tune(texts, case.labels, case.split, case.folder, case.probe, settings=FAST)
    for name, value in weights(whole).items():
        np.testing.assert_array_equal(value, weights(changed)[name])


def test_long_texts_are_cut_and_counted(case: Case) -> None:
    texts = list(case.texts)
    texts[case.split.train[0]] = "card " * 500
    tuned = fine_tune(
        texts, case.labels, case.split, case.folder, case.probe, settings=replace(FAST, epochs=1)
    )
    assert tuned.cut_texts == 1


def test_refusals_say_what_is_missing(case: Case, tmp_path: Path) -> None:
    nothing = np.array([], dtype=np.int64)
    split = Split(case.split.train, nothing, nothing)
    with pytest.raises(InputError, match="0 to validate with"):
        fine_tune(case.texts, case.labels, split, case.folder, case.probe)
    with pytest.raises(InputError, match="does not know"):
        fine_tune(case.texts, ["x"] * 120, case.split, case.folder, case.probe)
    with pytest.raises(EncoderProblem, match="could not be loaded"):
        fine_tune(case.texts, case.labels, case.split, tmp_path / "absent", case.probe)
    narrow = replace(case.probe, weights=case.probe.weights[:, :8])
    with pytest.raises(EncoderProblem, match="vectors of 32 numbers"):
        case.tune(probe=narrow)


@pytest.mark.parametrize("wrong", [{"epochs": -1}, {"learning_rate": 9.0}, {"patience": 0}])
def test_settings_out_of_range(wrong: dict) -> None:
    with pytest.raises(SettingInvalid, match="has to be between"):
        FineTuneSettings(**wrong)
