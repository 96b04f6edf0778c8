"""What becomes of the findings: which rows are left out, and what is taken out of the texts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.data.markup import strip_markup
from core.data.shared_lines import remove_lines
from core.data.texts import Fault, Flags, as_texts, name_of
from core.errors import SettingInvalid
from core.i18n import N_


class Remedy(StrEnum):
    """What a person can switch on: one remedy for each finding."""

    REPEATED = "repeated"
    NEARLY_REPEATED = "nearly_repeated"
    VERY_LONG = "very_long"
    MARKUP = "markup"
    SHARED_LINES = "shared_lines"
    READ_WHOLE = "read_whole"


REMEDY_TITLES = {
    Remedy.REPEATED: N_("Leave out rows that repeat a text above"),
    Remedy.NEARLY_REPEATED: N_("Leave out rows that nearly repeat a text above"),
    Remedy.VERY_LONG: N_("Leave out very long texts, over 20,000 characters"),
    Remedy.MARKUP: N_("Take what is left of HTML out of the texts"),
    Remedy.SHARED_LINES: N_("Take out lines that many texts share"),
    Remedy.READ_WHOLE: N_("Read long texts whole, in passages (slower)"),
}
# The remedies that leave rows out, in the order in which they are asked.
LEFT_OUT = {
    Fault.EMPTY: N_("no text"),
    Fault.VERY_LONG: N_("very long"),
    Fault.REPEATED: N_("repeats a text above"),
    Fault.NEARLY_REPEATED: N_("nearly repeats a text above"),
}
NOTHING_LEFT = 128  # beside the faults: only markup or shared lines were in the text
REASONS: dict[int, str] = {
    **{int(fault): words for fault, words in LEFT_OUT.items()},
    NOTHING_LEFT: N_("nothing left after cleaning"),
}


def choose_remedies(names: "tuple[str, ...] | list[str]") -> frozenset[Remedy]:
    """Return remedies by their names; raise SettingInvalid for what is none."""
    for name in names:
        if name not in list(Remedy):
            raise SettingInvalid(
                N_("There is no remedy {name}. The remedies are {known}."),
                name=name,
                known=", ".join(Remedy),
            )
    return frozenset(Remedy(name) for name in names)


def rows_left_out(flags: Flags, remedies: frozenset[Remedy]) -> Flags:
    """Return for each row the fault that it is left out for, 0 for rows that stay."""
    reasons = np.zeros(len(flags), dtype=np.uint8)
    for fault in reversed(LEFT_OUT):
        if fault is Fault.EMPTY or name_of(fault) in remedies:
            reasons[(flags & np.uint8(fault)) > 0] = np.uint8(fault)
    return reasons


@dataclass(frozen=True)
class Edits:
    """What is taken out of texts: HTML remains, and lines that many of them share."""

    markup: bool = False
    lines: tuple[str, ...] = field(default=())

    def apply(self, texts: pa.Array | pa.ChunkedArray | Iterable[str | None]) -> pa.Array:
        """Return texts (n,) without what is to go; those that hold none of it stay as written."""
        edited = as_texts(texts)
        if self.markup:
            edited = strip_markup(edited)
        if self.lines:
            edited = remove_lines(edited, self.lines)
        return edited

    def to_json(self) -> dict[str, Any]:
        return {"markup": self.markup, "lines": list(self.lines)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Edits":
        return cls(bool(values["markup"]), tuple(values["lines"]))


def clean(texts: pa.Array | pa.ChunkedArray, reasons: Flags, edits: Edits) -> "CleanTexts":
    """Return the texts that go on: edited, and null where their row is left out."""
    edited = edits.apply(texts)
    blank = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(edited), ""), True)
    emptied = np.asarray(blank, dtype=bool) & (reasons == 0)
    reasons = np.where(emptied, np.uint8(NOTHING_LEFT), reasons)
    kept = pc.if_else(pa.array(reasons == 0), edited, pa.scalar(None, edited.type))
    return CleanTexts(kept, reasons)


@dataclass(frozen=True)
class CleanTexts:
    """The texts of n rows, null where left out, and the reason for that (n,): 0 for none."""

    texts: pa.Array
    reasons: Flags

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are left out, by reason."""
        return count_reasons(self.reasons)


def count_reasons(reasons: Flags) -> dict[str, int]:
    """Return how many rows have each reason, by its marked words."""
    found = np.bincount(reasons, minlength=NOTHING_LEFT + 1)
    return {word: int(found[fault]) for fault, word in REASONS.items() if found[fault]}


def reason_words(reasons: Flags) -> pa.Array:
    """Return the reason of each row in words, null for rows that stay."""
    places = np.full(NOTHING_LEFT + 1, -1, dtype=np.int32)
    for place, fault in enumerate(REASONS):
        places[fault] = place
    codes = places[reasons]
    return pa.array(list(REASONS.values())).take(pa.array(codes, mask=codes < 0))
