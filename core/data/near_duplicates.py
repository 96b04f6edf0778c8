"""Texts that are nearly the same: candidates by the letters they share, judged by their words.

Candidates come from one permutation MinHash (Li, Owen, Zhang 2012, with the rotation of
Shrivastava and Li 2014): each sequence of six letters falls into one of 64 bins, of which each
keeps its smallest hash; texts that have four neighbouring bins in common are candidates
(locality-sensitive hashing), unless their estimates or lengths are too far apart. What is left is
compared exactly, as sentences that are merely alike differ in too few letters for an estimate.
"""

from itertools import groupby
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.data.likeness import LONGEST, word_likeness
from core.i18n import N_
from core.progress import SILENT, Progress

# How alike near repetitions are. In a long text one word in another form is no other matter; the
# threshold of short ones keeps "can" and "cannot" apart.
ALIKE, LONG_ALIKE = 0.9, 0.85
LONG = 100  # letters, or a third as many Chinese characters
# What candidates have at least: equal bins, and letters of the shorter to those of the longer.
LIKELY, AS_LONG = 0.5, 0.8
LETTERS = 6
BINS = 64
BLOCK_BYTES = 1 << 18
EMPTY = np.uint32(0xFFFFFFFF)
Rows = npt.NDArray[np.int64]


def find_near_duplicates(texts: pa.Array, progress: Progress = SILENT) -> Rows:
    """Return for each of n texts the first that it nearly equals (n,); its own number if none.

    Nearly equal are texts that have nine tenths of their letters in common, word by word (see
    `word_likeness`); a little less will do for long ones. A text named as first nearly equals no
    text above it that is named so.
    """
    signatures, lengths = _sign(texts, progress)
    firsts, others = _candidates(signatures, lengths, progress)
    return _leaders(texts, lengths, firsts, others, progress)


def _sign(texts: pa.Array, progress: Progress) -> tuple[npt.NDArray[np.uint16], Rows]:
    """Return signature (n, 64) and number (n,) of the letters of each text; zeros without any."""
    signatures = np.zeros((len(texts), BINS), dtype=np.uint16)
    lengths = np.zeros(len(texts), dtype=np.int64)
    for start, end in _blocks(texts):
        progress(start, len(texts), N_("Comparing texts"))
        letters, row = _letters(texts.slice(start, end - start))
        signatures[start:end] = _fill_by_rotation(_smallest_hashes(letters, row, end - start))
        lengths[start:end] = np.bincount(row[letters != 0], minlength=end - start)
    return signatures, lengths


def _blocks(texts: pa.Array) -> list[tuple[int, int]]:
    """Cut n texts into runs that fit into the cache of a processor."""
    sizes = np.minimum(pc.fill_null(pc.binary_length(texts), 0).to_numpy(), LONGEST)
    block = np.cumsum(sizes.astype(np.int64)) // BLOCK_BYTES
    ends = [*(np.flatnonzero(np.diff(block)) + 1).tolist(), len(texts)]
    return list(zip([0, *ends[:-1]], ends, strict=True)) if len(texts) else []


def _smallest_hashes(
    letters: npt.NDArray[np.uint8], row: Rows, texts: int
) -> npt.NDArray[np.uint32]:
    # Eight bytes from each letter on, of which six count: the hash is that of Stafford's mix 13.
    windows = np.ndarray(len(letters) - 7, "<u8", letters, strides=(1,))
    mixed = windows & np.uint64((1 << 8 * LETTERS) - 1)
    begins = letters[: len(mixed)] != 0
    mixed, row = mixed[begins], row[: len(mixed)][begins]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    smallest = np.full(texts * BINS, EMPTY, dtype=np.uint32)
    bins = row * BINS + (mixed >> np.uint64(58)).astype(np.int64)
    np.minimum.at(smallest, bins, (mixed & np.uint64(0xFFFFFFFE)).astype(np.uint32))
    return smallest.reshape(texts, BINS)


# Which bytes stay: small letters, figures, and what is left beyond ASCII; zeros end a text.
_KEPT = np.zeros(256, dtype=bool)
_KEPT[[0, *b"abcdefghijklmnopqrstuvwxyz0123456789", *range(128, 256)]] = True


