"""Texts found by their words, and by their meaning."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InputError
from core.explore.neighbours import Vectors
from core.i18n import N_

_PART = re.compile(r'"([^"]*)"?|(\S+)')
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LETTER = r"[\p{L}\p{M}\p{N}_]"


def search_words(
    texts: Sequence[str] | pa.Array | pa.ChunkedArray, query: str
) -> npt.NDArray[np.bool_]:
    """Return which texts hold every part of a query, bool (n,), upper and lower case alike.

    A bare word matches the beginning of words ("refun" finds "Refunds"), "a phrase in quotes" whole
    words in that order; in scripts without spaces, such as Chinese, both match anywhere. An empty
    query matches nothing.
    """
    column = (
        texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(texts, pa.string())
    )
    patterns = [_pattern(phrase, word) for phrase, word in _PART.findall(query)]
    patterns = [pattern for pattern in patterns if pattern]
    found = np.full(len(column), bool(patterns))
    for pattern in patterns:
        match = pc.match_substring_regex(column, pattern, ignore_case=True)
        found &= pc.fill_null(match, False).to_numpy(zero_copy_only=False)
    return found


def query_marks(query: str) -> list[str]:
    """Return the words and phrases of a query, for lighting its matches in a text."""
    return [part for pair in _PART.findall(query) for part in pair if part.strip()]


def search_meaning(vectors: Vectors, query_vector: Vectors) -> npt.NDArray[np.float32]:
    """Return how near each vector (n, d) is to a query (d,) by cosine, float32 (n,).

    Raises InputError when they come from encoders of different sizes.
    """
    query = np.asarray(query_vector, dtype=np.float32).ravel()
    if vectors.shape[1] != len(query):
        raise InputError(
            N_(
                "The texts have vectors of {found} values and the query one of {expected}. "
                "Encode the query with the encoder of the map."
            ),
            found=vectors.shape[1],
            expected=len(query),
        )
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
    nearness: npt.NDArray[np.float32] = (vectors @ query) / np.maximum(lengths, 1e-12)
    return nearness.astype(np.float32, copy=False)


def _pattern(phrase: str, word: str) -> str:
    """Return the RE2 pattern of one part of a query; empty when it has nothing to find."""
    wanted = " ".join((phrase or word.strip('"')).split())
    if not wanted:
        return ""
    # RE2 escapes as Python does, but for spaces, which may be any white space in the text.
    pattern = r"\s+".join(re.escape(part) for part in wanted.split(" "))
    before = (
        "" if _UNSPACED.match(wanted) or not wanted[0].isalnum() else f"(?:^|[^{_LETTER[1:-1]}])"
    )
    ends_open = not phrase or _UNSPACED.match(wanted[-1]) or not wanted[-1].isalnum()
    return before + pattern + ("" if ends_open else f"(?:$|[^{_LETTER[1:-1]}])")
