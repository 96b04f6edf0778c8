"""Texts that are nearly the same, found by the sequences of letters that they share.

One permutation MinHash (Li, Owen, Zhang 2012, with the rotation of Shrivastava and Li 2014): each
sequence of six letters falls into one of 64 bins, of which each keeps its smallest hash. The part
of equal bins estimates the part of sequences that two texts share (Jaccard). Candidates have four
neighbouring bins in common (locality-sensitive hashing).
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.i18n import N_
from core.progress import SILENT, Progress

ALIKE = 0.8
LETTERS = 6
BINS = 64
BLOCK_BYTES = 1 << 18
LONGEST = 20_000
EMPTY = np.uint32(0xFFFFFFFF)
Rows = npt.NDArray[np.int64]


def find_near_duplicates(texts: pa.Array, progress: Progress = SILENT) -> Rows:
    """Return for each of n texts the first that it nearly equals (n,); its own number if none.

    Nearly equal are texts that share about four fifths of their sequences of six letters; case,
    blanks and punctuation do not count. Groups are closed: who is like a member belongs to them.
    """
    signatures = _sign(texts, progress)
    firsts, others = _linked(signatures, progress)
    return _first_of_group(len(texts), firsts, others)


def _sign(texts: pa.Array, progress: Progress) -> npt.NDArray[np.uint16]:
    """Return the signature (n, 64) of each text; zeros where it has no letters."""
    signatures = np.zeros((len(texts), BINS), dtype=np.uint16)
    for start, end in _blocks(texts):
        progress(start, len(texts), N_("Comparing texts"))
        smallest = _smallest_hashes(texts.slice(start, end - start))
        signatures[start:end] = _fill_by_rotation(smallest)
    return signatures


def _blocks(texts: pa.Array) -> list[tuple[int, int]]:
    """Cut n texts into runs that fit into the cache of a processor."""
    sizes = np.minimum(pc.fill_null(pc.binary_length(texts), 0).to_numpy(), LONGEST)
    block = np.cumsum(sizes.astype(np.int64)) // BLOCK_BYTES
    ends = [*(np.flatnonzero(np.diff(block)) + 1).tolist(), len(texts)]
    return list(zip([0, *ends[:-1]], ends, strict=True)) if len(texts) else []


def _smallest_hashes(texts: pa.Array) -> npt.NDArray[np.uint32]:
    letters, row = _letters(texts)
    # Eight bytes from each letter on, of which six count: the hash is that of Stafford's mix 13.
    windows = np.ndarray(len(letters) - 7, "<u8", letters, strides=(1,))
    mixed = windows & np.uint64((1 << 8 * LETTERS) - 1)
    begins = letters[: len(mixed)] != 0
    mixed, row = mixed[begins], row[: len(mixed)][begins]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    smallest = np.full(len(texts) * BINS, EMPTY, dtype=np.uint32)
    bins = row * BINS + (mixed >> np.uint64(58)).astype(np.int64)
    np.minimum.at(smallest, bins, (mixed & np.uint64(0xFFFFFFFE)).astype(np.uint32))
    return smallest.reshape(len(texts), BINS)


# Which bytes stay: small letters, figures, and all that is not ASCII; zeros end a text.
_KEPT = np.zeros(256, dtype=bool)
_KEPT[[0, *b"abcdefghijklmnopqrstuvwxyz0123456789", *range(128, 256)]] = True


def _letters(texts: pa.Array) -> tuple[npt.NDArray[np.uint8], Rows]:
    """Return the bytes of all texts in a row, ended by zeros, and the text of each byte."""
    cut = pc.utf8_slice_codeunits(pc.utf8_lower(pc.fill_null(texts, "")), 0, LONGEST)
    end, nothing = pa.scalar("\0" * 8, texts.type), pa.scalar("", texts.type)
    ended = pc.binary_join_element_wise(cut, end, nothing)
    offsets = np.frombuffer(ended.buffers()[1], np.int64)[: len(ended) + 1]
    content = np.frombuffer(ended.buffers()[2], np.uint8)[: offsets[-1]]
    kept = _KEPT[content]
    row = np.repeat(np.arange(len(texts)), np.diff(offsets))
    return content[kept], row[kept]


def _fill_by_rotation(smallest: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint16]:
    """Let an empty bin take the hash of the next filled one, marked by how far that is."""
    filled = smallest != EMPTY
    places = np.where(filled, np.arange(BINS), 2 * BINS).astype(np.int16)
    twice = np.concatenate([places, np.where(filled, places + BINS, 2 * BINS)], axis=1)
    nearest = np.minimum.accumulate(twice[:, ::-1], axis=1)[:, ::-1][:, :BINS].astype(np.int64)
    apart = nearest - np.arange(BINS)
    taken = np.take_along_axis(smallest, nearest % BINS, axis=1)
    marked = (taken >> 8).astype(np.uint16) + (apart * 40_503).astype(np.uint16)
    marked[~filled.any(axis=1)] = 0
    return np.asarray(marked, dtype=np.uint16)


def _linked(signatures: npt.NDArray[np.uint16], progress: Progress) -> tuple[Rows, Rows]:
    """Return pairs of like texts: within each band, all are compared with the first."""
    bands = np.ascontiguousarray(signatures).view("<u8")
    signed = np.flatnonzero(signatures.any(axis=1))
    firsts, others = [], []
    for band in range(bands.shape[1]):
        progress(band, bands.shape[1], N_("Grouping texts that are nearly the same"))
        hashes = bands[signed, band]
        order = np.argsort(hashes, kind="stable")
        begins = np.flatnonzero(np.diff(hashes[order], prepend=hashes[order][:1] + 1))
        run = np.repeat(begins, np.diff(begins, append=len(order)))
        first, other = signed[order[run]], signed[order]
        first, other = first[first != other], other[first != other]
        alike = _likeness(signatures, first, other) >= ALIKE
        firsts.append(first[alike])
        others.append(other[alike])
    return np.concatenate(firsts), np.concatenate(others)


def _likeness(
    signatures: npt.NDArray[np.uint16], first: Rows, other: Rows
) -> npt.NDArray[np.float64]:
    parts = [
        (signatures[first[at : at + 100_000]] == signatures[other[at : at + 100_000]]).mean(axis=1)
        for at in range(0, len(first), 100_000)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _first_of_group(count: int, firsts: Rows, others: Rows) -> Rows:
    """Return the first text of the group that each text belongs to."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(firsts), dtype=bool), (firsts, others)), shape=(count, count))
    groups, group = connected_components(links, directed=False)
    first = np.full(groups, count)
    np.minimum.at(first, group, np.arange(count))
    return np.asarray(first[group], dtype=np.int64)
