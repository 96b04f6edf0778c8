"""How alike two texts are, by the words that they share."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BLOCK_BYTES = 1 << 23
LONGEST = 20_000
# "Table 6" and "table 20" are two matters: a number weighs as much as a word.
NUMBER_WEIGHT = 5
# Scripts that put no blanks between words: there a character is what a word is elsewhere.
UNSPACED = r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])"


def word_likeness(
    texts: pa.Array, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return for pairs of texts, given by their places, what share of letters they have in common.

    That is the weighted Jaccard index of their words, each with the number of its letters as
    weight: another little word counts little, and in a short text much. Case, punctuation and the
    order of words do not count. Of a text longer than 20,000 characters the start is compared.
    """
    sizes = np.minimum(pc.fill_null(pc.binary_length(texts), 0).to_numpy(), LONGEST)
    block = np.cumsum(sizes[left].astype(np.int64) + sizes[right]) // BLOCK_BYTES
    ends = [*(np.flatnonzero(np.diff(block)) + 1).tolist(), len(left)]
    parts = [
        _shares(texts.take(pa.array(left[start:end])), texts.take(pa.array(right[start:end])))
        for start, end in zip([0, *ends[:-1]], ends, strict=True)
    ]
    return np.concatenate(parts)


def _shares(left: pa.Array, right: pa.Array) -> npt.NDArray[np.float64]:
    words = split_words(pa.concat_arrays([left, right]))
    text = pc.list_parent_indices(words).to_numpy()
    encoded = pc.list_flatten(words).dictionary_encode()
    weight = _weights(encoded.dictionary)
    code = encoded.indices.to_numpy()
    pair, on_the_right = text % max(1, len(left)), text >= len(left)
    key = pair * len(weight) + code
    order = np.argsort(key)
    begins = np.flatnonzero(np.diff(key[order], prepend=-1))
    right_count = np.add.reduceat(on_the_right[order].astype(np.int64), begins)
    left_count = np.diff(begins, append=len(order)) - right_count
    of_pair, of_word = pair[order][begins], weight[code[order][begins]]
    shared = np.bincount(of_pair, of_word * np.minimum(left_count, right_count), len(left))
    every = np.bincount(of_pair, of_word * np.maximum(left_count, right_count), len(left))
    return np.asarray(shared / np.maximum(1, every), dtype=np.float64)


def split_words(texts: pa.Array) -> pa.Array:
    """Return the words of texts in small letters: "can't" is one, so is a Chinese character."""
    lower = pc.utf8_lower(pc.utf8_slice_codeunits(pc.fill_null(texts, ""), 0, LONGEST))
    lower = pc.replace_substring_regex(lower, "['\u2019\u02bc`]", "")
    spaced = pc.replace_substring_regex(lower, r"[^\p{L}\p{N}\p{M}]+", " ")
    spaced = pc.replace_substring_regex(spaced, UNSPACED, r" \1 ")
    return pc.utf8_split_whitespace(spaced)


def _weights(words: pa.Array) -> npt.NDArray[np.int64]:
    """Return the letters of each word; the pieces around the blanks at the ends have none."""
    lengths = pc.utf8_length(words).to_numpy().astype(np.int64)
    numbers = np.asarray(pc.match_substring_regex(words, r"\pN"), dtype=bool)
    lengths[numbers] = np.maximum(lengths[numbers], NUMBER_WEIGHT)
    return np.asarray(lengths, dtype=np.int64)
