"""Packed layers give the products of the layers that they replace."""

import copy

import numpy as np
import pytest
import torch

from core.embed.packed import pack_linear_layers


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("kind", "near"), [(torch.float32, 1e-6), (torch.bfloat16, 1e-2)])
def test_products_are_the_same(bias: bool, kind: torch.dtype, near: float) -> None:
    torch.manual_seed(0)
    plain = torch.nn.Sequential(
        torch.nn.Linear(24, 40, bias=bias), torch.nn.GELU(), torch.nn.Linear(40, 8, bias=bias)
    ).to(kind)
    packed = copy.deepcopy(plain)
    if not pack_linear_layers(packed):
        pytest.skip("this processor has no packed layers")
    assert not any(isinstance(module, torch.nn.Linear) for module in packed.modules())
    with torch.inference_mode():
        for shape in ((1, 24), (7, 24), (3, 5, 24)):
            x = torch.randn(shape, dtype=kind)
            expected, found = plain(x).float().numpy(), packed(x).float().numpy()
            assert found.shape == expected.shape
            assert np.allclose(found, expected, atol=near)