def _letters(texts: pa.Array) -> tuple[npt.NDArray[np.uint8], Rows]:
    """Return the bytes of all texts in a row, ended by zeros, and the text of each byte."""
    cut = pc.utf8_slice_codeunits(pc.utf8_lower(pc.fill_null(texts, "")), 0, LONGEST)
    beyond_ascii = pc.invert(pc.string_is_ascii(cut))
    bare = pc.replace_substring_regex(cut.filter(beyond_ascii), r"[^\p{L}\p{N}\p{M}]+", "")
    cut = pc.replace_with_mask(cut, beyond_ascii, bare)
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


def _candidates(
    signatures: npt.NDArray[np.uint16], lengths: Rows, progress: Progress
) -> tuple[Rows, Rows]:
    """Return pairs of texts (first < other) that may be alike.

    Within each band, each text is paired with the first of its like, and with its neighbour when
    they are sorted by the next band: a template has thousands of texts in one band.
    """
    bands = np.ascontiguousarray(signatures).view("<u8")
    signed = np.flatnonzero(signatures.any(axis=1))
    count = len(signatures)
    pairs = [np.zeros(0, dtype=np.int64)]
    for band in range(bands.shape[1]):
        progress(band, bands.shape[1], N_("Grouping texts that are nearly the same"))
        hashes = bands[signed, band]
        order = np.lexsort((bands[signed, (band + 1) % bands.shape[1]], hashes))
        begins = np.flatnonzero(np.diff(hashes[order], prepend=hashes[order][:1] + 1))
        first = np.repeat(np.minimum.reduceat(order, begins), np.diff(begins, append=len(order)))
        before = np.roll(order, 1)
        before[begins] = order[begins]
        for beside in (first, before):
            one, two = signed[np.minimum(beside, order)], signed[np.maximum(beside, order)]
            shorter = np.minimum(lengths[one], lengths[two])
            near = (one != two) & (shorter >= AS_LONG * np.maximum(lengths[one], lengths[two]))
            one, two = one[near], two[near]
            likely = _likeness(signatures, one, two) >= LIKELY
            pairs.append(one[likely] * count + two[likely])
    every = np.unique(np.concatenate(pairs))
    return every // max(1, count), every % max(1, count)


def _likeness(
    signatures: npt.NDArray[np.uint16], first: Rows, other: Rows
) -> npt.NDArray[np.float64]:
    parts = [
        (signatures[first[at : at + 100_000]] == signatures[other[at : at + 100_000]]).mean(axis=1)
        for at in range(0, len(first), 100_000)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _leaders(
    texts: pa.Array, lengths: Rows, firsts: Rows, others: Rows, progress: Progress
) -> Rows:
    """Return the leader of each text: the first above it that is alike and has none itself."""
    tested: set[tuple[int, int]] = set()
    firsts, others = _alike(texts, lengths, firsts, others, progress)
    while True:
        leader, asked = _follow(len(texts), firsts, others, tested)
        if not asked:
            return leader
        tested |= asked
        pairs = np.array(sorted(asked), dtype=np.int64)
        more = _alike(texts, lengths, pairs[:, 0], pairs[:, 1], progress)
        firsts, others = np.concatenate([firsts, more[0]]), np.concatenate([others, more[1]])


def _alike(
    texts: pa.Array, lengths: Rows, firsts: Rows, others: Rows, progress: Progress
) -> tuple[Rows, Rows]:
    progress(0, 0, N_("Comparing texts word by word"))
    long = np.minimum(lengths[firsts], lengths[others]) >= LONG
    alike = word_likeness(texts, firsts, others) >= np.where(long, LONG_ALIKE, ALIKE)
    return firsts[alike], others[alike]


def _follow(
    count: int, firsts: Rows, others: Rows, tested: set[tuple[int, int]]
) -> tuple[Rows, set[tuple[int, int]]]:
    """Let each text follow the first leader that it is like; name the pairs to be tested too.

    Who is like followers only may yet be like their leaders.
    """
    leader = list(range(count))
    asked: set[tuple[int, int]] = set()
    order = np.lexsort((firsts, others))
    pairs = zip(others[order].tolist(), firsts[order].tolist(), strict=True)
    for other, group in groupby(pairs, key=itemgetter(0)):
        like = [first for _, first in group]
        leader[other] = next((first for first in like if leader[first] == first), other)
        if leader[other] == other:
            asked |= {(leader[first], other) for first in like} - tested
    return np.array(leader, dtype=np.int64), asked
