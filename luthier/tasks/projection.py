"""The way from hidden states to a vocabulary, a part at a time: logits are never made whole.

The vocabulary is by far the widest layer: of 49,152 words, the logits of 1,000 tokens take 200 MB
in fp32, and their loss several times that.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

_LOGITS = 2**22
"""Made at a time: 16 MB in fp32."""

PartLoss = Callable[[Tensor, slice], Tensor]
"""From the logits (P, V) of some positions, and which they are, to the sum of their losses."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Logits that are not made yet.

    Attributes:
        hidden: (M, D), what the output layer is given at M positions.
        layer: the output layer; nothing (`nn.Identity`) where `hidden` are logits already.
        rounded_to: the format that autocast gave products when these were asked for; else None.
    """

    hidden: Tensor
    layer: nn.Module
    rounded_to: torch.dtype | None = None

    def __len__(self) -> int:
        return len(self.hidden)

    def logits(self) -> Tensor:
        """All of them, in fp32: (M, V)."""
        kind, device = self.rounded_to, self.hidden.device.type
        with torch.autocast(device, kind) if kind is not None else nullcontext():
            logits: Tensor = self.layer(self.hidden)
        return logits.float()

    def parts(self) -> Iterator[slice]:
        """Positions that are done together, in order."""
        rows = max(1, _LOGITS // getattr(self.layer, "out_features", self.hidden.shape[-1]))
        return (slice(i, min(i + rows, len(self))) for i in range(0, len(self), rows))

    def of(self, part: slice) -> "Projection":
        """Some of the positions."""
        return replace(self, hidden=self.hidden[part])

    def loss_sum(self, loss: PartLoss) -> Tensor:
        """The sum of a loss over all positions, a scalar.

        Gradients are made on the way there, while a part's logits are at hand; the way back only
        scales them. They are exact, but for the order in which the layer's own are summed.
        """
        if not torch.is_grad_enabled():
            return sum((loss(self.of(p).logits(), p) for p in self.parts()), torch.zeros(()))
        moving = [p for p in self.layer.parameters() if p.requires_grad]
        found: Tensor = _LossSum.apply(self, loss, self.hidden, *moving)  # type: ignore[no-untyped-call]
        return found


class _LossSum(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, projection: Projection, loss: PartLoss, hidden: Tensor, *moving: Tensor
    ) -> Tensor:
        total = torch.zeros((), device=hidden.device)
        of_hidden = torch.empty_like(hidden)
        of_moving = [torch.zeros_like(p) for p in moving]
        for part in projection.parts():
            with torch.enable_grad():
                some = replace(projection, hidden=hidden[part].detach().requires_grad_())
                one = loss(some.logits(), part)
                of_hidden[part], *more = torch.autograd.grad(one, [some.hidden, *moving])
            for sums, gradient in zip(of_moving, more, strict=True):
                sums += gradient
            total += one.detach()
        ctx.save_for_backward(of_hidden, *of_moving)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        return (None, None, *(one * gradients[0] for one in ctx.saved_tensors))
