"""What a run took tells how long the next one will take."""

from pathlib import Path

import pytest

from core.embed import VectorStore, embed_texts, estimate_seconds
from core.embed.pace import record_pace
from tests.embed.conftest import CountingEncoder


def test_no_estimate_before_the_first_run(tmp_path: Path) -> None:
    assert estimate_seconds(tmp_path, "minilm", 1000) is None


def test_an_estimate_grows_with_the_texts(tmp_path: Path) -> None:
    record_pace(tmp_path, "minilm", ["x" * 50_000], 5)
    record_pace(tmp_path, "instant", ["x" * 50_000], 0.5)
    assert estimate_seconds(tmp_path, "minilm", 20_000) == pytest.approx(2)
    assert estimate_seconds(tmp_path, "instant", 20_000) == pytest.approx(0.2)


def test_too_little_work_tells_nothing(tmp_path: Path) -> None:
    record_pace(tmp_path, "minilm", ["short"], 5)
    assert estimate_seconds(tmp_path, "minilm", 1000) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"minilm": "fast"}', '{"minilm": 0}'])
def test_a_damaged_record_is_no_estimate(tmp_path: Path, content: str) -> None:
    (tmp_path / "pace.json").write_text(content)
    assert estimate_seconds(tmp_path, "minilm", 1000) is None


def test_embedding_measures_itself(tmp_path: Path, counting: CountingEncoder) -> None:
    texts = [f"{row}" * 20 for row in range(1000)]
    embed_texts(texts, counting, VectorStore(tmp_path))
    estimate = estimate_seconds(tmp_path, "counting", 10_000)
    assert estimate is not None and 0 < estimate < 60
    assert [path.name for path in tmp_path.glob("*.json")] == ["pace.json"]
