"""Near repetitions in sets whose texts are alike without being the same: how many, how right.

    python -m benchmarks.near_duplicates /data/banking77/train.csv:text:category ...

Each argument is FILE:TEXT COLUMN:CLASS COLUMN. Of two texts in different classes one is no
repetition of the other, whatever they look like; those in the same class are only likely to be one.
Then 2,000 of the texts are changed a little, and looked for among all: by their letters, how many
are found again.
"""

import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from core.data import read_table
from core.data.near_duplicates import find_near_duplicates
from core.data.texts import as_texts

SHORT = 80  # letters


def _shouted(words: list[str], _rng: random.Random) -> str:
    return re.sub(r"[?.,!]", "", " ".join(words).upper()) + " !"


def _without_a_word(words: list[str], rng: random.Random) -> str:
    gone = rng.randrange(len(words))
    return " ".join(words[:gone] + words[gone + 1 :])


def _with_a_typo(words: list[str], rng: random.Random) -> str:
    longest = max(words, key=len)
    at = rng.randrange(max(1, len(longest) - 1))
    swapped = longest[:at] + longest[at : at + 2][::-1] + longest[at + 2 :]
    return " ".join(swapped if word is longest else word for word in words)


CHANGES: dict[str, Callable[[list[str], random.Random], str]] = {
    "other case and punctuation": _shouted,
    "a word dropped": _without_a_word,
    "a typo in the longest word": _with_a_typo,
}


def found_again(words: list[str], seed: int = 1) -> None:
    rng = random.Random(seed)
    drawn = [text for text in sorted(set(words)) if len(text.split()) > 2]
    drawn = rng.sample(drawn, min(2000, len(drawn)))
    for name, change in CHANGES.items():
        changed = [change(text.split(), rng) for text in drawn]
        first = find_near_duplicates(as_texts(drawn + changed)).tolist()
        again = [first[len(drawn) + place] == first[place] for place in range(len(drawn))]
        for kind, wanted in (("short", False), ("long", True)):
            part = [
                hit
                for hit, text in zip(again, drawn, strict=True)
                if (sum(map(str.isalnum, text)) >= SHORT) is wanted
            ]
            print(f"  {name}, {kind}: {sum(part) / max(1, len(part)):.0%} of {len(part)}")


def main() -> None:
    for argument in sys.argv[1:]:
        file, text, label = argument.split(":")
        table = read_table(Path(file)).table
        texts, classes = as_texts(table.column(text)), table.column(label).to_pylist()
        words = texts.to_pylist()
        busy = time.process_time()
        first = find_near_duplicates(texts).tolist()
        busy = time.process_time() - busy
        pairs = [(one, two) for two, one in enumerate(first) if words[one] != words[two]]
        apart = [(one, two) for one, two in pairs if classes[one] != classes[two]]
        print(
            f"{Path(file).parent.name}: {len(pairs)} near repetitions among {len(words):,} texts, "
            f"{1 - len(apart) / max(1, len(pairs)):.1%} within a class, {busy:.1f} s"
        )
        for one, two in apart:
            print(f"  {classes[one]}: {words[one]!r} / {classes[two]}: {words[two]!r}")
        found_again(words)


if __name__ == "__main__":
    main()
