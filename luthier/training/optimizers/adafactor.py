"""Adafactor: Adam's second moment kept as rows and columns, so a matrix costs next to nothing."""

from typing import Annotated

import torch
from pydantic import Field
from torch import nn
from transformers import Adafactor

from luthier.training.optimizer import needs_whole_weights
from luthier.training.optimizer_options import WeightDecay
from luthier.training.parameter_groups import NO_GROUPS, Groups, LayerDecay, parameter_groups


@needs_whole_weights
def adafactor(
    model: nn.Module,
    learning_rate: float,
    *,
    weight_decay: WeightDecay = 0.0,
    decay_rate: Annotated[
        float, Field(lt=0, description="memory of the second moment at step t: 1 - t^this")
    ] = -0.8,
    clip_threshold: Annotated[float, Field(gt=0, description="bound on a step's RMS")] = 1.0,
    scale_by_weights: Annotated[
        bool, Field(description="the rate is a share of each weight's RMS, as in the paper")
    ] = False,
    layer_decay: LayerDecay = 1.0,
    groups: Groups = NO_GROUPS,
) -> torch.optim.Optimizer:
    """Adafactor (Shazeer and Stern, 2018), as transformers has it.

    The rate is the recipe's, moved by its schedule, not the paper's min(0.01, 1/sqrt(t)). torch's
    own Adafactor always scales by the weights' RMS, and would need another scale of rates.
    """
    return Adafactor(
        parameter_groups(model, learning_rate, weight_decay, layer_decay, groups),
        lr=learning_rate,
        decay_rate=decay_rate,
        clip_threshold=clip_threshold,
        scale_parameter=scale_by_weights,
        relative_step=False,
    )
