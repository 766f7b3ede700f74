"""A model's linear weights for decoding: adapter merged in, cast once, then put back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, final

import torch
from torch import nn
from torch.nn import Parameter
from transformers.pytorch_utils import Conv1D

_Weights = Mapping[str, Parameter | None]


@final
class CastWeights:
    """Copies of a model's linear weights, in the format that its products run in.

    Under autocast a frozen weight is cast anew in every forward pass, so for every token; and an
    update of low rank costs two small products a layer (LoRA: Hu et al., 2022), or the norm of all
    weights (DoRA: Liu et al., 2024). Here it is done once. Cast weights give the logits of autocast
    bit for bit; merged ones give them but for rounding, nearer to those of fp32.

    The copies take 2 bytes a linear weight; without autocast 4 bytes for each that DoRA updates,
    and none for LoRA, where merging made nothing faster. A weight that several modules share is
    copied once. Embeddings are looked up, never multiplied, and stay what they are, also where the
    head shares them.
    """

    def __init__(self, network: nn.Module, dtype: torch.dtype | None):
        """Copy the weights.

        Args:
            network: its weights must not change as long as the copies are used.
            dtype: of products under autocast, else None.
        """
        self._dtype = dtype
        self._cast: dict[int, Parameter] = {}
        self._copies: list[tuple[nn.Module, _Weights]] = []
        self._adapted: list[tuple[list[str], list[str]]] = []
        done: set[nn.Module] = set()
        for module in network.modules():
            if _merges(module, dtype):
                self._merge(module)
                done.update(module.modules())
            elif dtype is not None and module not in done and _is_linear(module, torch.float32):
                weights = {name: self._once(p) for name, p in module._parameters.items()}
                self._copies.append((module, weights))

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The network with the copies; afterwards with its own weights, which nothing touched."""
        own = [(module, dict(module._parameters)) for module, _ in self._copies]
        try:
            for module, weights in self._copies:
                module._parameters.update(weights)
            for merged, names in self._adapted:
                merged.extend(names)
            yield
        finally:
            for module, parameters in own:
                module._parameters.update(parameters)
            for merged, _ in self._adapted:
                merged.clear()

    def _once(self, weight: Parameter | None) -> Parameter | None:
        if weight is None:
            return None
        if id(weight) not in self._cast:
            cast = weight.detach().to(self._dtype)
            self._cast[id(weight)] = Parameter(cast, requires_grad=False)
        return self._cast[id(weight)]

    def _merge(self, layer: Any) -> None:
        """Have PEFT merge into copies of the weights under the adapter, one layer at a time."""
        base = layer.get_base_layer()
        own = dict(base._parameters)
        try:
            for name, weight in own.items():
                if weight is not None:
                    base._parameters[name] = Parameter(
                        weight.detach().to(torch.float32, copy=True), False
                    )
            with torch.no_grad():
                layer.merge()
            weights = {
                name: None if merged is None else Parameter(merged.detach().to(self._dtype), False)
                for name, merged in base._parameters.items()
            }
        finally:
            base._parameters.update(own)
        self._copies.append((base, weights))
        self._adapted.append((layer.merged_adapters, list(layer.merged_adapters)))
        layer.merged_adapters.clear()


def autocast_dtype(device: torch.device) -> torch.dtype | None:
    """What autocast rounds the operands of products to; None outside of autocast."""
    on = torch.is_autocast_enabled(device.type)
    return torch.get_autocast_dtype(device.type) if on else None


def _is_linear(module: nn.Module, *kinds: torch.dtype) -> bool:
    """Whether a module does nothing but multiply by a weight of such a kind, and add a bias."""
    return type(module) in (nn.Linear, Conv1D) and module.weight.dtype in kinds


def _merges(module: Any, dtype: torch.dtype | None) -> bool:
    """Whether a module is an update of low rank, beside plain weights, that is better merged."""
    if not hasattr(module, "merged_adapters"):
        return False
    from peft.tuners.lora import Linear  # imported already, by the adapter

    base = module.get_base_layer()
    if not isinstance(module, Linear) or not _is_linear(base, torch.float32, torch.bfloat16):
        return False
    is_costly = dtype is not None or bool(module.lora_variant)
    return is_costly and not module.disable_adapters and not module.merged
