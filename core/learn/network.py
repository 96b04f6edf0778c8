"""A sentence-transformers network that ends in one score a class."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import EncoderProblem
from core.i18n import N_
from core.learn.logits import Floats
from core.learn.probe import Probe
from core.network import load_network
from core.processor import Precision, Processor
from core.progress import SILENT, Progress
from core.token_batches import Rows, batches_of_like_length, pad_batch

if TYPE_CHECKING:
    import torch

TOKENIZED_AT_ONCE = 2000


@dataclass(frozen=True)
class Tokens:
    """Token ids of n texts, cut at the network's limit; `cut` counts the texts that were."""

    ids: list[list[int]]
    lengths: Rows
    cut: int

    def __len__(self) -> int:
        return len(self.ids)


class TextNetwork:
    """Transformer, pooling and whatever else the folder holds, then a linear head of c outputs.

    `model` is a `SentenceTransformer` whose last module is the head, so that its own `encode`
    gives the logits.
    """

    def __init__(self, model: Any, processor: Processor) -> None:
        self.model = model
        self.processor = processor

    @classmethod
    def from_probe(
        cls,
        folder: Path | str,
        probe: Probe,
        device: str = "auto",
        precision: Precision = Precision.AUTO,
    ) -> "TextNetwork":
        """Load an encoder and put a probe on top as its head."""
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import Dense

        processor = Processor.choose(device, precision)
        encoder = load_network(folder, processor.device)
        classes, width = probe.weights.shape
        _check_encoder(encoder, folder, width)
        head = Dense(
            width,
            classes,
            activation_function=torch.nn.Identity(),
            init_weight=torch.from_numpy(probe.weights.copy()),
            init_bias=torch.from_numpy(probe.bias.copy()),
        )
        model = SentenceTransformer(
            modules=[*encoder.children(), head],
            device=processor.device,
            prompts=encoder.prompts,
            default_prompt_name=encoder.default_prompt_name,
        )
        return cls(model, processor)

    @classmethod
    def from_folder(
        cls, folder: Path, device: str = "auto", precision: Precision = Precision.AUTO
    ) -> "TextNetwork":
        """Load a folder that `save` wrote."""
        processor = Processor.choose(device, precision)
        return cls(load_network(folder, processor.device), processor)

    def in_precision(self, precision: Precision) -> "TextNetwork":
        """Return the same network computing in another number format."""
        return TextNetwork(self.model, Processor.choose(self.processor.device, precision))

    @property
    def head(self) -> Any:
        """The last linear layer."""
        return list(self.model.children())[-1].linear

    def save(self, folder: Path) -> None:
        """Write a plain sentence-transformers folder."""
        self.model.save_pretrained(str(folder), create_model_card=False)

    def tokenize(self, texts: Sequence[str], progress: Progress = SILENT) -> Tokens:
        """Turn texts into token ids, cut at the network's limit."""
        prompt = self.model.prompts.get(self.model.default_prompt_name or "") or ""
        ids: list[list[int]] = []
        cut = 0
        for start in range(0, len(texts), TOKENIZED_AT_ONCE):
            progress(start, len(texts), N_("Reading texts"))
            part = [prompt + text for text in texts[start : start + TOKENIZED_AT_ONCE]]
            read = self.model.tokenizer(
                part, truncation=True, max_length=self.model.max_seq_length, padding=False
            )
            ids += read["input_ids"]
            cut += _count_cut(read, self.model.max_seq_length)
        lengths = np.array([len(one) for one in ids], dtype=np.int64)
        return Tokens(ids, lengths, cut)

    def logits(self, tokens: Tokens, rows: Rows) -> "torch.Tensor":
        """Return the scores (rows, c) in float32, with gradients where they are enabled.

        The transformer runs in the processor's number format; pooling, normalisation and head in
        float32, because pooling in bfloat16 moves vectors measurably.
        """
        features = pad_batch(
            self.model.tokenizer, [tokens.ids[row] for row in rows], self.processor.device
        )
        first, *others = self.model.children()
        with self.processor.autocast():
            features = first(features)
        for name, value in features.items():
            if hasattr(value, "is_floating_point") and value.is_floating_point():
                features[name] = value.float()
        for module in others:
            features = module(features)
        scores: torch.Tensor = features["sentence_embedding"]
        return scores

    def predict(
        self,
        tokens: Tokens,
        batch_tokens: int,
        rows: Rows | None = None,
        progress: Progress = SILENT,
        stage: str = "",
    ) -> Floats:
        """Return the logits (n, c) of the rows asked for, in their order."""
        import torch

        wanted = np.arange(len(tokens)) if rows is None else rows
        lengths = tokens.lengths[wanted]
        result = np.full((len(wanted), self.head.out_features), np.nan, dtype=np.float32)
        done = 0
        self.model.eval()
        with torch.inference_mode():
            for batch in batches_of_like_length(lengths, batch_tokens):
                progress(done, len(wanted), stage)
                result[batch] = self.logits(tokens, wanted[batch]).cpu().numpy()
                done += len(batch)
        progress(done, len(wanted), stage)
        if not np.isfinite(result).all():
            raise EncoderProblem(
                N_(
                    "The model gave values that are not numbers for {rows} of {all} texts. Train "
                    "it again with a lower learning rate."
                ),
                rows=int((~np.isfinite(result).all(axis=1)).sum()),
                all=len(wanted),
            )
        return result


def _check_encoder(encoder: Any, folder: Path | str, width: int) -> None:
    if not hasattr(encoder[0], "auto_model"):
        raise EncoderProblem(
            N_(
                "{folder} holds no transformer, so there are no layers to fine-tune. Choose the "
                "quick model, or another encoder."
            ),
            folder=str(folder),
        )
    found = encoder.get_embedding_dimension()
    if found != width:
        raise EncoderProblem(
            N_(
                "{folder} gives vectors of {found} numbers, the quick model was trained on "
                "{width}. Train the quick model on vectors of the same encoder."
            ),
            folder=str(folder),
            found=found,
            width=width,
        )


def _count_cut(read: Any, limit: int | None) -> int:
    encodings = getattr(read, "encodings", None)
    if encodings:
        return sum(bool(encoding.overflowing) for encoding in encodings)
    return sum(len(ids) == limit for ids in read["input_ids"])
