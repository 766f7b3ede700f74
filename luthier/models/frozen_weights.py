"""Weights under LoRA that never move, held in the format of products: half the memory, no casts.

Autocast rounds the weights of linear maps to bf16 in every pass, and keeps the copies until the way
back. What never moves can be rounded once. Norms and embeddings are rounded with it, so layers hand
on bf16 as well: the activations, most of a step's memory, are halved.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from luthier.models.network import Network
from luthier.models.precision import Precision

_EXACT_STARTS = (True, "gaussian")
"""Ways to begin a LoRA that leave the weights under it as they were (`init_lora_weights`)."""


def hold_frozen(network: Network, precision: Precision) -> None:
    """Round what never moves to the format of products, for good: for training and for answering.

    A run is judged, saved and loaded with the same weights: the adapter alone is saved, and stays
    fp32. Nothing happens but with a LoRA over plain weights, in bf16, on a processor.
    """
    for parameter in _frozen(network, precision):
        parameter.data = parameter.data.to(torch.bfloat16)


@contextmanager
def held_frozen(network: Network, precision: Precision) -> Iterator[None]:
    """The same for a while."""
    own: list[tuple[Parameter, Tensor]] = []
    try:
        for parameter in _frozen(network, precision):
            own.append((parameter, parameter.data))
            parameter.data = parameter.data.to(torch.bfloat16)
        yield
    finally:
        for parameter, weights in own:
            parameter.data = weights


def _frozen(network: Network, precision: Precision) -> list[Parameter]:
    if precision.name != "bf16" or precision.device.type != "cpu" or not _is_plain_lora(network):
        return []
    return [
        parameter
        for name, parameter in network.named_parameters()
        if "lora_" not in name and "modules_to_save" not in name and parameter.is_floating_point()
    ]


def _is_plain_lora(network: Network) -> bool:
    """Whether all that was put on a model is LoRA, over weights that lie in fp32 or bf16."""
    if not hasattr(network, "peft_config"):
        return False
    configs: Iterable[Any] = network.peft_config.values()
    is_lora = all(
        config.peft_type == "LORA"
        and not config.use_dora
        and config.init_lora_weights in _EXACT_STARTS
        for config in configs
    )
    kinds = {p.dtype for p in network.parameters()}
    return is_lora and kinds <= {torch.float32, torch.bfloat16}
