"""Which rows teach a model, which ones steer its training and which ones only judge it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import InputError, SettingInvalid
from core.i18n import N_
from core.learn.note import Note
from core.settings import SEED

Rows = npt.NDArray[np.int64]
Names = npt.NDArray[np.object_]

NAMED_CLASSES = 5
"""How many classes a sentence names before it says "and others"."""


@dataclass(frozen=True)
class Split:
    """Row numbers (int64, ascending, disjoint) for training, validation and test.

    Validation rows choose the best epoch and the calibration; test rows serve the report alone.
    """

    train: Rows
    validation: Rows
    test: Rows
    notes: tuple[Note, ...] = ()

    def __len__(self) -> int:
        return len(self.train) + len(self.validation) + len(self.test)


def split_rows(
    labels: Sequence[str],
    groups: Sequence[int] | npt.NDArray[np.int64],
    *,
    test_share: float = 0.2,
    validation_share: float = 0.1,
    seed: int = SEED,
    test_rows: Sequence[int] | Rows | None = None,
) -> Split:
    """Split rows by class, so that rows of one group (equal texts) never straddle two parts.

    A share is of the rows of each class; a class with one distinct text stays in training, one
    with two gives its second to the test. With `test_rows` (a separate test file appended to the
    table) these are the test, and other rows with the same text are left out of training.
    """
    names = np.asarray(labels, dtype=object)
    texts = np.asarray(groups, dtype=np.int64)
    _check_shares(test_share, validation_share)
    _check_lengths(names, texts)
    if test_rows is None:
        return _split_table(names, texts, test_share, validation_share, seed)
    return _split_around_test(names, texts, validation_share, seed, np.unique(test_rows))


def _split_table(
    names: Names, texts: Rows, test_share: float, validation_share: float, seed: int
) -> Split:
    owner = _class_of_each_group(names, texts)
    _check_classes(owner, names)
    parts = _assign_groups(owner, texts, (test_share, validation_share), seed)
    part_of_row = np.array([parts[text] for text in texts.tolist()])
    train, test, validation = (np.flatnonzero(part_of_row == part) for part in range(3))
    return Split(train, validation, test, _notes_on_small_classes(owner))


def _split_around_test(
    names: Names, texts: Rows, validation_share: float, seed: int, test: Rows
) -> Split:
    others = np.setdiff1d(np.arange(len(names)), test)
    known = np.isin(texts[others], texts[test])
    rest = others[~known]
    if not len(test) or not len(rest):
        raise InputError(
            N_(
                "{rows} rows to train on and {test} to test on remain when equal texts are kept "
                "apart. Both files need rows of their own."
            ),
            rows=len(rest),
            test=len(test),
        )
    inner = _split_table(names[rest], texts[rest], 0.0, validation_share, seed)
    notes = list(inner.notes)
    if known.any():
        template = N_(
            "{rows} rows to train on have the same text as a test row and were left out of "
            "training."
        )
        notes.append(Note(template, {"rows": int(known.sum())}))
    unseen = sorted(set(names[test]) - set(names[rest]))
    if unseen:
        template = N_(
            "The test rows have {count} labels that the training rows do not have ({classes}). "
            "Each of their rows counts as wrong."
        )
        notes.append(Note(template, {"count": len(unseen), "classes": name_classes(unseen)}))
    return Split(rest[inner.train], rest[inner.validation], test, tuple(notes))


def name_classes(classes: Sequence[str]) -> str:
    """Return the first few names, separated by commas, with an ellipsis where there are more."""
    shown = ", ".join(map(str, classes[:NAMED_CLASSES]))
    return shown + (", …" if len(classes) > NAMED_CLASSES else "")


def _check_shares(test_share: float, validation_share: float) -> None:
    if min(test_share, validation_share) < 0 or test_share + validation_share > 0.9:
        raise SettingInvalid(
            N_(
                "The shares of test rows ({test}) and validation rows ({validation}) have to be 0 "
                "or more and leave at least 0.1 to train on."
            ),
            test=test_share,
            validation=validation_share,
        )


def _check_lengths(names: Names, texts: Rows) -> None:
    if len(names) != len(texts):
        raise InputError(
            N_("There are {labels} labels for {rows} rows. Give one label for each row."),
            labels=len(names),
            rows=len(texts),
        )


def _class_of_each_group(names: Names, texts: Rows) -> dict[int, str]:
    """Return the most frequent label of each group (the first of them on a tie)."""
    votes: dict[int, dict[str, int]] = {}
    for text, name in zip(texts.tolist(), names, strict=True):
        count = votes.setdefault(text, {})
        count[name] = count.get(name, 0) + 1
    return {text: max(count, key=lambda name: count[name]) for text, count in votes.items()}


def _texts_of_each_class(owner: dict[int, str]) -> dict[str, list[int]]:
    texts: dict[str, list[int]] = {}
    for text, name in owner.items():
        texts.setdefault(name, []).append(text)
    return dict(sorted(texts.items()))


def _check_classes(owner: dict[int, str], names: Names) -> None:
    sizes = {name: len(texts) for name, texts in _texts_of_each_class(owner).items()}
    if len(sizes) < 2:
        raise InputError(
            N_(
                "{rows} labelled rows with {count} label(s) ({classes}). A model needs at least "
                "two labels: label rows of a second kind."
            ),
            rows=len(names),
            count=len(sizes),
            classes=name_classes(list(sizes)) or "-",
        )
    if max(sizes.values()) < 2:
        raise InputError(
            N_(
                "Each of the {count} labels ({classes}) has one distinct text. Learning and "
                "testing need at least two texts of a label: label more rows, or choose a column "
                "whose values repeat."
            ),
            count=len(sizes),
            classes=name_classes(list(sizes)),
        )


def _assign_groups(
    owner: dict[int, str], texts: Rows, shares: tuple[float, float], seed: int
) -> dict[int, int]:
    """Return 0 (train), 1 (test) or 2 (validation) for each group.

    Each class owes a part its share of rows; what rounding leaves over is carried to the next
    class, so that many small classes still add up to the shares.
    """
    random = np.random.default_rng(seed)
    values, counts = np.unique(texts, return_counts=True)
    rows_of = dict(zip(values.tolist(), counts.tolist(), strict=True))
    parts = dict.fromkeys(owner, 0)
    carried = [0.0, 0.0]
    for members in _texts_of_each_class(owner).values():
        free = [members[place] for place in random.permutation(len(members))]
        rows = sum(rows_of[text] for text in members)
        for part, share in enumerate(shares):
            # The part after this one and training each keep a text where there are enough.
            spare = len(free) - 1 - (1 if part == 0 and shares[1] and len(free) > 2 else 0)
            wanted = share * rows + carried[part]
            least = 1 if share and spare > 0 else 0
            taken = taken_texts = 0
            while free and taken_texts < spare:
                size = rows_of[free[-1]]
                if taken_texts >= least and taken + size / 2 > wanted:
                    break
                parts[free.pop()] = part + 1
                taken, taken_texts = taken + size, taken_texts + 1
            carried[part] = float(np.clip(wanted - taken, -1.0, 1.0))
    return parts


def _notes_on_small_classes(owner: dict[int, str]) -> tuple[Note, ...]:
    single = [name for name, texts in _texts_of_each_class(owner).items() if len(texts) == 1]
    if not single:
        return ()
    template = N_(
        "{count} label(s) have one distinct text ({classes}). It is used for training, so the test "
        "says nothing about them: label more of their rows."
    )
    return (Note(template, {"count": len(single), "classes": name_classes(single)}),)
