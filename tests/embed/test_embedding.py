"""Each text is embedded once, in its place, and an interrupted run goes on."""

from pathlib import Path

import numpy as np
import pytest

from core.embed import VectorStore, embed_texts
from core.errors import Cancelled, InputError
from core.progress import Progress
from tests.embed.conftest import CountingEncoder


class Heard(Progress):
    """Remembers what it was told, and cancels after so many calls."""

    def __init__(self, cancel_after: int = 10**9) -> None:
        self.calls: list[tuple[float, float, str]] = []
        self.cancel_after = cancel_after

    def __call__(self, done: float, total: float, message: str = "") -> None:
        self.calls.append((done, total, message))
        if len(self.calls) > self.cancel_after:
            raise Cancelled("Cancelled.")


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    return VectorStore(tmp_path)


def texts_of_many_lengths(count: int) -> list[str]:
    lengths = np.random.default_rng(5).permutation(count)
    return [f"{row} " + "x" * int(length) for row, length in enumerate(lengths)]


def test_every_vector_stands_at_its_own_text(store: VectorStore, counting: CountingEncoder) -> None:
    texts = texts_of_many_lengths(57)
    embedding = embed_texts(texts, counting, store, block_size=10)
    assert np.array_equal(embedding.vectors, counting.vectors_of(texts))
    assert (embedding.computed, embedding.cached) == (57, 0)
    assert embedding.cut == sum(len(text) > 10 for text in texts)
    assert [len(block) for block in counting.asked] == [10] * 5 + [7]


def test_only_new_texts_are_computed(store: VectorStore, counting: CountingEncoder) -> None:
    texts = texts_of_many_lengths(20)
    embed_texts(texts[:15], counting, store)
    embedding = embed_texts(texts[::-1], counting, store)
    assert (embedding.computed, embedding.cached) == (5, 15)
    assert sorted(counting.asked[1]) == sorted(texts[15:])
    assert np.array_equal(embedding.vectors, counting.vectors_of(texts[::-1]))


def test_equal_texts_are_computed_once(store: VectorStore, counting: CountingEncoder) -> None:
    embedding = embed_texts(["b", "a", "b", "b"], counting, store)
    assert (embedding.computed, embedding.cached) == (2, 0)
    assert np.array_equal(embedding.vectors, counting.vectors_of(["b", "a", "b", "b"]))


def test_a_cancelled_run_goes_on_from_its_last_block(
    store: VectorStore, counting: CountingEncoder
) -> None:
    texts = texts_of_many_lengths(40)
    with pytest.raises(Cancelled):
        embed_texts(texts, counting, store, Heard(cancel_after=5), block_size=10)
    embedding = embed_texts(texts, counting, store, block_size=10)
    assert (embedding.computed, embedding.cached) == (20, 20)
    assert np.array_equal(embedding.vectors, counting.vectors_of(texts))


def test_damage_is_reported_and_made_good(
    store: VectorStore, counting: CountingEncoder, tmp_path: Path
) -> None:
    texts = texts_of_many_lengths(6)
    embed_texts(texts, counting, store)
    (file,) = tmp_path.rglob("*.vectors.npy")
    file.write_bytes(file.read_bytes()[:-1])
    embedding = embed_texts(texts, counting, store)
    assert (embedding.damaged, embedding.computed) == (1, 6)
    assert embed_texts(texts, counting, store).cached == 6


def test_progress_counts_all_texts_and_never_goes_back(
    store: VectorStore, counting: CountingEncoder
) -> None:
    texts = texts_of_many_lengths(30)
    embed_texts(texts[:10], counting, store)
    heard = Heard()
    embed_texts(texts, counting, store, heard, block_size=8)
    embedding = [call for call in heard.calls if call[2] == "Embedding texts"]
    assert [total for _, total, _ in embedding] == [30] * len(embedding)
    done = [done for done, _, _ in embedding]
    assert done == sorted(done) and done[0] == 10 and done[-1] == 30


def test_no_texts(store: VectorStore, counting: CountingEncoder) -> None:
    embedding = embed_texts([], counting, store)
    assert embedding.vectors.shape == (0, 8)
    assert counting.asked == []


@pytest.mark.parametrize("empty", ["", " \n", None, float("nan")])
def test_an_empty_text_is_refused(
    store: VectorStore, counting: CountingEncoder, empty: object
) -> None:
    with pytest.raises(InputError, match="Text 2 of 3 is empty"):
        embed_texts(["a", empty, "b"], counting, store)  # type: ignore[list-item]
