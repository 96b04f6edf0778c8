"""How much each word of a text moved the probability of a class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import EncoderProblem, InputError
from core.explain.partition import Coalitions, Floats, Mask, phrase_tree, spread_effects
from core.explain.words import Segment, Words, cut_words, words_by_space
from core.i18n import N_
from core.progress import SILENT, Progress

Predict = Callable[[list[str]], npt.NDArray[np.floating]]
"""Returns probabilities (n, c) of n texts; it is also asked about an empty text."""

VARIANTS = 500
"""Variants of a text that the model is asked about, as many as shap asks by default."""
TEXTS_AT_ONCE = 16
STAGE = N_("Explaining")


@dataclass(frozen=True)
class WordValue:
    """A word, its span in the text, and what it adds to the probability of the target class."""

    word: str
    start: int
    end: int
    value: float


@dataclass(frozen=True)
class Explanation:
    """Why a text has its probability of one class.

    `base` is the probability for an empty text, `output` the one for this text; the values of the
    words add up to output - base. `words_left_out` counts words after the last explained one: the
    output is that of the text without them.
    """

    text: str
    target: str
    base: float
    output: float
    words: tuple[WordValue, ...]
    words_left_out: int = 0

    def strongest(self, n: int = 5) -> list[WordValue]:
        """Return the n words with the largest values, for or against."""
        return sorted(self.words, key=lambda one: -abs(one.value))[:n]


@dataclass(frozen=True)
class WordEffect:
    """A word's mean value over its occurrences in explanations of one class."""

    word: str
    effect: float
    count: int


def explain_texts(
    predict: Predict,
    texts: Sequence[str],
    classes: Sequence[str],
    target: str | Sequence[str] | None = None,
    *,
    progress: Progress = SILENT,
    segment: Segment = words_by_space,
    variants: int = VARIANTS,
) -> list[Explanation]:
    """Explain the probability of a class by the words of each text (SHAP partition values).

    The scale is the probability itself, so that words read as percentage points and add up to the
    confidence that a page shows. `target` is one class, one for each text, or the predicted one.
    A word is taken away by deleting it. `segment` finds the words (for Chinese: a segmenter).
    """
    targets = _name_targets(target, texts, classes)
    explanations: list[Explanation] = []
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        part = [cut_words(text, segment) for text in texts[start : start + TEXTS_AT_ONCE]]

        def show(share: float, start: int = start, size: int = len(part)) -> None:
            progress(start + share * size, len(texts), STAGE)

        wanted = targets[start : start + TEXTS_AT_ONCE]
        explanations += _explain_part(predict, part, classes, wanted, variants=variants, show=show)
    progress(len(texts), len(texts), STAGE)
    return explanations


def strongest_words(
    explanations: Sequence[Explanation], class_name: str, n: int = 20
) -> list[WordEffect]:
    """Return the n words that speak most for a class over its explanations, in lower case.

    The effect is the mean over all of the word's occurrences; words are ranked by their sum, so
    that one lucky word in one text does not lead.
    """
    values: dict[str, list[float]] = {}
    for explanation in explanations:
        if explanation.target == class_name:
            for one in explanation.words:
                if any(letter.isalnum() for letter in one.word):
                    values.setdefault(one.word.lower(), []).append(one.value)
    ranked = sorted(values.items(), key=lambda item: (-sum(item[1]), item[0]))
    return [WordEffect(word, float(np.mean(found)), len(found)) for word, found in ranked[:n]]


def _explain_part(
    predict: Predict,
    texts: Sequence[Words],
    classes: Sequence[str],
    targets: Sequence[str | None],
    *,
    variants: int,
    show: Callable[[float], None],
) -> list[Explanation]:
    show(0.0)
    known = _Answers(predict, len(classes))
    whole = known.of([words.text for words in texts])
    places = [
        int(chances.argmax()) if name is None else list(classes).index(name)
        for name, chances in zip(targets, whole, strict=True)
    ]
    coalitions = [Coalitions(words, phrase_tree(words), variants) for words in texts]

    def ask(pairs: list[tuple[int, Mask]]) -> list[float]:
        show(_share_done(coalitions))
        answers = known.of([texts[number].keep(mask) for number, mask in pairs])
        return [
            float(chances[places[number]])
            for (number, _), chances in zip(pairs, answers, strict=True)
        ]

    spread_effects(coalitions, ask)
    return [_describe(one, classes[place]) for one, place in zip(coalitions, places, strict=True)]


class _Answers:
    """What the model said about each text, which it is asked about once."""

    def __init__(self, predict: Predict, classes: int) -> None:
        self.predict = predict
        self.classes = classes
        self.known: dict[str, Floats] = {}

    def of(self, texts: list[str]) -> list[Floats]:
        """Return the probabilities (c) of each text."""
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if new:
            self.known.update(zip(new, self._ask(new), strict=True))
        return [self.known[text] for text in texts]

    def _ask(self, texts: list[str]) -> Floats:
        chances = np.asarray(self.predict(texts), dtype=np.float64)
        if chances.shape != (len(texts), self.classes) or not np.isfinite(chances).all():
            raise EncoderProblem(
                N_(
                    "The model gave values of shape {shape} for {rows} texts and {count} labels, "
                    "or some that are not numbers. Explain with the model that has these labels."
                ),
                shape=str(chances.shape),
                rows=len(texts),
                count=self.classes,
            )
        return chances


def _share_done(coalitions: Sequence[Coalitions]) -> float:
    """Return how much of the variants that may be needed has been asked about (0 to 1)."""
    most = [min(one.budget, len(one.words) * (len(one.words) - 1)) for one in coalitions]
    done = [min(one.asked, limit) for one, limit in zip(coalitions, most, strict=True)]
    return sum(done) / max(1, sum(most))


def _describe(coalitions: Coalitions, target: str) -> Explanation:
    words = coalitions.words
    columns = zip(words.spans, coalitions.values().tolist(), strict=True)
    return Explanation(
        text=words.text,
        target=target,
        base=coalitions.outputs[coalitions.nothing],
        output=coalitions.outputs[coalitions.everything],
        words=tuple(
            WordValue(words[place], start, end, value)
            for place, ((start, end), value) in enumerate(columns)
        ),
        words_left_out=words.left_out,
    )


def _name_targets(
    target: str | Sequence[str] | None, texts: Sequence[str], classes: Sequence[str]
) -> list[str | None]:
    if target is None:
        return [None] * len(texts)
    names = [target] * len(texts) if isinstance(target, str) else list(target)
    unknown = sorted(set(names) - set(classes))
    if unknown or len(names) != len(texts):
        raise InputError(
            N_(
                "{count} target label(s) for {rows} texts, of which the model does not know: "
                "{unknown}. Give one label of the model, or one for each text."
            ),
            count=len(names),
            rows=len(texts),
            unknown=", ".join(unknown) or "-",
        )
    return list(names)
