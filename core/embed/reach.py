"""How far into a text an encoder reads, and how many texts are longer than that."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.embed.minilm import MAX_TOKENS, load_tokenizer
from core.embed.multilingual import LONGEST

COUNTED = 3000
SAMPLED = 300
LOOKED_AT = 8000
EXAMPLES = 5


@dataclass(frozen=True)
class Beyond:
    """How many texts are longer than an encoder reads, which is about so many characters.

    `exact` is False where there were too many texts to count the tokens of each. `rows` are the
    first few.
    """

    characters: int
    count: int
    exact: bool
    rows: tuple[int, ...]


def texts_beyond(encoder: str, texts: pa.Array) -> Beyond | None:
    """Return which texts an encoder does not read whole.

    None for an encoder that reads any length, or of which it is not known before it has read.
    """
    # The start of a giant text tells as much.
    texts = pc.utf8_slice_codeunits(texts, 0, LOOKED_AT)
    lengths = pc.fill_null(pc.utf8_length(texts), 0).to_numpy()
    if encoder == "multilingual":
        return _beyond(LONGEST, np.flatnonzero(lengths > LONGEST), exact=True)
    if encoder != "minilm":
        return None
    # A token is a character at least once those that are made of several are taken apart.
    apart = pc.utf8_normalize(texts, "NFD")
    parts = pc.fill_null(pc.utf8_length(apart), 0).to_numpy()
    candidates = np.flatnonzero(parts > MAX_TOKENS - 2)
    chosen = candidates
    if len(candidates) > COUNTED:
        chosen = candidates[:: len(candidates) // SAMPLED]
    tokens = _count_tokens(texts.take(pa.array(chosen)).to_pylist())
    per_token = float(np.median(lengths[chosen] / tokens)) if len(chosen) else 1.0
    characters = round(MAX_TOKENS * per_token)
    if len(chosen) == len(candidates):
        return _beyond(characters, candidates[tokens > MAX_TOKENS], exact=True)
    return _beyond(characters, np.flatnonzero(lengths > characters), exact=False)


def _beyond(characters: int, rows: Any, exact: bool) -> Beyond:
    return Beyond(characters, len(rows), exact, tuple(rows[:EXAMPLES].tolist()))


def _count_tokens(texts: list[str]) -> Any:
    """Return how many tokens texts have, with the two that stand around each."""
    tokenizer = load_tokenizer()
    return np.array([len(one.ids) for one in tokenizer.encode_batch_fast(texts)], dtype=np.int64)
