"""Adam; its weight decay is an L2 penalty, scaled like the gradient."""

import torch
from torch import nn

from luthier.training.optimizer_options import Beta1, Beta2, Epsilon, Penalty
from luthier.training.parameter_groups import NO_GROUPS, Groups, LayerDecay, parameter_groups


def adam(
    model: nn.Module,
    learning_rate: float,
    *,
    weight_decay: Penalty = 0.0,
    beta1: Beta1 = 0.9,
    beta2: Beta2 = 0.999,
    epsilon: Epsilon = 1e-8,
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
