"""How many texts are longer than an encoder reads."""

import pyarrow as pa

from core.embed import texts_beyond


def test_characters_of_several_tokens_are_counted_as_such() -> None:
    """MiniLM takes a Korean syllable apart: 120 characters become more tokens than it reads."""
    found = texts_beyond("minilm", pa.array([("한글 " * 60).strip(), "short", None, "word " * 300]))
    assert found is not None
    assert (found.count, found.exact, found.rows) == (2, True, (0, 3))


def test_an_encoder_of_any_length_has_none_beyond() -> None:
    assert texts_beyond("instant", pa.array(["word " * 3000])) is None
