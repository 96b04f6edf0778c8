"""What a model is made of and how good it is: for a program as JSON, for a person as Markdown."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core.settings import SEED


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class ModelCard:
    """Where a model comes from. The dicts are JSON values; `texts_hash` names the training texts
    without holding them.
    """

    encoder: str
    method: str
    train_rows: int
    texts_hash: str
    seed: int = SEED
    created: str = field(default_factory=_now)
    training: dict[str, Any] = field(default_factory=dict)
    evaluation: dict[str, Any] = field(default_factory=dict)
    calibration: dict[str, Any] = field(default_factory=dict)

    def to_markdown(self, classes: Sequence[str], kind: str) -> str:
        """Return the card as a README with front matter for model hubs."""
        parts = [
            "---\nlibrary_name: sentence-transformers\npipeline_tag: text-classification\n---",
            "# A text classifier made with Textlode",
            _describe(self, classes),
            "## Use" + "\n\n" + _usage(kind, self.encoder),
            "## Labels\n\n" + "\n".join(f"- {name}" for name in classes),
        ]
        return "\n\n".join(parts) + "\n"


def hash_texts(texts: Sequence[str]) -> str:
    """Return a hash of a set of texts, whatever their order."""
    marks = sorted(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
    return hashlib.sha256(b"".join(marks)).hexdigest()


def _describe(card: ModelCard, classes: Sequence[str]) -> str:
    facts = [
        f"It gives a text one of {len(classes)} labels.",
        f"Method: {card.method}, encoder: {card.encoder}.",
        f"Trained on {card.train_rows} rows with seed {card.seed} on {card.created}.",
    ]
    if card.evaluation:
        low, high = card.evaluation["interval"]
        facts.append(
            f"Accuracy {card.evaluation['accuracy']:.1%} on {card.evaluation['rows']} test rows "
            f"that it had not seen (95% interval {low:.1%} to {high:.1%}), "
            f"macro F1 {card.evaluation['macro_f1']:.3f}."
        )
    if card.calibration.get("temperature", 1.0) != 1.0:
        facts.append("Its probabilities are calibrated on validation rows (temperature scaling).")
    facts.append("Texts unlike those it was trained on get a label too: look at the probability.")
    return "\n".join(facts)


def _usage(kind: str, encoder: str) -> str:
    if kind == "probe":
        return (
            f"`head.safetensors` holds `weights` and `bias` for vectors v of the encoder {encoder}:"
            "\nsoftmax(weights · v + bias) gives the probabilities, in the order of `classes.json`."
        )
    return (
        "```python\n"
        "import json, pathlib, torch\n"
        "from sentence_transformers import SentenceTransformer\n"
        'classes = json.loads(pathlib.Path("classes.json").read_text(encoding="utf-8"))\n'
        'logits = SentenceTransformer(".").encode(["a text"], convert_to_tensor=True)\n'
        "print(classes[logits[0].argmax()], torch.softmax(logits[0], 0).max().item())\n"
        "```"
    )
