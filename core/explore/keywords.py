"""What the texts of a topic say that those of other topics do not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.explore.phrases import PhraseCounts, count_phrases, count_uses, joined
from core.explore.tokens import BREAK, fold, is_particle, is_subject, tokenize
from core.i18n import N_
from core.progress import SILENT, Progress

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

REPORT_EVERY = 2000

PHRASE_SHARE = 0.5
"""A phrase takes the place of its word when it is at least this share of the word's uses."""

MOST_USES = 10
"""A text has no more uses of a term than this for the keywords of its topic, however long it is."""


@dataclass(frozen=True, eq=False)
class TermCounts:
    """How often each unit uses each of V terms: words and phrases of two words.

    `terms` are written as the texts mostly write them; `parts` int32 (V, 2) holds the two words of
    a phrase, -1 for a word; `indptr`, `indices` and `counts` are the rows of a sparse (n, V).
    `phrases` are longer ones, for names; None in what an older Textlode counted.
    """

    terms: tuple[str, ...]
    parts: npt.NDArray[np.int32]
    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    phrases: PhraseCounts | None = None

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return what `from_arrays` reads, by name."""
        return {
            "term_names": np.frombuffer("\n".join(self.terms).encode("utf-8"), dtype=np.uint8),
            "term_parts": self.parts,
            "term_indptr": self.indptr,
            "term_indices": self.indices,
            "term_counts": self.counts,
            **(self.phrases.arrays() if self.phrases else {}),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[np.generic]]) -> "TermCounts":
        parts = arrays["term_parts"].astype(np.int32, copy=False)
        names = arrays["term_names"].tobytes().decode("utf-8").split("\n") if len(parts) else []
        return cls(
            tuple(names),
            parts,
            arrays["term_indptr"].astype(np.int64, copy=False),
            arrays["term_indices"].astype(np.int32, copy=False),
            arrays["term_counts"].astype(np.int32, copy=False),
            PhraseCounts.from_arrays(arrays),
        )

    @property
    def units(self) -> int:
        return len(self.indptr) - 1

    @cached_property
    def matrix(self) -> "csr_matrix":
        """The counts as a sparse matrix, (n, V)."""
        from scipy.sparse import csr_matrix

        shape = (self.units, len(self.terms))
        return csr_matrix((self.counts, self.indices, self.indptr), shape=shape)

    def by_group(self, group_of_unit: npt.NDArray[np.integer], groups: int) -> "csr_matrix":
        """Return the counts summed over groups 0..groups-1, (groups, V); negative groups not.

        A text adds `MOST_USES` of a term at most: one endless text would name a topic of many.
        """
        from scipy.sparse import csr_matrix

        members = np.flatnonzero(group_of_unit >= 0)
        ones = np.ones(len(members), dtype=np.int64)
        chooser = csr_matrix((ones, (group_of_unit[members], members)), shape=(groups, self.units))
        damped = self.matrix.minimum(MOST_USES)
        return (chooser @ damped).tocsr()


def count_terms(texts: Sequence[str], language: str, progress: Progress = SILENT) -> TermCounts:
    """Count words and two-word phrases of each text.

    Function words and single letters are not counted and end a phrase. In more than a hundred
    texts, a phrase is counted when it occurs at least three times, a word when at least twice.
    """
    stream = _WordStream(language)
    for number, text in enumerate(texts):
        if number % REPORT_EVERY == 0:
            progress(number, len(texts), N_("Counting words"))
        stream.add(text)
    progress(len(texts), len(texts), N_("Counting words"))
    many = len(texts) > 100
    return stream.counts(fewest_words=2 if many else 1, fewest_phrases=3 if many else 2)


class _WordStream:
    """All words of all texts in one row of numbers; 0 stands between texts and clauses."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.form_of_word: dict[str, int] = {BREAK: 0}
        self.word_of_form: list[int] = [0]
        self.word_of_fold: dict[str, int] = {"": 0}
        self.stream: list[npt.NDArray[np.int32]] = []

    def add(self, text: str) -> None:
        forms = self.form_of_word
        found = [0]
        for word in tokenize(text, self.language):
            form = forms.get(word)
            found.append(self._new_form(word) if form is None else form)
        self.stream.append(np.array(found, dtype=np.int32))

    def _new_form(self, word: str) -> int:
        form = len(self.word_of_form)
        self.word_of_form.append(self.word_of_fold.setdefault(fold(word), len(self.word_of_fold)))
        self.form_of_word[word] = form
        return form

    def counts(self, fewest_words: int, fewest_phrases: int) -> TermCounts:
        n = len(self.stream)
        lengths = np.array([len(part) for part in self.stream], dtype=np.int64)
        forms = np.concatenate([*self.stream, np.zeros(1, dtype=np.int32)])
        units = np.append(np.repeat(np.arange(n), lengths), n)
        words = np.array(self.word_of_form)[forms]
        names = self._usual_forms(forms)
        subject = np.array([is_subject(word, self.language) for word in names])
        frequent = subject & (np.bincount(words, minlength=len(names)) >= fewest_words)
        number = np.where(frequent, np.cumsum(frequent) - 1, -1)
        kept = np.flatnonzero(frequent)
        term, parts = number[words], np.full((len(kept), 2), -1)
        pairs = np.flatnonzero((term[:-1] >= 0) & (term[1:] >= 0) & (term[:-1] != term[1:]))
        codes = term[pairs] * np.int64(max(len(kept), 1)) + term[pairs + 1]
        phrases, which, uses = np.unique(codes, return_inverse=True, return_counts=True)
        common = uses >= fewest_phrases
        phrase_number = np.where(common, np.cumsum(common) - 1 + len(kept), -1)
        split = np.stack(np.divmod(phrases[common], max(len(kept), 1)), axis=1)
        singles = np.flatnonzero(term >= 0)
        term_of_use = np.concatenate([term[singles], phrase_number[which]])
        unit_of_use = np.concatenate([units[singles], units[pairs]])
        words_by_number = [names[word] for word in kept]
        closing = np.array([is_particle(word, self.language) for word in names])
        return _assemble(
            [
                *words_by_number,
                *(joined([words_by_number[a], words_by_number[b]]) for a, b in split.tolist()),
            ],
            np.concatenate([parts, split]).astype(np.int32),
            unit_of_use[term_of_use >= 0],
            term_of_use[term_of_use >= 0],
            n,
            count_phrases(words, units, names, number, subject, closing, n, fewest_phrases),
        )

    def _usual_forms(self, forms: npt.NDArray[np.int32]) -> list[str]:
        """Return for each word the form in which it is written most often."""
        uses = np.bincount(forms, minlength=len(self.word_of_form)).tolist()
        best: list[tuple[int, str]] = [(0, "")] * len(self.word_of_fold)
        for written, form in self.form_of_word.items():
            word = self.word_of_form[form]
            if word and (uses[form], written) > best[word]:
                best[word] = (uses[form], written)
        return [written for _, written in best]


