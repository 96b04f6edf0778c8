"""Why a model said so.

Public names (import them from here)::

    explain_texts(predict, texts, classes, target=None, *, progress=SILENT, segment=words_by_space)
        -> list[Explanation]        # words with spans and values; they add up to output - base
    strongest_words(explanations, class_name, n=20) -> list[WordEffect]
"""

from core.explain.explanation import (
    Explanation,
    Predict,
    WordEffect,
    WordValue,
    explain_texts,
    strongest_words,
)
from core.explain.words import Segment, words_by_space

__all__ = [
    "Explanation",
    "Predict",
    "Segment",
    "WordEffect",
    "WordValue",
    "explain_texts",
    "strongest_words",
    "words_by_space",
]
