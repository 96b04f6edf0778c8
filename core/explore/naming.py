"""Names of topics: a short phrase that the texts of a topic share and those of others do not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from core.explore.keywords import TermCounts, alike
from core.explore.neighbours import Vectors, unit_rows
from core.explore.phrases import MOSTLY
from core.explore.tokens import fold, is_chinese

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_CANDIDATES = 40
MOST_LOOKED_AT, FEWEST_LOOKED_AT = 20_000, 200
"""So many texts of all topics are looked at for the names, of each topic so many at least."""

TYPICAL = 10
"""Power of the cosine with the topic's mean by which a text counts: a name tells of its middle."""

WORD, PAIR, PHRASE = 0.4, 1.0, 1.2
"""Weights of a word, of two words and of a phrase: "cash withdrawal" says more than "cash"."""

TELLING_WORD = 4
"""A Chinese word of so many characters says as much as two words."""

LIGHT = re.compile(
    r"able|allow(s|ed|ing)?|ask(s|ed|ing)?|contain(s|ed|ing)?|com(e|es|ing)"
    r"|go(es|ing|ne)?|help|known?|likes?|look(s|ed|ing)?"
    r"|ma(de|ke|kes|king)|need(s|ed)?|ones?|please|sa(id|y|ys)|see|seems?|several|something"
    r"|tak(e|es|en|ing)|tell|things?|think|tr(y|ied|ying)|us(e|ed|ing)|want(s|ed)?|ways?|went"
)
"""English words of little meaning: a phrase that begins or ends with one counts half."""

RARITY = 5
"""Uses that a phrase is thought to have elsewhere, beside those that were counted."""

LEAST_OWN = 0.001
"""A phrase that is no more the topic's than chance has it counts so much, for want of another."""

ENOUGH, NEW, AS_GOOD = 0.4, 0.15, 0.4
"""A first phrase that fewer than this share of the texts have takes a second one, which so many
more have and whose score is at least this share of the first one's."""


@dataclass(frozen=True)
class Candidate:
    """What a topic may be called: `column` in the counts, and the `share` of its texts with it."""

    words: str
    column: int
    score: float
    share: float


@dataclass(frozen=True)
class _Presence:
    """Which unit has which term or phrase: ones, (n, V) and (n, P) side by side."""

    names: tuple[str, ...]
    weights: npt.NDArray[np.float64]
    parts: tuple["csr_matrix", ...]

    @classmethod
    def of_terms(cls, terms: TermCounts) -> "_Presence":
        """Return the presence of some terms, made once: each move of a slider asks for it."""
        if terms not in _MADE:
            _MADE[terms] = cls.from_terms(terms)
        return _MADE[terms]

    @classmethod
    def from_terms(cls, terms: TermCounts) -> "_Presence":
        from scipy.sparse import csr_matrix

        ones = np.ones(len(terms.indices), dtype=np.float32)
        shape = (terms.units, len(terms.terms))
        used = csr_matrix((ones, terms.indices, terms.indptr), shape=shape)
        pair = terms.parts[:, 0] >= 0
        weights = [
            PAIR if two or _is_telling(term) else WORD
            for term, two in zip(terms.terms, pair.tolist(), strict=True)
        ]
        alone = np.repeat(np.arange(len(pair))[:, None], 2, axis=1)
        ends = np.where(pair[:, None], terms.parts, alone)
        names, parts = terms.terms, [used]
        if terms.phrases:
            ends = np.concatenate([ends, terms.phrases.ends])
            names = (*names, *terms.phrases.phrases)
            parts.append(terms.phrases.matrix)
            weights += [
                PAIR if any(map(is_chinese, one)) else PHRASE for one in terms.phrases.phrases
            ]
        # A phrase may end in a particle, which is no term and has the last place, -1.
        weak = np.append([LIGHT.fullmatch(fold(term)) is not None for term in terms.terms], False)
        before, after = _bound(terms)
        halved = weak[ends].any(axis=1) | before[ends[:, 0]] | after[ends[:, 1]]
        return cls(names, np.where(halved, 0.5, 1) * weights, tuple(parts))

    def summed(self, chooser: "csr_matrix") -> "csr_matrix":
        """Return the sums that a matrix (groups, n) makes of the units, (groups, V + P)."""
        from scipy.sparse import hstack

        return hstack([chooser @ part for part in self.parts]).tocsr()

    def of(
        self, units: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.bool_]:
        """Return which units have which of some terms and phrases, (units, columns)."""
        from scipy.sparse import hstack

        rows = hstack([part[units] for part in self.parts]).tocsc()
        found: npt.NDArray[np.bool_] = rows[:, columns].toarray() > 0
        return found


