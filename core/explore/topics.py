"""Topics as a reader meets them: a name, keywords, a size, and the texts that stand for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.explore.keywords import TermCounts, keywords_of_groups
from core.explore.naming import members_of_groups, wordings_of_groups
from core.explore.neighbours import Vectors, unit_rows

NAME_LENGTH = 40
CANDIDATES_PER_EXAMPLE = 8

TOO_ALIKE = 0.95
"""Examples more alike than this by cosine say the same twice."""


@dataclass(frozen=True)
class TopicDescription:
    """One topic. `size` counts units, `share` is the part of all units, `examples` are units."""

    node: int
    name: str
    keywords: tuple[str, ...]
    size: int
    share: float
    examples: tuple[int, ...]


def describe_topics(
    topic_of_unit: npt.NDArray[np.integer],
    terms: TermCounts,
    vectors: Vectors,
    texts: Sequence[str],
    examples: int = 5,
    names: Mapping[int, str] | None = None,
) -> list[TopicDescription]:
    """Describe each topic, the largest first; units of negative topics belong to none.

    Keywords set a topic apart from the other topics given. Examples are the units nearest to the
    topic's mean vector, without near repetitions. A topic is named by a phrase that its texts
    share, one without words by its first example; no two topics share a name. Where `names` has
    those of all topics by node already, they are not looked for.
    """
    nodes, group, sizes = _groups(topic_of_unit)
    keywords = keywords_of_groups(terms, terms.by_group(group, len(nodes)))
    chosen = _examples_of_groups(vectors, group, len(nodes), examples)
    if names is None or not names.keys() >= set(nodes.tolist()):
        wordings = wordings_of_groups(terms, vectors, group, len(nodes))
        found = _names(wordings, lambda place: texts[chosen[place][0]], sizes)
        names = {int(nodes[place]): name for place, name in found.items()}
    described = [
        TopicDescription(
            node=int(nodes[place]),
            name=names[int(nodes[place])],
            keywords=keywords[place],
            size=int(sizes[place]),
            share=float(sizes[place] / len(topic_of_unit)),
            examples=chosen[place],
        )
        for place in range(len(nodes))
    ]
    return sorted(described, key=lambda topic: (-topic.size, topic.node))


def name_topics(
    topic_of_unit: npt.NDArray[np.integer],
    terms: TermCounts,
    vectors: Vectors,
    texts: Sequence[str],
) -> dict[int, str]:
    """Return the names that `describe_topics` gives, by topic; examples are not looked for."""
    nodes, group, sizes = _groups(topic_of_unit)
    wordings = wordings_of_groups(terms, vectors, group, len(nodes))

    def first_text(place: int) -> str:
        return texts[_examples(vectors, np.flatnonzero(group == place), 1)[0]]

    names = _names(wordings, first_text, sizes)
    return {int(nodes[place]): name for place, name in names.items()}


def _groups(
    topic_of_unit: npt.NDArray[np.integer],
) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the topics, the number of each unit's topic among them, and the topics' sizes."""
    nodes, group = np.unique(topic_of_unit, return_inverse=True)
    outside = int((nodes < 0).sum())
    nodes, group = nodes[outside:], group - outside
    return nodes, group, np.bincount(group[group >= 0], minlength=len(nodes))


def _names(
    wordings: list[list[str]],
    first_text: Callable[[int], str],
    sizes: npt.NDArray[np.int64],
) -> dict[int, str]:
    """Name the groups, the largest first: by the best wording that is free, else by a number."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    for place in np.argsort(-sizes, kind="stable").tolist():
        offered = wordings[place] or [_shortened(first_text(place))]
        numbered = (f"{offered[0]} ({number})" for number in range(2, len(sizes) + 2))
        free = (name for name in [*offered, *numbered] if name.casefold() not in taken)
        names[place] = next(free)
        taken.add(names[place].casefold())
    return names


def _shortened(text: str) -> str:
    line = " ".join(text[: 4 * NAME_LENGTH].split())
    return line if len(line) <= NAME_LENGTH else line[: NAME_LENGTH - 1].rstrip() + "…"


def _examples_of_groups(
    vectors: Vectors, group: npt.NDArray[np.int64], groups: int, count: int
) -> list[tuple[int, ...]]:
    return [_examples(vectors, members, count) for members in members_of_groups(group, groups)]


def _examples(vectors: Vectors, members: npt.NDArray[np.int64], count: int) -> tuple[int, ...]:
    """Return the members nearest to their mean, each unlike those before it."""
    values = unit_rows(vectors, members)
    nearness = values @ values.mean(axis=0)
    best = np.argsort(-nearness, kind="stable")[: count * CANDIDATES_PER_EXAMPLE]
    chosen: list[int] = []
    for place in best.tolist():
        if len(chosen) < count and not (values[chosen] @ values[place] > TOO_ALIKE).any():
            chosen.append(place)
    return tuple(int(members[place]) for place in chosen)
