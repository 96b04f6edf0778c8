"""The texts of a project become vectors, each distinct text once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.embed import (
    Encoder,
    EncoderCard,
    VectorStore,
    embed_texts,
    encoder_cards,
    estimate_seconds,
    load_encoder,
    propose_encoder,
)
from core.errors import InputError
from core.i18n import N_
from core.progress import Progress
from core.project import Artifact, Draft, Project, Recipe
from core.settings import Settings
from core.steps.cleaning import inputs_of_texts, reading_of_long_texts, texts_behind

TEXTS_READ_TOGETHER = 10_000


@dataclass(frozen=True)
class EmbedSettings:
    """Which encoder to use; empty for the one that fits the language of the texts."""

    encoder: str = ""


@dataclass(frozen=True)
class EncoderChoice:
    """An encoder, the seconds that it will take for a project's texts, and whether it was timed.

    Without a time of this machine the seconds are a guess from the encoder's usual pace.
    """

    card: EncoderCard
    seconds: float
    is_timed: bool


@dataclass(frozen=True)
class Units:
    """The distinct, non-empty texts of a column.

    `unit_of_row` (rows,) gives each row its text, -1 where the cell is empty; `first_row` gives
    each text the first row that has it.
    """

    texts: list[str]
    unit_of_row: npt.NDArray[np.int32]
    first_row: npt.NDArray[np.int64]

    @classmethod
    def from_column(cls, column: pa.ChunkedArray) -> "Units":
        values = pc.if_else(
            pc.fill_null(pc.equal(pc.utf8_trim_whitespace(column), ""), True), None, column
        )
        encoded = values.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
        _, first = np.unique(codes, return_index=True)
        return cls(encoded.dictionary.to_pylist(), codes, first[int(codes.min(initial=0) < 0) :])


class Texts(Sequence[str]):
    """Texts of an Arrow column, each made a string when it is asked for."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self.column = column

    def __len__(self) -> int:
        return len(self.column)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        found = self.column[place]
        texts: str | list[str] = found.to_pylist() if isinstance(place, slice) else found.as_py()
        return texts

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), TEXTS_READ_TOGETHER):
            yield from self[start : start + TEXTS_READ_TOGETHER]


def embed(project: Project, settings: EmbedSettings, progress: Progress) -> dict[str, Any]:
    """Embed the text column and make the vectors current."""
    artifact = vectors_of(project, settings.encoder, progress)
    project.make_current(artifact)
    return {"vectors": artifact.key, **artifact.json("embedding")}


def vectors_of(project: Project, encoder_name: str, progress: Progress) -> Artifact:
    """Return the vectors of the project's texts, embedding those that no project ever had."""
    column = project.role("text")
    encoder_name = encoder_name or chosen_encoder(project)
    inputs = inputs_of_texts(project, progress)
    progress(0, 0, N_("Loading the encoder"))
    device, long_texts = Settings.from_environment().device, reading_of_long_texts(project)
    encoder = load_encoder(encoder_name, device, long_texts)
    recipe = Recipe(
        "vectors",
        inputs=inputs,
        settings={
            "column": column,
            "encoder": encoder_name,
            "fingerprint": encoder.fingerprint,
        },
    )
    return project.make(
        recipe,
        lambda draft, _: _build(draft, texts_behind(project, inputs, column), encoder, progress),
    )


def chosen_encoder(project: Project) -> str:
    """Return the encoder of the present vectors, else the one that fits the language."""
    if project.has("vectors"):
        return str(project.current("vectors").settings["encoder"])
    return propose_encoder(project.state.language)


def encoder_choices(project: Project) -> list[EncoderChoice]:
    """Return the encoders that work without a network, with their time for the texts here."""
    column, folder = project.role("text"), Settings.from_environment().vectors_folder
    columns = project.current("table").json("profile")["columns"]
    profile = next(one for one in columns if one["name"] == column)
    characters = round(profile["mean_length"] * min(profile["distinct"], profile["rows"]))
    timed = {card: estimate_seconds(folder, card.name, characters) for card in encoder_cards()}
    return [
        EncoderChoice(card, seconds or characters / card.usual_pace, seconds is not None)
        for card, seconds in timed.items()
    ]


def texts_of(project: Project, vectors: Artifact) -> Texts:
    """Return the distinct texts that the vectors stand for, in their order."""
    if vectors.has("texts.arrow"):
        return Texts(vectors.texts("texts"))
    # Older vectors do not hold their texts.
    column = texts_behind(project, vectors.inputs, vectors.settings["column"])
    return Texts(column.take(pa.array(vectors.array("first_row"))))


def _build(draft: Draft, column: pa.ChunkedArray, encoder: Encoder, progress: Progress) -> None:
    units = Units.from_column(column)
    if not units.texts:
        raise InputError(
            N_("All {rows} cells of the text column are empty. Choose another text column."),
            rows=len(column),
        )
    store = VectorStore(Settings.from_environment().vectors_folder)
    embedding = embed_texts(units.texts, encoder, store, progress)
    draft.save_array("vectors", embedding.vectors)
    draft.save_array("unit_of_row", units.unit_of_row)
    draft.save_array("first_row", units.first_row)
    draft.save_texts("texts", units.texts)
    draft.save_json(
        "embedding",
        {
            "encoder": encoder.name,
            "texts": len(units.texts),
            "rows": len(column),
            "empty": int((units.unit_of_row < 0).sum()),
            "computed": embedding.computed,
            "cached": embedding.cached,
            "cut": embedding.cut,
            "device": embedding.device,
            "precision": embedding.precision,
            "seconds": round(embedding.seconds, 2),
        },
    )