_MADE: WeakKeyDictionary[TermCounts, _Presence] = WeakKeyDictionary()


def wordings_of_groups(
    terms: TermCounts, vectors: Vectors, group: npt.NDArray[np.integer], groups: int
) -> list[list[str]]:
    """Return what each group 0..groups-1 of units may be called, the best first.

    `group` (n,) is negative for units of none. A phrase scores by the root of the share of the
    group's texts that have it, those near its mean counting most, times the root of the share of
    its texts that are the group's, beyond chance; longer ones are preferred. A second phrase is
    added where the first is true of few and the second of others.
    """
    if not terms.terms or not groups:
        return [[] for _ in range(groups)]
    presence = _Presence.of_terms(terms)
    most = max(MOST_LOOKED_AT // groups, FEWEST_LOOKED_AT)
    looked_at = [_spaced(members, most) for members in members_of_groups(group, groups)]
    candidates = _candidates(presence, vectors, group, looked_at)
    return [
        list(_wordings(presence, found, members))
        for found, members in zip(candidates, looked_at, strict=True)
    ]


def members_of_groups(group: npt.NDArray[np.integer], groups: int) -> list[npt.NDArray[np.int64]]:
    """Return the units of each group 0..groups-1, ascending; negative groups have none."""
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(groups + 1))
    return [order[start:end] for start, end in pairwise(bounds.tolist())]


