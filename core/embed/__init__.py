"""Texts become vectors.

::

    encoder = load_encoder("minilm")                 # or a folder, or a hub name
    embedding = embed_texts(texts, encoder, VectorStore(folder))
    embedding.vectors                                # float32 (n, d), unit length
    estimate_seconds(folder, "minilm", characters)   # None until it has run on this machine
"""

from core.embed.embedding import Embedding, embed_texts
from core.embed.encoder import Encoded, Encoder, LongTexts
from core.embed.pace import estimate_seconds
from core.embed.reach import Beyond, texts_beyond
from core.embed.registry import EncoderCard, encoder_cards, load_encoder, propose_encoder
from core.embed.store import VectorStore

__all__ = [
    "Beyond",
    "Embedding",
    "Encoded",
    "Encoder",
    "EncoderCard",
    "LongTexts",
    "VectorStore",
    "embed_texts",
    "encoder_cards",
    "estimate_seconds",
    "load_encoder",
    "propose_encoder",
    "texts_beyond",
]
