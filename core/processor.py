"""On which device and in which number format a network runs, and what memory it leaves behind."""

import ctypes
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import SettingInvalid
from core.i18n import N_

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class Precision(StrEnum):
    """Number format of the matrix products; sums and pooling are always float32."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


@dataclass(frozen=True)
class Processor:
    """A device (`cpu`, `cuda` or `mps`), the number format used on it and its name for a report."""

    device: str
    precision: Precision
    name: str

    @classmethod
    def choose(cls, device: str = "auto", precision: Precision = Precision.AUTO) -> "Processor":
        """Take the GPU when there is one, and bfloat16 where the hardware computes in it."""
        chosen = _find_device(device)
        if precision is Precision.AUTO:
            fast = _computes_in_bfloat16(chosen)
            precision = Precision.BFLOAT16 if fast else Precision.FLOAT32
        return cls(chosen, precision, _name_device(chosen))

    def autocast(self) -> "AbstractContextManager[object]":
        """Return the context in which the network's layers run."""
        import torch

        wanted = self.precision is Precision.BFLOAT16
        return torch.autocast(self.device, dtype=torch.bfloat16, enabled=wanted)


def give_memory_back() -> None:
    """Return freed memory to the system; glibc keeps what batches of many sizes left behind."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other libraries of C have none
        if trim is not None:
            trim(0)


def _find_device(wanted: str) -> str:
    import torch

    if wanted == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    available = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if not available.get(wanted, False):
        raise SettingInvalid(
            N_("The device {device} is not here. Available: {devices}, or auto."),
            device=wanted,
            devices=", ".join(name for name, here in available.items() if here),
        )
    return wanted


def _computes_in_bfloat16(device: str) -> bool:
    """Whether the hardware multiplies bfloat16 itself; emulated, it is slower than float32."""
    import torch

    if device == "cuda":
        return torch.cuda.get_device_capability()[0] >= 8
    if device == "cpu":
        here = torch.cpu.get_capabilities()
        return bool(here.get("amx_bf16") or here.get("avx512_bf16"))
    return False


def _name_device(device: str) -> str:
    import torch

    if device == "cuda":
        return torch.cuda.get_device_name()
    if device == "cpu":
        here = torch.cpu.get_capabilities()
        extra = "AMX" if here.get("amx_bf16") else "AVX512-BF16" if here.get("avx512_bf16") else ""
        name = str(here.get("cpu_name") or here.get("architecture") or "CPU")
        return f"{name}, {torch.get_num_threads()} threads" + (f", {extra}" if extra else "")
    return device
