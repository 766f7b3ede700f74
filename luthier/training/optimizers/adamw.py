"""Adam with decoupled weight decay."""

from typing import Annotated

import torch
from pydantic import Field
from torch import nn

from luthier.training.parameter_groups import NO_GROUPS, Groups, LayerDecay, parameter_groups


def adamw(
    model: nn.Module,
    learning_rate: float,
    *,
    weight_decay: Annotated[float, Field(ge=0, description="pull of weights towards zero")] = 0.01,
    beta1: Annotated[float, Field(ge=0, lt=1, description="memory of the mean gradient")] = 0.9,
    beta2: Annotated[float, Field(ge=0, lt=1, description="memory of its square")] = 0.999,
    epsilon: Annotated[float, Field(gt=0, description="keeps the division finite")] = 1e-8,
    layer_decay: LayerDecay = 1.0,
    groups: Groups = NO_GROUPS,
) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter, 2019), fused."""
    return torch.optim.AdamW(
        parameter_groups(model, learning_rate, weight_decay, layer_decay, groups),
        lr=learning_rate,
        betas=(beta1, beta2),
        eps=epsilon,
        fused=True,
    )
