"""Linear maps that multiply whole numbers of 8 bits, on the processor: faster, not quite exact."""

from typing import Any, final

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from luthier.models.bottleneck import bottleneck_sizes
from luthier.models.cast import autocast_dtype
from luthier.models.layers import layer_stacks, linear_maps
from luthier.models.merge import merge
from luthier.models.network import Network

_LARGEST = 127
_AT_ONCE = 256
"""Rows multiplied at a time: their numbers pass through six steps, so they have to stay near."""


@final
class Int8Linear(nn.Module):
    """x W^T + b, x and W rounded to whole numbers times a scale: of each token, of each output.

    Dynamic quantisation with vector-wise scales, symmetric: Dettmers et al. (2022), equation 4.
    """

    weight: Tensor
    scales: Tensor
    bias: Tensor | None

    def __init__(self, weight: Tensor, bias: Tensor | None):
        """Round a weight (M, K); a bias (M,) stays."""
        super().__init__()
        rounded, scales = _rounded(weight.detach().float())
        self.register_buffer("weight", rounded)
        self.register_buffer("scales", scales[:, 0])
        self.register_buffer("bias", None if bias is None else bias.detach().float())

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., K) to (..., M), in the format of products."""
        flat = inputs.reshape(-1, inputs.shape[-1])
        dtype = autocast_dtype(inputs.device) or inputs.dtype
        found = flat.new_empty(len(flat), len(self.weight), dtype=dtype)
        for few, into in zip(flat.split(_AT_ONCE), found.split(_AT_ONCE), strict=True):
            rounded, of_token = _rounded(few.float())
            product = torch._int_mm(rounded, self.weight.t()).float()
            product.mul_(of_token).mul_(self.scales)
            into.copy_(product if self.bias is None else product.add_(self.bias))
        return found.reshape(*inputs.shape[:-1], len(self.weight))


def _rounded(numbers: Tensor) -> tuple[Tensor, Tensor]:
    """Rows (N, K) as whole numbers from -127 to 127, and what each row is to be multiplied by."""
    scales = (numbers.abs().amax(dim=1, keepdim=True) / _LARGEST).clamp_min_(1e-12)
    return (numbers / scales).round_().to(torch.int8), scales


def to_int8(network: Network) -> Network:
    """The network with the linear maps in its layers in 8 bits; embeddings and head stay exact.

    Args:
        network: used up. An adapter that is a change of weights is merged first.
    """
    found = merge(network) if _is_mergeable(network) else network
    base: Any = found if isinstance(found, PreTrainedModel) else found.get_base_model()
    for stack in layer_stacks(base).values():
        for name, module in list(linear_maps(stack)):
            if type(module) is nn.Linear:
                stack.set_submodule(name, Int8Linear(module.weight, module.bias))
            elif type(module) is Conv1D:
                stack.set_submodule(name, Int8Linear(module.weight.t(), module.bias))
    return found


def _is_mergeable(network: Network) -> bool:
    if isinstance(network, PreTrainedModel):
        return not bottleneck_sizes(network)
    return not network.active_peft_config.is_prompt_learning