def _spaced(members: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """Return at most so many of the members, evenly spaced."""
    return members[:: -(-len(members) // most) or 1]


def _candidates(
    presence: _Presence,
    vectors: Vectors,
    group: npt.NDArray[np.integer],
    looked_at: list[npt.NDArray[np.int64]],
) -> list[list[Candidate]]:
    from scipy.sparse import csr_matrix

    held = np.flatnonzero(group >= 0)
    groups, shape = len(looked_at), (len(looked_at), len(group))
    chooser = csr_matrix((np.ones(len(held), dtype=np.float32), (group[held], held)), shape=shape)
    texts = presence.summed(chooser)
    every = np.asarray(texts.sum(axis=0), dtype=np.float64).ravel()
    seen = np.concatenate(looked_at)
    nearness = np.concatenate([_nearness(vectors, members) for members in looked_at])
    near = presence.summed(csr_matrix((nearness, (group[seen], seen)), shape=shape))
    sizes = np.bincount(group[held], minlength=groups)
    found = []
    for place in range(groups):
        row = texts[place]
        columns, used = row.indices, row.data.astype(np.float64)
        chance = sizes[place] / len(held) if groups > 1 else 0.0
        own = np.maximum((used / (every[columns] + RARITY) - chance) / (1 - chance), LEAST_OWN)
        typical = near[place].toarray().ravel()[columns]
        score = np.sqrt(typical * own) * presence.weights[columns]
        score[used < min(2, sizes[place])] = 0
        best = np.lexsort((columns, -score))[:MOST_CANDIDATES]
        listed = [
            Candidate(presence.names[columns[i]], int(columns[i]), score[i], used[i] / sizes[place])
            for i in best.tolist()
            if score[i] > 0
        ]
        found.append(_whole(listed))
    return found


def _nearness(vectors: Vectors, members: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return how much each member counts, together 1: the more the nearer it is to the mean."""
    values = unit_rows(vectors, members)
    mean = values.mean(axis=0) if len(values) else np.zeros(0, dtype=np.float32)
    cosine = values @ (mean / max(float(np.linalg.norm(mean)), 1e-12))
    weights = np.maximum(cosine, 0.01) ** TYPICAL
    shares: npt.NDArray[np.float32] = (weights / max(float(weights.sum()), 1e-30)).astype(
        np.float32
    )
    return shares


def _whole(candidates: list[Candidate]) -> list[Candidate]:
    """Leave out what is for the most part a piece of a longer phrase: "order a new" of "card"."""
    return [
        one
        for one in candidates
        if not any(
            len(other.words) > len(one.words)
            and other.share >= MOSTLY * one.share
            and other.score >= MOSTLY * one.score
            and _is_part(one.words, other.words)
            for other in candidates
        )
    ]


def _wordings(
    presence: _Presence, candidates: list[Candidate], members: npt.NDArray[np.int64]
) -> Iterator[str]:
    """Yield names, the best first: the first phrase and what it lacks, other phrases, pairs."""
    if not candidates:
        return
    first, *others = candidates
    second = _second(presence, first, others, members)
    yield name_from_phrases([first.words, second.words] if second else [first.words])
    good = [one for one in others if one.score >= AS_GOOD * first.score]
    yield from (name_from_phrases([one.words]) for one in good)
    yield from (
        name_from_phrases([first.words, one.words]) for one in others if not _repeats(first, one)
    )


def _second(
    presence: _Presence,
    first: Candidate,
    others: list[Candidate],
    members: npt.NDArray[np.int64],
) -> Candidate | None:
    """Return a phrase that tells of other texts of a topic, where the first tells of few."""
    able = [
        one for one in others if one.score >= AS_GOOD * first.score and not _repeats(first, one)
    ]
    if first.share >= ENOUGH or not able:
        return None
    columns = np.array([first.column, *(one.column for one in able)])
    has = presence.of(members, columns)
    added = (has[:, 1:] & ~has[:, :1]).mean(axis=0)
    return next((one for one, new in zip(able, added.tolist(), strict=True) if new >= NEW), None)


def name_from_phrases(phrases: list[str]) -> str:
    """Return a name such as "Card payment, refund" of some phrases; empty of none."""
    comma = "、" if phrases and all(is_chinese(phrase) for phrase in phrases) else ", "
    first, *rest = phrases or [""]
    word = first.split(" ")[0]
    # iPhone stays as it is.
    return comma.join([first[:1].upper() + first[1:] if word.islower() else first, *rest])


def _is_telling(term: str) -> bool:
    return is_chinese(term) and len(term) >= TELLING_WORD


def _bound(terms: TermCounts) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which words mostly stand behind one and the same word, and which before one: no name
    begins or ends with half of "United States". One place more, for no word, is False.
    """
    uses = np.bincount(terms.indices, minlength=len(terms.terms))
    pairs = np.flatnonzero(terms.parts[:, 0] >= 0)
    bound = np.zeros((2, len(uses) + 1), dtype=bool)
    for side in (0, 1):
        words = terms.parts[pairs, 1 - side]
        bound[side, words[uses[pairs] >= MOSTLY * uses[words]]] = True
    return bound[0], bound[1]


def _is_part(phrase: str, longer: str) -> bool:
    phrase, longer = fold(phrase), fold(longer)
    return phrase in longer if is_chinese(phrase) else f" {phrase} " in f" {longer} "


def _repeats(first: Candidate, other: Candidate) -> bool:
    """Whether a phrase has a word of another one, in any form: "top-up" beside "top up"."""
    one, two = (fold(each.words).replace("-", "").replace(" ", "") for each in (first, other))
    return one in two or two in one or any(alike(w, first.words) for w in fold(other.words).split())
