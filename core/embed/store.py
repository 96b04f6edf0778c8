"""Vectors by text, kept once for all projects of an installation.

A block is two immutable files, written beside and renamed, keys last: two writers cannot disturb
each other, and what a crash leaves is a whole block or one without keys, which is not read. Each
vector carries a checksum; a block that does not hold what it should is reported and removed, and
its texts are embedded again.
"""

import hashlib
import os
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.embed.encoder import Vectors
from core.errors import OutOfRoom
from core.i18n import N_

Keys = npt.NDArray[np.void]
KEY = np.dtype("V16")
ENTRY = np.dtype([("key", KEY), ("checksum", "<u8")])


@dataclass(frozen=True)
class Found:
    """What a store knows of n texts: vectors (n, d), zero where `known` (n,) is false.

    `damaged` counts the blocks that did not hold what they should and were removed.
    """

    vectors: Vectors
    known: npt.NDArray[np.bool_]
    damaged: int = 0


class VectorStore:
    """The vectors of one folder, in a sub-folder for each encoder's fingerprint."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def lookup(self, fingerprint: str, texts: Sequence[str], dimension: int) -> Found:
        """Return the kept vectors of n texts, reading of each block only the rows asked for."""
        vectors = np.zeros((len(texts), dimension), dtype=np.float32)
        known = np.zeros(len(texts), dtype=bool)
        wanted = _Wanted.from_keys(hash_texts(texts))
        damaged = 0
        for keys_file in sorted((self.folder / fingerprint).glob("*.keys.npy")):
            try:
                block = _Block.open(keys_file, dimension)
                rows, values = block.read(*wanted.match(block.keys))
            except FileNotFoundError:  # removed by another process meanwhile
                continue
            except (ValueError, EOFError):
                damaged += 1
                _remove(keys_file)
                continue
            vectors[rows] = values
            known[rows] = True
        return Found(vectors, known, damaged)

    def add(self, fingerprint: str, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors (n, d) of texts, durably when this returns."""
        folder = self.folder / fingerprint
        name = uuid.uuid4().hex
        kept = np.ascontiguousarray(vectors, dtype=np.float32)
        entries = np.empty(len(texts), dtype=ENTRY)
        entries["key"] = hash_texts(texts)
        entries["checksum"] = _checksums(kept)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / f"{name}.vectors.npy", kept)
            _write(folder / f"{name}.keys.npy", entries)
        except OSError as error:
            raise OutOfRoom(
                N_("Vectors cannot be kept in {folder}: {reason}. Free some space and try again."),
                folder=str(folder),
                reason=error.strerror or str(error),
            ) from error


@dataclass(frozen=True)
class _Wanted:
    """The keys looked for, sorted, and the row of each."""

    keys: npt.NDArray[np.bytes_]
    rows: npt.NDArray[np.int64]

    @classmethod
    def from_keys(cls, keys: Keys) -> "_Wanted":
        order = np.argsort(keys.view("S16"), kind="stable")
        return cls(keys.view("S16")[order], order)

    def match(self, keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return rows looked for, and for each its place in `keys`; equal texts are all matched."""
        order = np.argsort(keys.view("S16"), kind="stable")
        sorted_keys = keys.view("S16")[order]
        places = np.searchsorted(sorted_keys, self.keys)
        inside = np.flatnonzero(places < len(sorted_keys))
        hit = inside[sorted_keys[places[inside]] == self.keys[inside]]
        return self.rows[hit], order[places[hit]]


@dataclass(frozen=True)
class _Block:
    """Keys (n,) with their checksums, and vectors (n, d) mapped from the disk."""

    keys: Keys
    checksums: npt.NDArray[np.uint64]
    vectors: npt.NDArray[np.float32]

    @classmethod
    def open(cls, keys_file: Path, dimension: int) -> "_Block":
        """Open a block; ValueError or EOFError where it is torn."""
        entries = np.load(keys_file, allow_pickle=False)
        vectors = np.load(_vectors_file(keys_file), mmap_mode="r", allow_pickle=False)
        if entries.dtype != ENTRY or vectors.dtype != np.float32:
            raise ValueError(entries.dtype, vectors.dtype)
        if vectors.shape != (len(entries), dimension):
            raise ValueError(entries.shape, vectors.shape)
        return cls(np.ascontiguousarray(entries["key"]), entries["checksum"], vectors)

    def read(
        self, rows: npt.NDArray[np.int64], places: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], Vectors]:
        """Return rows and the vectors at their places; ValueError where one was changed."""
        values = np.asarray(self.vectors[places])
        if not np.array_equal(_checksums(values), self.checksums[places]):
            raise ValueError
        return rows, values


def hash_texts(texts: Sequence[str]) -> Keys:
    """Return a 128-bit BLAKE2b hash of each text, (n,)."""
    digests = b"".join(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        for text in texts
    )
    return np.frombuffer(digests, dtype=KEY)


def _checksums(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.uint64]:
    """Return for each row a sum of its bits, weighted by place, that any damage changes."""
    bits = np.ascontiguousarray(vectors).view(np.uint32)
    weights = np.arange(1, 2 * bits.shape[1], 2, dtype=np.uint64)
    sums: npt.NDArray[np.uint64] = bits.astype(np.uint64) @ weights
    return sums


def _vectors_file(keys_file: Path) -> Path:
    return keys_file.with_name(f"{keys_file.name.removesuffix('.keys.npy')}.vectors.npy")


def _remove(keys_file: Path) -> None:
    with suppress(OSError):  # another process may have it open, or have removed it already
        keys_file.unlink()
        _vectors_file(keys_file).unlink()


def _write(path: Path, values: npt.NDArray[np.generic]) -> None:
    # Not named like a block: a pattern of pathlib matches hidden files too.
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            np.save(file, values, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
