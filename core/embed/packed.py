"""Linear layers for inference on x86 processors, their weights laid out once for oneDNN.

PyTorch multiplies float32 with MKL, which uses half of what an AMD processor with AVX-512 can do,
and lays bfloat16 weights out anew in every call. The operators here are those that PyTorch's own
compiler puts in place of a frozen linear layer; the products stay exact to rounding.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

Linear = Callable[["torch.Tensor"], "torch.Tensor"]


def pack_linear_layers(network: "torch.nn.Module") -> bool:
    """Replace every linear layer inside a network; False where this processor has no such layer.

    The network can only be run afterwards, not trained or saved.
    """
    import torch

    class PackedLinear(torch.nn.Module):
        def __init__(self, layer: torch.nn.Linear) -> None:
            super().__init__()
            self._multiply = packed_linear(layer.weight, layer.bias)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self._multiply(x)

    if not _is_supported():
        return False
    for module in list(network.modules()):
        for name, layer in list(module.named_children()):
            if isinstance(layer, torch.nn.Linear):
                setattr(module, name, PackedLinear(layer))
    return True


def packed_linear(weight: "torch.Tensor", bias: "torch.Tensor | None") -> Linear:
    """Return the layer that makes x (..., i) into x W' + b (..., o), packed where that is had."""
    import torch

    if not _is_supported():
        return lambda x: torch.nn.functional.linear(x, weight, bias)
    operators: Any = torch.ops.mkldnn
    packed = operators._reorder_linear_weight(weight.detach())
    added = None if bias is None else bias.detach()

    def multiply(x: "torch.Tensor") -> "torch.Tensor":
        product: torch.Tensor = operators._linear_pointwise(x, packed, added, "none", [], "")
        return product

    return multiply


def _is_supported() -> bool:
    import torch

    onednn: Any = torch.backends.mkldnn
    return (
        bool(onednn.is_available())
        and torch.cpu.get_capabilities().get("architecture") == "x86_64"
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )
