"""Adam; its weight decay is an L2 penalty, scaled like the gradient."""

from typing import Annotated

import torch
from pydantic import Field
from torch import nn

from luthier.training.parameter_groups import NO_GROUPS, Groups, LayerDecay, parameter_groups


def adam(
    model: nn.Module,
    learning_rate: float,
    *,
    weight_decay: Annotated[float, Field(ge=0, description="weight of the L2 penalty")] = 0.0,
    beta1: Annotated[float, Field(ge=0, lt=1, description="memory of the mean gradient")] = 0.9,
    beta2: Annotated[float, Field(ge=0, lt=1, description="memory of its square")] = 0.999,
    epsilon: Annotated[float, Field(gt=0, description="keeps the division finite")] = 1e-8,
    layer_decay: LayerDecay = 1.0,
    groups: Groups = NO_GROUPS,
) -> torch.optim.Optimizer:
    """Adam (Kingma and Ba, 2015), fused."""
    return torch.optim.Adam(
        parameter_groups(model, learning_rate, weight_decay, layer_decay, groups),
        lr=learning_rate,
        betas=(beta1, beta2),
        eps=epsilon,
        fused=True,
    )
