"""How many bytes a run needs, from the sizes of model and batch."""

from typing import Any

import psutil
from torch import nn

from luthier.models.layers import reached_layers
from luthier.models.network import Network

_FP32 = 4
_SHARE = 0.5
"""Of the machine's memory, the part that a micro batch's activations may take."""


def activation_bytes(config: Any, num_layers: int, rows: int, length: int) -> int:
    """Bytes kept for the backward pass: l s b h (34 + 5 a s / h), twice over for fp32.

    Korthikanti et al. (2022), equation 2, without parallelism: l layers, s tokens a row, b rows,
    h hidden size, a heads. Attention without kernels that recompute it; so an upper bound.
    """
    hidden, heads = config.hidden_size, config.num_attention_heads
    per_token = hidden * (34 + 5 * heads * length / hidden)
    return int(2 * num_layers * length * rows * per_token)


def optimizer_bytes(model: nn.Module) -> int:
    """Gradient and two moments of AdamW, in fp32, for what moves."""
    return sum(3 * _FP32 * p.numel() for p in model.parameters() if p.requires_grad)


def micro_batch_size(model: Network, max_length: int, batch_size: int, processes: int = 1) -> int:
    """The largest equal part of a batch whose activations fit half the machine's memory.

    It depends on the machine's whole memory, not on what is free now, so that a run repeats.

    Args:
        model: what is trained.
        max_length: tokens of the longest row.
        batch_size: rows of this process in an optimizer step.
        processes: how many share the memory.
    """
    layers = max(1, reached_layers(model))
    config = model.config.get_text_config()
    budget = _SHARE * psutil.virtual_memory().total / processes
    parts = 1
    while parts < batch_size:
        rows = -(-batch_size // parts)
        if activation_bytes(config, layers, rows, max_length) <= budget:
            break
        parts += 1
    return -(-batch_size // parts)
