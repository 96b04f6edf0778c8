"""From a folder or a hub name to a sentence-transformers model, with clear words on the way."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from core.errors import EncoderProblem
from core.i18n import N_
from core.network import load_network

# Without an answer in this time a hub counts as out of reach: a person is waiting.
SECONDS_TO_ANSWER = 5
HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


def load_model(name: str, device: str) -> tuple[Any, Path | None]:
    """Return the `SentenceTransformer` of a folder or hub name, and the local folder it
    came from.

    A hub name is looked for in the local cache first. Raises EncoderProblem in words.
    """
    folder = _find_folder(name)
    return load_network(folder or name, device), folder or _cached_folder(name)


def fingerprint_model(name: str, model: Any, prompt: str) -> str:
    """Return a name and hash of all that shapes a vector: weights, modules, tokenizer, prompt."""
    mark = hashlib.blake2b(digest_size=8)
    shape = {
        "prompt": prompt,
        "length": model.max_seq_length,
        "modules": [str(module) for module in model.children()],
    }
    mark.update(json.dumps(shape).encode())
    backend = getattr(model.tokenizer, "backend_tokenizer", model.tokenizer)
    if hasattr(backend, "to_str"):
        mark.update(_vocabulary(backend.to_str()))
    for tensor in model.state_dict().values():
        mark.update(tensor.detach().float().cpu().numpy().tobytes())
    return f"{re.sub(r'[^A-Za-z0-9.]+', '-', Path(name).name)[:40]}-{mark.hexdigest()}"


def _vocabulary(tokenizer: str) -> bytes:
    """Return a tokenizer without its truncation and padding, which each call sets anew."""
    parts = json.loads(tokenizer)
    kept = {key: parts[key] for key in parts if key not in ("truncation", "padding")}
    return json.dumps(kept, sort_keys=True).encode()


def _find_folder(name: str) -> Path | None:
    """Return the local folder of a name; None for a hub name that has to be fetched."""
    path = Path(name).expanduser()
    if path.is_dir():
        if not ((path / "modules.json").is_file() or (path / "config.json").is_file()):
            raise EncoderProblem(
                N_(
                    "The folder {folder} holds no model: it has neither modules.json nor "
                    "config.json. Give a folder that sentence-transformers has saved."
                ),
                folder=str(path),
            )
        return path
    if not HUB_NAME.fullmatch(name) or name.startswith("."):
        raise EncoderProblem(
            N_(
                "There is no encoder and no folder {name}. Choose one of the list, or give a "
                "folder that sentence-transformers has saved, or a hub name such as "
                "intfloat/e5-small-v2."
            ),
            name=name,
        )
    cached = _cached_folder(name)
    if cached is None:
        _ask_hub(name)
    return cached


def _cached_folder(name: str) -> Path | None:
    """Return the folder of a hub name in the local cache, where it was fetched before."""
    from huggingface_hub import try_to_load_from_cache

    if not HUB_NAME.fullmatch(name):
        return None
    for file in ("modules.json", "config.json"):
        found = try_to_load_from_cache(_repository(name), file)
        if isinstance(found, str):
            return Path(found).parent
    return None


def _repository(name: str) -> str:
    """Return the owner and name of a hub name, as sentence-transformers completes it."""
    return name if "/" in name else f"sentence-transformers/{name}"


def _ask_hub(name: str) -> None:
    """Ask the hub for a model; raises EncoderProblem within seconds where there is none."""
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import RepositoryNotFoundError

    if constants.HF_HUB_OFFLINE:
        raise EncoderProblem(
            N_(
                "The encoder {name} is not on this machine, and HF_HUB_OFFLINE forbids to fetch "
                "it. Choose one of the list, or give a folder."
            ),
            name=name,
        )
    try:
        HfApi().model_info(_repository(name), timeout=SECONDS_TO_ANSWER)
    except RepositoryNotFoundError as error:
        raise EncoderProblem(
            N_(
                "The hub has no model {name} that is open to everybody. Check its spelling, or "
                "give a folder."
            ),
            name=name,
        ) from error
    except Exception as error:
        raise EncoderProblem(
            N_(
                "The encoder {name} is not on this machine, and its hub {hub} cannot be reached. "
                "Choose one of the list, give a folder, or check the network."
            ),
            name=name,
            hub=constants.ENDPOINT,
        ) from error
