"""A network of sentence-transformers, loaded: embedding reads with it, learning bends it."""

from pathlib import Path
from typing import Any

from core.errors import EncoderProblem
from core.i18n import N_


def load_network(name: Path | str, device: str) -> Any:
    """Return the `SentenceTransformer` of a folder or hub name. Raises EncoderProblem in words."""
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        network = SentenceTransformer(str(name), device=device)
    except Exception as error:
        raise EncoderProblem(
            N_(
                "The encoder {name} could not be loaded: {reason}. Give a folder that "
                "sentence-transformers has saved, or the name of such a model on the hub."
            ),
            name=str(name),
            reason=(str(error).strip().splitlines() or [type(error).__name__])[0][:200],
        ) from error
    network.eval()
    return network
