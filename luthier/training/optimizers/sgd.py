"""Stochastic gradient descent with momentum; it wants a far higher rate than Adam."""

from typing import Annotated

import torch
from pydantic import Field
from torch import nn

from luthier.training.optimizer import needs_whole_weights
from luthier.training.optimizer_options import Penalty
from luthier.training.parameter_groups import NO_GROUPS, Groups, LayerDecay, parameter_groups


@needs_whole_weights
def sgd(
    model: nn.Module,
    learning_rate: float,
    *,
    weight_decay: Penalty = 0.0,
    momentum: Annotated[float, Field(gt=0, lt=1, description="memory of past gradients")] = 0.9,
    nesterov: Annotated[bool, Field(description="look ahead by one momentum step")] = False,
    layer_decay: LayerDecay = 1.0,
    groups: Groups = NO_GROUPS,
) -> torch.optim.Optimizer:
    """SGD with momentum (Sutskever et al., 2013), fused."""
    return torch.optim.SGD(
        parameter_groups(model, learning_rate, weight_decay, layer_decay, groups),
        lr=learning_rate,
        momentum=momentum,
        nesterov=nesterov,
        fused=True,
    )
