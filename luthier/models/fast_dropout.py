"""Dropout of hidden states by bits, in place of torch's, whose masks are drawn one by one."""

from typing import Any

import torch
from torch import Tensor, nn

from luthier.models.keep_bits import KeepBits, draw_seed, kept


def with_fast_dropout(network: nn.Module) -> None:
    """Let all plain dropout of a model on a processor be drawn by bits; nothing else changes."""
    for module in network.modules():
        if type(module) is nn.Dropout:
            module.__class__ = FastDropout


class FastDropout(nn.Dropout):
    """Zero with probability p, else divided by 1 - p; another draw than torch's, as likely."""

    def forward(self, values: Tensor) -> Tensor:
        """The same shape."""
        if not self.training or self.p == 0 or values.device.type != "cpu":
            return super().forward(values)
        dropped: Tensor = _Dropout.apply(values, self.p, draw_seed())  # type: ignore[no-untyped-call]
        return dropped


class _Dropout(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, p: float, seed: int) -> Tensor:
        ctx.p = p
        if p == 1:
            ctx.mask = None
            return torch.zeros_like(values)
        ctx.mask = KeepBits(seed, p).draw(tuple(values.shape), values.dtype)
        return kept(values, ctx.mask).mul_(1 / (1 - p))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        if ctx.mask is None:
            return torch.zeros_like(gradients[0]), None, None
        return kept(gradients[0], ctx.mask).mul_(1 / (1 - ctx.p)), None, None