def _assemble(
    terms: list[str],
    parts: npt.NDArray[np.int32],
    units: npt.NDArray[np.int64],
    uses: npt.NDArray[np.int64],
    n: int,
    phrases: PhraseCounts,
) -> TermCounts:
    matrix = count_uses(units, uses, (n, len(terms)))
    return TermCounts(
        tuple(terms),
        parts,
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
        matrix.data.astype(np.int32),
        phrases,
    )


def c_tf_idf(counts: "csr_matrix") -> "csr_matrix":
    """Return the class-based TF-IDF of counts (groups, V), as BERTopic defines it.

    A term's share of its group's uses, times log(1 + A / f): A the mean number of uses in a group,
    f the term's uses in all groups (Grootendorst 2022).
    """
    from scipy.sparse import csr_matrix, diags

    totals = np.asarray(counts.sum(axis=1)).ravel().astype(np.float64)
    uses = np.asarray(counts.sum(axis=0)).ravel().astype(np.float64)
    rates = diags(1 / np.maximum(totals, 1)) @ counts
    rarity = np.log1p(totals.mean() / np.maximum(uses, 1)) if len(totals) else uses
    return csr_matrix(rates @ diags(rarity))


def distinct_weights(counts: "csr_matrix") -> "csr_matrix":
    """Return c-TF-IDF, times the fifth root of a term's share of its weight in all groups, times
    the third root of its uses.

    The first tells neighbouring topics apart by what differs. The second favours words that many
    texts of a topic share, which read as one theme: the exponents were chosen for coherence (NPMI)
    with hardly a word in two topics, see benchmarks/topics.py.
    """
    from scipy.sparse import csr_matrix

    weights = c_tf_idf(counts)
    across = np.asarray(weights.sum(axis=0)).ravel()
    share = weights.data / np.maximum(across[weights.indices], 1e-300)
    apart = csr_matrix((weights.data * share**0.2, weights.indices, weights.indptr), weights.shape)
    roots = csr_matrix((np.cbrt(counts.data), counts.indices, counts.indptr), counts.shape)
    return csr_matrix(apart.multiply(roots))


def keywords_of_groups(
    terms: TermCounts, counts: "csr_matrix", most: int = 10
) -> list[tuple[str, ...]]:
    """Return up to `most` keywords of each group, the most telling first.

    A phrase stands for its words ("credit card" for "credit", "card") where the group uses them
    mostly together, and one form of a word for all ("card" for "cards").
    """
    weights = distinct_weights(counts)
    return [_pick(terms, counts[group], weights[group], most) for group in range(counts.shape[0])]


def choose_terms(
    terms: TermCounts, order: Sequence[int], uses: dict[int, float], most: int
) -> list[int]:
    """Return up to `most` of the terms in an order, without those that repeat one another.

    `uses` is how often each term is used where it is to be told of.
    """
    chosen: list[int] = []
    for term in order:
        held = [part for part in terms.parts[term].tolist() if part in chosen]
        if any(uses[term] < PHRASE_SHARE * uses.get(part, 0) for part in held):
            continue
        others = [other for other in chosen if other not in held]
        words = fold(terms.terms[term]).split()
        if any(alike(word, terms.terms[other]) for other in others for word in words):
            continue
        place = min((chosen.index(part) for part in held), default=len(chosen))
        chosen = [*others[:place], term, *others[place:]]
        if len(chosen) == most:
            break
    return chosen


def _pick(
    terms: TermCounts, counts: "csr_matrix", weights: "csr_matrix", most: int
) -> tuple[str, ...]:
    uses = dict(zip(counts.indices.tolist(), counts.data.tolist(), strict=True))
    order = weights.indices[np.lexsort((weights.indices, -weights.data))][: most * 8]
    return tuple(terms.terms[term] for term in choose_terms(terms, order.tolist(), uses, most))


def alike(word: str, term: str) -> bool:
    """Whether a term holds a word or another form of it: "charging" beside "charged twice"."""
    for other in fold(term).split():
        shared = min(len(word), len(other), max(4, math.ceil(0.6 * max(len(word), len(other)))))
        same_start = shared >= 4 and word[:shared] == other[:shared]
        if same_start or word.removesuffix("s") == other.removesuffix("s"):
            return True
    return False
