"""AdamW for a pretrained network: lower layers learn more slowly, and its state can be saved."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from core.learn.fine_tuned import FineTuneSettings
from core.learn.network import TextNetwork

if TYPE_CHECKING:
    import torch


class Optimizer:
    """AdamW with linear warm-up and decay over `total` steps, and a rate for each layer."""

    def __init__(self, network: TextNetwork, settings: FineTuneSettings, total: int) -> None:
        import torch

        self._model = network.model
        self._warm = max(1, round(total * settings.warm_up))
        self._total = total
        groups = _parameter_groups(network, settings)
        self._adam = torch.optim.AdamW(groups, fused=network.processor.device != "mps")

    def step(self, number: int) -> None:
        """Change the weights by their gradients, as step `number` (from 0) of all."""
        import torch

        warming = (number + 1) / self._warm
        falling = (self._total - number) / max(1, self._total - self._warm)
        for group in self._adam.param_groups:
            group["lr"] = group["peak"] * min(1.0, warming, falling)
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._adam.step()
        self._adam.zero_grad(set_to_none=True)

    def moments(self) -> "dict[str, torch.Tensor]":
        """Return Adam's moments of each parameter on the CPU, by "kind/parameter"."""
        moments = {}
        for name, value in self._model.named_parameters():
            for kind, tensor in self._adam.state.get(value, {}).items():
                moments[f"{kind}/{name}"] = tensor.detach().to("cpu", copy=True).contiguous()
        return moments

    def load_moments(self, tensors: "dict[str, torch.Tensor]") -> None:
        """Take moments up again as `moments` gave them."""
        for name, value in self._model.named_parameters():
            kinds = [key.split("/", 1)[0] for key in tensors if key.endswith(f"/{name}")]
            if kinds:
                self._adam.state[value] = {
                    kind: tensors[f"{kind}/{name}"].to(value.device) for kind in kinds
                }


def _parameter_groups(network: TextNetwork, settings: FineTuneSettings) -> list[dict[str, Any]]:
    """Group parameters by learning rate (lower for lower layers) and weight decay (matrices)."""
    head = {id(parameter) for parameter in network.head.parameters()}
    depths = {name: _depth(name) for name, _ in network.model.named_parameters()}
    top = max(depths.values())
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in network.model.named_parameters():
        rate = settings.learning_rate * settings.layer_decay ** (top - depths[name])
        if id(parameter) in head:
            rate = settings.head_learning_rate
        decay = settings.weight_decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [
        {"params": members, "lr": rate, "peak": rate, "weight_decay": decay}
        for (rate, decay), members in groups.items()
    ]


def _depth(name: str) -> int:
    """Return the layer's number from 1 in a parameter's name; embeddings are at 0."""
    parts = name.split(".")
    for before, part in pairwise(parts):
        if part.isdigit() and before in ("layer", "layers", "h", "block", "blocks"):
            return int(part) + 1
    return 0
