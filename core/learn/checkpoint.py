"""The state of a training on disk, whole at any moment.

::

    scratch/
      state.json               which files are valid, and where the training stands
      step-00000120.safetensors  weights and Adam's moments at that step
      best-00000100.safetensors  weights of the best step so far

`state.json` is replaced last, so a kill at any moment leaves the state before or after.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import OutOfRoom
from core.i18n import N_

if TYPE_CHECKING:
    import torch

FORMAT = 1


@dataclass(frozen=True)
class Saved:
    """A training as it was saved: JSON figures, its tensors, and the best weights so far."""

    figures: dict[str, Any]
    tensors: dict[str, "torch.Tensor"]
    best: dict[str, "torch.Tensor"]


class Checkpoints:
    """Saves and restores one training in a folder of its own."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.folder = folder
        self.fingerprint = fingerprint

    @property
    def state_file(self) -> Path:
        return self.folder / "state.json"

    def read(self) -> Saved | None:
        """Return the state of this very training; another one's is removed, and None returned."""
        from safetensors.torch import load_file

        state = self._read_state()
        if state is None:
            for file in self.folder.glob("*.safetensors"):
                file.unlink()
            return None
        tensors, best = (load_file(self.folder / state[name]) for name in ("tensors", "best"))
        return Saved(state["figures"], tensors, best)

    def write(
        self,
        step: int,
        best_step: int,
        figures: dict[str, Any],
        tensors: dict[str, "torch.Tensor"],
        best: dict[str, "torch.Tensor"],
    ) -> None:
        """Save a state; the one before stays valid until this one is whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        names = {
            "tensors": f"step-{step:08}.safetensors",
            "best": f"best-{best_step:08}.safetensors",
        }
        self._write_tensors(names["tensors"], tensors)
        if not (self.folder / names["best"]).is_file():
            self._write_tensors(names["best"], best)
        state = {"format": FORMAT, "fingerprint": self.fingerprint, "figures": figures, **names}
        text = json.dumps(state, ensure_ascii=False).encode()
        self._write(self.state_file.name, lambda path: path.write_bytes(text))
        for file in self.folder.glob("*.safetensors"):
            if file.name not in names.values():
                file.unlink()

    def _read_state(self) -> dict[str, Any] | None:
        if not self.state_file.is_file():
            return None
        state: dict[str, Any] = json.loads(self.state_file.read_text(encoding="utf-8"))
        same = state["format"] == FORMAT and state["fingerprint"] == self.fingerprint
        return state if same else None

    def _write_tensors(self, name: str, tensors: dict[str, "torch.Tensor"]) -> None:
        from safetensors.torch import save_file

        self._write(name, lambda path: save_file(tensors, path))

    def _write(self, name: str, fill: Callable[[Path], object]) -> None:
        from safetensors import SafetensorError

        beside = self.folder / f"{name}.tmp"
        try:
            fill(beside)
            with beside.open("rb") as file:
                os.fsync(file.fileno())
            beside.replace(self.folder / name)
        except (OSError, SafetensorError) as error:
            beside.unlink(missing_ok=True)
            if not _is_full_disk(error):
                raise
            raise OutOfRoom(
                N_(
                    "The disk of {folder} is full, so the training could not be saved. Make room "
                    "and start it again: it goes on where it was last saved."
                ),
                folder=str(self.folder),
            ) from error


def _is_full_disk(error: Exception) -> bool:
    # safetensors hands the operating system's error on as text alone.
    return getattr(error, "errno", None) == ENOSPC or os.strerror(ENOSPC) in str(error)
