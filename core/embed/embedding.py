"""Texts become vectors, and only those that never had one are computed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.embed.encoder import Encoder, Vectors
from core.embed.pace import record_pace
from core.embed.store import VectorStore
from core.errors import InputError
from core.i18n import N_
from core.processor import give_memory_back
from core.progress import SILENT, Part, Progress

# A block is kept as it ends: so much work a crash can cost, and no more.
TEXTS_A_BLOCK = 1024


@dataclass(frozen=True)
class Embedding:
    """Vectors float32 (n, d) of unit length, and how they came about.

    `computed` and `cached` count distinct texts, `cut` those of the computed that were longer
    than the encoder reads, `damaged` the kept blocks that had to be given up.
    """

    vectors: Vectors
    computed: int
    cached: int
    cut: int
    device: str
    precision: str
    seconds: float
    damaged: int = 0


def embed_texts(
    texts: Sequence[str],
    encoder: Encoder,
    store: VectorStore,
    progress: Progress = SILENT,
    block_size: int = TEXTS_A_BLOCK,
) -> Embedding:
    """Return the vectors of n non-empty texts, computing what is missing, each text once.

    A block of `block_size` texts is kept as it ends, so that an interrupted run goes on there.
    """
    started = time.monotonic()
    _check_texts(texts)
    distinct, text_of_row = _distinct(texts)
    progress(0, len(distinct), N_("Looking up vectors"))
    found = store.lookup(encoder.fingerprint, distinct, encoder.dimension)
    missing = _longest_first(distinct, np.flatnonzero(~found.known))
    cached = len(distinct) - len(missing)
    cut = 0
    begun = time.monotonic()
    for start in range(0, len(missing), block_size):
        rows = missing[start : start + block_size]
        block = [distinct[row] for row in rows.tolist()]
        encoded = encoder.encode(block, Part(progress, cached + start, len(distinct)))
        store.add(encoder.fingerprint, block, encoded.vectors)
        found.vectors[rows] = encoded.vectors
        cut += encoded.cut
        give_memory_back()
    computed = [distinct[row] for row in missing.tolist()]
    record_pace(store.folder, encoder.name, computed, time.monotonic() - begun)
    return Embedding(
        found.vectors if len(distinct) == len(texts) else found.vectors[text_of_row],
        computed=len(missing),
        cached=cached,
        cut=cut,
        device=encoder.device,
        precision=encoder.precision,
        seconds=time.monotonic() - started,
        damaged=found.damaged,
    )


def _distinct(texts: Sequence[str]) -> tuple[Sequence[str], npt.NDArray[np.int64]]:
    """Return the distinct texts in the order of their first row, and for each row its text."""
    places: dict[str, int] = {}
    text_of_row = np.fromiter(
        (places.setdefault(text, len(places)) for text in texts), np.int64, len(texts)
    )
    return (texts if len(places) == len(texts) else list(places)), text_of_row


def _longest_first(texts: Sequence[str], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Sort rows by their text's length: the pace only improves, and too little memory shows."""
    lengths = np.array([len(texts[row]) for row in rows.tolist()], dtype=np.int64)
    return rows[np.argsort(-lengths, kind="stable")]


def _check_texts(texts: Sequence[str]) -> None:
    for row, text in enumerate(texts):
        if not isinstance(text, str) or not text.strip():
            raise InputError(
                N_("Text {row} of {all} is empty. Leave rows without a text out."),
                row=row + 1,
                all=len(texts),
            )
