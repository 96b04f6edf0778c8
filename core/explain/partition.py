"""Owen values of words over a hierarchy of phrases: SHAP's partition explainer, many texts at once.

`shap.PartitionExplainer` asks the model about one text at a time, a handful of variants a call, and
breaks ties with the global random generator. Here the same recursion (Owen 1977; Lundberg's shap,
which the tests compare with) runs over all texts in step, so that each call of the model sees
hundreds of variants, each variant is asked about once, and the result does not depend on chance.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.explain.words import Words

Mask = tuple[bool, ...]
Floats = npt.NDArray[np.float64]
Tree = npt.NDArray[np.float64]

Ask = Callable[[list[tuple[int, Mask]]], list[float]]
"""Scores variants of texts, each given as (number of the text, mask), in one call."""

ASKED_A_ROUND = 32
"""Variants of one text in one call: enough for a full batch, few enough to go best first."""


@dataclass
class Coalitions:
    """The recursion of one text: which phrases are still to be split, and what words have earned.

    `tree` (m - 1, 4) has the form of `scipy.cluster.hierarchy`; `credit` (2 m - 1) is what each
    node has earned by itself; `budget` the most variants that may be asked about.
    """

    words: Words
    tree: Tree
    budget: int
    outputs: dict[Mask, float] = field(default_factory=dict)
    credit: Floats = field(default_factory=lambda: np.zeros(0))
    waiting: list[tuple[float, int, "_Split"]] = field(default_factory=list)
    taken: list["_Split"] = field(default_factory=list)
    asked: int = 0
    pushed: int = 0

    @property
    def nothing(self) -> Mask:
        return (False,) * len(self.words)

    @property
    def everything(self) -> Mask:
        return (True,) * len(self.words)

    def first_masks(self) -> list[Mask]:
        """Return the variants without any word and with all of them."""
        return [self.nothing, self.everything]

    def start(self) -> None:
        """Put the whole text up for splitting."""
        low, high = self.outputs[self.nothing], self.outputs[self.everything]
        self.credit = np.zeros(2 * len(self.words) - 1)
        self._push(_Split(self.nothing, low, high, len(self.credit) - 1, 1.0))

    def next_masks(self) -> list[Mask]:
        """Take the splits with the largest effects and return the variants they need."""
        self.taken = []
        masks: list[Mask] = []
        while self.waiting and len(masks) < ASKED_A_ROUND:
            split = heapq.heappop(self.waiting)[2]
            if split.node < len(self.words) or self.asked + len(masks) >= self.budget:
                self.credit[split.node] += (split.high - split.low) * split.weight
                continue
            self.taken.append(split)
            masks += [self._with(split.mask, child) for child in self._children(split.node)]
        self.asked += len(masks)
        return masks

    def share(self) -> None:
        """Hand the effect of each split taken on to its two phrases."""
        for split in self.taken:
            left, right = self._children(split.node)
            with_left, with_right = self._with(split.mask, left), self._with(split.mask, right)
            only_left, only_right = self.outputs[with_left], self.outputs[with_right]
            half = split.weight / 2
            self._push(_Split(split.mask, split.low, only_left, left, half))
            self._push(_Split(split.mask, split.low, only_right, right, half))
            self._push(_Split(with_right, only_right, split.high, left, half))
            self._push(_Split(with_left, only_left, split.high, right, half))

    def values(self) -> Floats:
        """Return what each word has earned (m); an unsplit phrase's share goes to its words."""
        total = self.credit.copy()
        for node in range(len(total) - 1, len(self.words) - 1, -1):
            for child in self._children(node):
                total[child] += total[node] * self._size(child) / self._size(node)
        return total[: len(self.words)]

    def _push(self, split: "_Split") -> None:
        self.pushed += 1
        effect = abs(split.high - split.low) * split.weight
        heapq.heappush(self.waiting, (-effect, self.pushed, split))

    def _children(self, node: int) -> tuple[int, int]:
        left, right = self.tree[node - len(self.words), :2]
        return int(left), int(right)

    def _size(self, node: int) -> int:
        words = len(self.words)
        return 1 if node < words else int(self.tree[node - words, 3])

    def _with(self, mask: Mask, node: int) -> Mask:
        """Return the mask with a node's words added, which stand side by side in the text."""
        changed = list(mask)
        for word in self._members(node):
            changed[word] = True
        return tuple(changed)

    def _members(self, node: int) -> list[int]:
        if node < len(self.words):
            return [node]
        left, right = self._children(node)
        return self._members(left) + self._members(right)


@dataclass(frozen=True)
class _Split:
    """A phrase in a context: outputs without it (`low`) and with it (`high`)."""

    mask: Mask
    low: float
    high: float
    node: int
    weight: float


def phrase_tree(words: Words) -> Tree:
    """Return shap's hierarchy of phrases over the words of a text (m - 1, 4)."""
    from shap.maskers import Text

    if len(words) == 1:
        return np.zeros((0, 4))

    def tokenizer(text: str, return_offsets_mapping: bool = True) -> dict[str, list[object]]:
        if text != words.text:  # shap reads an empty text and its mask token beforehand
            return {"input_ids": [text] * bool(text), "offset_mapping": [(0, len(text))]}
        spans: list[object] = list(words.spans)
        return {"input_ids": [words[place] for place in range(len(words))], "offset_mapping": spans}

    masker = Text(tokenizer, mask_token="…")  # noqa: S106 - no password
    tree: Tree = masker.clustering(words.text)
    return tree


def spread_effects(
    texts: Sequence[Coalitions],
    ask: Ask,
) -> None:
    """Run the recursion of all texts in step, until each is done or has spent its budget."""
    _fill(texts, [one.first_masks() for one in texts], ask)
    for one in texts:
        one.start()
    while any(one.waiting for one in texts):
        _fill(texts, [one.next_masks() for one in texts], ask)
        for one in texts:
            one.share()


def _fill(
    texts: Sequence[Coalitions],
    masks: Sequence[list[Mask]],
    ask: Ask,
) -> None:
    missing = [
        (number, mask)
        for number, one in enumerate(texts)
        for mask in dict.fromkeys(masks[number])
        if mask not in one.outputs
    ]
    if missing:
        for (number, mask), output in zip(missing, ask(missing), strict=True):
            texts[number].outputs[mask] = output
