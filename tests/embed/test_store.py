"""Kept vectors: found again by text, shared by writers, proof against damage."""

import multiprocessing
from pathlib import Path

import numpy as np
import pytest

from core.embed import VectorStore
from core.errors import OutOfRoom

TEXTS = ["one", "two", "three", "three and a half"]


def vectors_of(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)


def test_finds_what_was_kept_and_nothing_else(tmp_path: Path) -> None:
    store = VectorStore(tmp_path)
    kept = vectors_of(4)
    store.add("e", TEXTS, kept)
    found = store.lookup("e", ["three", "four", "one", "three"], 8)
    assert found.known.tolist() == [True, False, True, True]
    assert np.array_equal(found.vectors[[0, 2, 3]], kept[[2, 0, 2]])
    assert not found.vectors[1].any()


def test_an_empty_store_and_no_texts(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "not there yet")
    assert not store.lookup("e", TEXTS, 8).known.any()
    store.add("e", TEXTS, vectors_of(4))
    assert store.lookup("e", [], 8).vectors.shape == (0, 8)


def test_encoders_do_not_share_vectors(tmp_path: Path) -> None:
    store = VectorStore(tmp_path)
    store.add("e", TEXTS, vectors_of(4))
    assert not store.lookup("f", TEXTS, 8).known.any()


def test_texts_with_lone_surrogates_are_kept(tmp_path: Path) -> None:
    store = VectorStore(tmp_path)
    store.add("e", ["\ud800", "\udfff"], vectors_of(2))
    assert store.lookup("e", ["\ud800", "\udfff"], 8).known.all()


@pytest.mark.parametrize("part", ["keys", "vectors"])
@pytest.mark.parametrize("damage", ["cut", "emptied", "zeroed", "overwritten"])
def test_a_damaged_block_is_given_up_and_reported_once(
    tmp_path: Path, part: str, damage: str
) -> None:
    store = VectorStore(tmp_path)
    store.add("e", TEXTS[:2], vectors_of(2))
    (file,) = (tmp_path / "e").glob(f"*.{part}.npy")
    other = vectors_of(2, seed=1)
    store.add("e", TEXTS[2:], other)
    whole = file.read_bytes()
    file.write_bytes(
        {
            "cut": whole[:-5],
            "emptied": b"",
            "zeroed": whole[:128] + bytes(len(whole) - 128),
            "overwritten": b"\xff" * len(whole),
        }[damage]
    )
    found = store.lookup("e", TEXTS, 8)
    assert found.known.tolist() == [False, False, True, True]
    assert np.array_equal(found.vectors[2:], other)
    # Zeroed keys belong to no text: the block is whole, and its texts are merely unknown.
    assert found.damaged == (0 if (part, damage) == ("keys", "zeroed") else 1)
    assert store.lookup("e", TEXTS, 8).damaged == 0


def test_a_changed_bit_is_noticed(tmp_path: Path) -> None:
    store = VectorStore(tmp_path)
    store.add("e", TEXTS, vectors_of(4))
    (file,) = (tmp_path / "e").glob("*.vectors.npy")
    changed = bytearray(file.read_bytes())
    changed[-7] ^= 4
    file.write_bytes(changed)
    assert store.lookup("e", TEXTS, 8).damaged == 1


def test_vectors_without_keys_are_not_read(tmp_path: Path) -> None:
    store = VectorStore(tmp_path)
    store.add("e", TEXTS, vectors_of(4))
    (keys,) = (tmp_path / "e").glob("*.keys.npy")
    keys.unlink()
    found = store.lookup("e", TEXTS, 8)
    assert not found.known.any() and found.damaged == 0


def test_a_block_that_is_being_written_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = VectorStore(tmp_path)
    replace = Path.replace

    def look_then_replace(self: Path, target: Path) -> Path:
        self_written = self.read_bytes()
        self.write_bytes(self_written[:50])
        assert store.lookup("e", TEXTS, 8).damaged == 0
        self.write_bytes(self_written)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", look_then_replace)
    store.add("e", TEXTS, vectors_of(4))
    assert store.lookup("e", TEXTS, 8).known.all()


def test_a_full_disk_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "e").write_text("a file where a folder should be")
    with pytest.raises(OutOfRoom, match="Vectors cannot be kept"):
        VectorStore(tmp_path).add("e", TEXTS, vectors_of(4))


def _write_many(folder: str, seed: int) -> None:
    store = VectorStore(Path(folder))
    for block in range(10):
        texts = [f"{seed}-{block}-{row}" for row in range(50)]
        store.add("e", [*texts, f"shared-{block}"], vectors_of(51, seed=0))


def test_two_writers_and_a_reader_at_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write_many, args=(str(tmp_path), seed)) for seed in (1, 2)]
    for writer in writers:
        writer.start()
    texts = [f"{s}-{b}-{r}" for s in (1, 2) for b in range(10) for r in range(50)]
    while any(writer.is_alive() for writer in writers):
        assert VectorStore(tmp_path).lookup("e", texts, 8).damaged == 0
    assert [writer.exitcode for writer in writers] == [0, 0]
    found = VectorStore(tmp_path).lookup("e", texts, 8)
    assert found.known.all()
    assert np.array_equal(found.vectors, np.tile(vectors_of(51, seed=0)[:50], (20, 1)))
    assert not list((tmp_path / "e").glob(".*"))
