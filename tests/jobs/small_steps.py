"""Steps for the tests of the engine, small enough to see through."""

import ctypes
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from core.errors import ColumnMissing, NotReady
from core.i18n import N_
from core.progress import Progress
from core.settings import Settings

RUNNER = "tests.jobs.small_steps:run_step"


def run_step(
    step: str, project: str, settings: dict[str, Any], progress: Progress
) -> dict[str, Any]:
    return STEPS[step](Path(project), settings, progress)


def count(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Count to n, a block at a time, going on from the blocks that an earlier run saved."""
    blocks = project / "blocks.jsonl"
    first = len(blocks.read_text().splitlines()) if blocks.exists() else 0
    for number in range(first, settings["n"]):
        progress(number, settings["n"], N_("Counting"))
        progress.detail(last=number)
        if progress.should_stop():
            break
        time.sleep(settings.get("pause", 0.0))
        with blocks.open("a") as file:
            file.write(json.dumps({"number": number, "pid": os.getpid()}) + "\n")
    return {"counted": len(blocks.read_text().splitlines()), "from": first}


def say(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    return {"said": settings["word"], "pid": os.getpid()}


def where(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    return {"home": str(Settings.from_environment().home)}


def surroundings(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    return {
        "nice": os.nice(0),
        "threads": os.environ["OMP_NUM_THREADS"],
        "warm": "torch" in sys.modules,
    }


def mixed_keys(project: Path, settings: dict[str, Any], progress: Progress) -> dict[Any, Any]:
    return {1: 1, "a": 2}


def sleep(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Hear nothing for a while."""
    progress(0, 0, N_("Sleeping"))
    (project / "asleep").write_text(str(os.getpid()))
    time.sleep(settings["seconds"])
    return {}


def hold(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Spend long in one call of C that holds the interpreter, so that no other thread runs."""
    (project / "asleep").write_text(str(os.getpid()))
    ctypes.PyDLL(None).sleep(settings["seconds"])
    return {"held": settings["seconds"]}


def lose_worker(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Let this worker end together with the one who would start it again."""
    from distributed import get_worker

    if not (project / "lost").exists():
        (project / "lost").touch()
        worker = get_worker()
        worker.loop.add_callback(worker.close, nanny=True)
        time.sleep(100)
    return {}


def embed(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Embed the real texts of the project with the default encoder, in small blocks."""
    import numpy as np

    from core.embed import VectorStore, embed_texts, load_encoder

    texts = json.loads((project / "texts.json").read_text())
    store = VectorStore(project / "vectors")
    embedding = embed_texts(texts, load_encoder("minilm"), store, progress, block_size=100)
    np.save(project / "vectors.npy", embedding.vectors)
    return {"computed": embedding.computed, "cached": embedding.cached}


def fail_in_words(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    raise ColumnMissing(N_("There is no column {column}."), column="txt")


def fail_unforeseen(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    raise ZeroDivisionError("a secret of the code")


def fail_out_of_memory(
    project: Path, settings: dict[str, Any], progress: Progress
) -> dict[str, Any]:
    raise MemoryError


def fail_full_disk(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    raise OSError(28, "No space left on device")


def die(project: Path, settings: dict[str, Any], progress: Progress) -> dict[str, Any]:
    os.kill(os.getpid(), 9)
    raise NotReady(N_("This is never reached."))


STEPS = {
    "count": count,
    "say": say,
    "where": where,
    "surroundings": surroundings,
    "mixed_keys": mixed_keys,
    "sleep": sleep,
    "hold": hold,
    "lose_worker": lose_worker,
    "embed": embed,
    "fail_in_words": fail_in_words,
    "fail_unforeseen": fail_unforeseen,
    "fail_out_of_memory": fail_out_of_memory,
    "fail_full_disk": fail_full_disk,
    "die": die,
}
