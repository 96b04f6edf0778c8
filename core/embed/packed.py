"""Linear layers for inference on x86 processors, their weights laid out once for oneDNN.

PyTorch multiplies float32 with MKL, which uses half of what an AMD processor with AVX-512 can do,
and lays bfloat16 weights out anew in every call. The operators here are those that PyTorch's own
compiler puts in place of a frozen linear layer; the products stay exact to rounding.
"""

from typing import Any


def pack_linear_layers(network: Any) -> bool:
    """Replace every linear layer inside a network; False where this processor has no such layer.

    The network can only be run afterwards, not trained or saved.
    """
    import torch

    if not _is_supported():
        return False
    for module in list(network.modules()):
        for name, layer in list(module.named_children()):
            if isinstance(layer, torch.nn.Linear):
                setattr(module, name, _packed(layer))
    return True


def _is_supported() -> bool:
    import torch

    onednn: Any = torch.backends.mkldnn
    return (
        bool(onednn.is_available())
        and torch.cpu.get_capabilities().get("architecture") == "x86_64"
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )


def _packed(layer: Any) -> Any:
    import torch

    operators: Any = torch.ops.mkldnn
    weight = operators._reorder_linear_weight(layer.weight.detach())
    bias = None if layer.bias is None else layer.bias.detach()

    class PackedLinear(torch.nn.Module):
        """x (..., i) becomes x W' + b (..., o)."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            product: torch.Tensor = operators._linear_pointwise(x, weight, bias, "none", [], "")
            return product

    return PackedLinear()
