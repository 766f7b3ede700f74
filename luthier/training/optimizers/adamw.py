"""Adam with decoupled weight decay."""

from typing import Annotated

import torch
from pydantic import Field
from torch import nn


def adamw(
    model: nn.Module,
    learning_rate: float,
    *,
    weight_decay: Annotated[float, Field(ge=0, description="pull of weights towards zero")] = 0.01,
    beta1: Annotated[float, Field(ge=0, lt=1, description="memory of the mean gradient")] = 0.9,
    beta2: Annotated[float, Field(ge=0, lt=1, description="memory of its square")] = 0.999,
    epsilon: Annotated[float, Field(gt=0, description="keeps the division finite")] = 1e-8,
) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter, 2019) over the weights that move, fused.

    Biases and the weights of norms do not decay, as in the papers and in transformers' Trainer.
    """
    norms = {
        f"{name}.{weight}"
        for name, module in model.named_modules()
        if "norm" in type(module).__name__.lower()
        for weight, _ in module.named_parameters(recurse=False)
    }
    moving = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    decayed = [p for name, p in moving if name not in norms and not name.endswith("bias")]
    others = [p for name, p in moving if name in norms or name.endswith("bias")]
    groups = [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]],
        lr=learning_rate,
        betas=(beta1, beta2),
        eps=epsilon,
        fused=True,
    )
