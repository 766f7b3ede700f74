"""Muon: the steps of the layers' matrices made orthogonal; AdamW for all other weights."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import torch
from pydantic import Field
from torch import nn

from luthier.core.errors import UserError
from luthier.training.optimizer import needs_whole_weights
from luthier.training.optimizer_options import WeightDecay
from luthier.training.parameter_groups import (
    NO_GROUPS,
    Groups,
    LayerDecay,
    layer_stacks,
    parameter_groups,
)


@needs_whole_weights
def muon(
    model: nn.Module,
    learning_rate: float,
    *,
    weight_decay: WeightDecay = 0.01,
    momentum: Annotated[float, Field(ge=0, lt=1, description="Muon's memory of gradients")] = 0.95,
    beta1: Annotated[float, Field(ge=0, lt=1, description="AdamW's of the mean gradient")] = 0.9,
    beta2: Annotated[float, Field(ge=0, lt=1, description="AdamW's of its square")] = 0.999,
    layer_decay: LayerDecay = 1.0,
    groups: Groups = NO_GROUPS,
) -> torch.optim.Optimizer:
    """Muon (Jordan et al., 2024), with steps as large as AdamW's (Liu et al., 2025, section 2.2).

    So one learning rate serves the layers' matrices, that Muon moves, and embeddings, heads and
    vectors, that AdamW moves.

    Raises:
        UserError: no matrix of a layer moves.
    """
    matrices = {
        id(p)
        for stack in layer_stacks(model)
        for p in stack.parameters()
        if p.requires_grad and p.ndim == 2 and min(p.shape) > 1
    }
    if not matrices:
        raise UserError(
            "training.optimizer: muon moves matrices of layers, and with this adapter none moves. "
            "Use adamw."
        )
    found = parameter_groups(model, learning_rate, weight_decay, layer_decay, groups)
    return _Pair(
        torch.optim.Muon(
            _only(found, lambda p: id(p) in matrices),
            lr=learning_rate,
            momentum=momentum,
            adjust_lr_fn="match_rms_adamw",
        ),
        torch.optim.AdamW(
            _only(found, lambda p: id(p) not in matrices),
            lr=learning_rate,
            betas=(beta1, beta2),
            fused=True,
        ),
    )


def _only(
    groups: Sequence[dict[str, Any]], belongs: Callable[[nn.Parameter], bool]
) -> list[dict[str, Any]]:
    parts = [{**group, "params": [p for p in group["params"] if belongs(p)]} for group in groups]
    return [part for part in parts if part["params"]]


class _Pair(torch.optim.Optimizer):
    """Two optimizers as one: the groups and states of the first, then those of the second."""

    def __init__(self, first: torch.optim.Optimizer, second: torch.optim.Optimizer):
        self._both = (first, second)
        super().__init__([*first.param_groups, *second.param_groups], {})
        self._share()

    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Step with both."""
        for optimizer in self._both:
            optimizer.step()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take back what `state_dict` gave."""
        super().load_state_dict(state_dict)
        self._share()

    def _share(self) -> None:
        """Let both work on the groups and states that are seen from outside."""
        first, second = self._both
        first.state = second.state = self.state
        count = len(first.param_groups)
        first.param_groups = self.param_groups[:count]
        second.param_groups = self.param_groups[count:]
