"""The encoders that are there by name, what each is for, and any folder or hub name beside them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.embed.encoder import Encoder, LongTexts
from core.embed.instant import InstantEncoder
from core.embed.loading import fingerprint_model, load_model
from core.embed.minilm import load_minilm
from core.embed.multilingual import MultilingualEncoder
from core.embed.transformer import TransformerEncoder
from core.embed.whole_model import WholeModelEncoder
from core.i18n import N_
from core.processor import Processor

_LOADING = threading.Lock()


@dataclass(frozen=True)
class EncoderCard:
    """What a person should know to choose an encoder.

    `languages` are ISO 639-1 codes. `usual_pace` is in characters a second, on two cores without
    instructions for matrices: what to expect until the encoder has been timed on this machine.
    """

    name: str
    title: str
    purpose: str
    languages: tuple[str, ...]
    dimension: int
    megabytes: int
    usual_pace: int


CARDS = (
    EncoderCard(
        "minilm",
        N_("MiniLM, English"),
        N_("The best of the three for English texts, and the one that fine-tuning adapts."),
        ("en",),
        384,
        90,
        50_000,
    ),
    EncoderCard(
        "multilingual",
        N_("Universal Sentence Encoder, 16 languages"),
        N_("For Chinese and other languages, and for texts in several of them."),
        MultilingualEncoder.languages,
        512,
        32,
        25_000,
    ),
    EncoderCard(
        "instant",
        N_("Word vectors, instant"),
        N_("A first look at very many texts in seconds; coarser than the others."),
        ("en",),
        256,
        16,
        500_000,
    ),
)


def encoder_cards() -> tuple[EncoderCard, ...]:
    """Return the encoders that work without a network."""
    return CARDS


def propose_encoder(language: str) -> str:
    """Return the encoder for texts in a language (ISO 639-1, "und" for unknown)."""
    return "minilm" if language in ("en", "und") else "multilingual"


def load_encoder(name: str, device: str = "auto", long_texts: LongTexts = LongTexts.CUT) -> Encoder:
    """Return an encoder by its name, or from a folder or hub name; loaded once in a process.

    Raises EncoderProblem in words for what is neither, SettingInvalid for a device not here.
    """
    with _LOADING:
        return _load(name.strip(), device, LongTexts(long_texts), _newest_change(name.strip()))


@lru_cache(maxsize=3)
def _load(name: str, device: str, long_texts: LongTexts, _changed: int) -> Encoder:
    builders: dict[str, Callable[[], Encoder]] = {
        "minilm": lambda: load_minilm(Processor.choose(device), long_texts),
        "multilingual": lambda: MultilingualEncoder.load(long_texts),
        "instant": InstantEncoder.load,
    }
    build = builders.get(name)
    return build() if build else _any_model(name, device, long_texts)


def _any_model(name: str, device: str, long_texts: LongTexts) -> Encoder:
    from sentence_transformers.sentence_transformer.modules import Transformer

    from core.embed.sentence_transformer import SentenceTransformerNetwork, prompt_of

    processor = Processor.choose(device)
    model, folder = load_model(name, processor.device)
    if not isinstance(model[0], Transformer):
        return WholeModelEncoder.from_model(name, model, folder)
    fingerprint = fingerprint_model(name, model, prompt_of(model))
    return TransformerEncoder(
        SentenceTransformerNetwork.from_model(model, processor),
        processor,
        name=name,
        fingerprint=fingerprint,
        folder=folder,
        long_texts=long_texts,
    )


def _newest_change(name: str) -> int:
    """Return when a local folder last changed, so that one saved anew is loaded anew."""
    folder = Path(name).expanduser()
    if not name or not folder.is_dir():
        return 0
    return max((file.stat().st_mtime_ns for file in folder.rglob("*")), default=0)
