"""RMSprop: gradients divided by the root of their mean square."""

from typing import Annotated

import torch
from pydantic import Field
from torch import nn

from luthier.training.optimizer_options import Epsilon, Penalty
from luthier.training.parameter_groups import NO_GROUPS, Groups, LayerDecay, parameter_groups


def rmsprop(
    model: nn.Module,
    learning_rate: float,
    *,
    weight_decay: Penalty = 0.0,
    smoothing: Annotated[float, Field(ge=0, lt=1, description="memory of the mean square")] = 0.99,
    momentum: Annotated[float, Field(ge=0, lt=1, description="memory of past steps")] = 0.0,
    epsilon: Epsilon = 1e-8,
    layer_decay: LayerDecay = 1.0,
    groups: Groups = NO_GROUPS,
) -> torch.optim.Optimizer:
    """RMSprop (Tieleman and Hinton, 2012)."""
    return torch.optim.RMSprop(
        parameter_groups(model, learning_rate, weight_decay, layer_decay, groups),
        lr=learning_rate,
        alpha=smoothing,
        momentum=momentum,
        eps=epsilon,
    )
