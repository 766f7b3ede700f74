"""Schedule-free AdamW: a running average of the weights in place of a falling rate."""

from typing import Annotated, Any

import torch
from pydantic import Field
from schedulefree import AdamWScheduleFree  # type: ignore[import-untyped]
from torch import Tensor, nn

from luthier.training.optimizer import needs_whole_weights, only_with_schedules
from luthier.training.optimizer_options import Epsilon, WeightDecay
from luthier.training.parameter_groups import NO_GROUPS, Groups, LayerDecay, parameter_groups


@needs_whole_weights
@only_with_schedules("constant")
def schedule_free(
    model: nn.Module,
    learning_rate: float,
    *,
    weight_decay: WeightDecay = 0.01,
    beta1: Annotated[
        float, Field(gt=0, lt=1, description="how near the average gradients are taken")
    ] = 0.9,
    beta2: Annotated[float, Field(ge=0, lt=1, description="memory of the mean square")] = 0.999,
    epsilon: Epsilon = 1e-8,
    layer_decay: LayerDecay = 1.0,
    groups: Groups = NO_GROUPS,
) -> torch.optim.Optimizer:
    """Schedule-free AdamW (Defazio et al., 2024), of the library `schedulefree`.

    The average of the weights is what is judged and saved. Warm-up is the schedule's; the steps of
    the warm-up count less in the average, by the square of their rate.
    """
    return _ScheduleFree(
        parameter_groups(model, learning_rate, weight_decay, layer_decay, groups),
        lr=learning_rate,
        betas=(beta1, beta2),
        eps=epsilon,
        # All at once, the library's default, is made for GPUs; on a processor it is slower.
        foreach=next(model.parameters()).is_cuda,
    )


class _ScheduleFree(AdamWScheduleFree):  # type: ignore[misc]
    """The library's optimizer; the way back from the average is exact, not computed."""

    def __init__(self, params: list[dict[str, Any]], **options: Any):
        super().__init__(params, **options)
        self._weights: dict[nn.Parameter, Tensor] = {}

    def eval(self) -> None:
        """Put the average into the model."""
        if not self._weights:
            for group in self.param_groups:
                self._weights |= {p: p.data for p in group["params"]}
            for parameter, data in self._weights.items():
                parameter.data = data.clone()
        super().eval()

    def train(self) -> None:
        """Put the weights that training moves back."""
        super().train()
        for parameter, data in self._weights.items():
            parameter.data = data
        self._weights = {}
