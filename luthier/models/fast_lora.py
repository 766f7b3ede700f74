"""LoRA's update of a linear map in one operation: no sums, scalings and casts of whole outputs."""

from typing import Any

import torch
from peft.tuners.lora import Linear
from torch import Tensor, nn
from torch.nn.functional import linear

from luthier.models.cast import autocast_dtype


def with_fast_lora(network: nn.Module) -> None:
    """Let plain LoRA over plain linear maps be trained by one operation; nothing else changes."""
    for module in network.modules():
        if type(module) is Linear and type(module.get_base_layer()) is nn.Linear:
            module.__class__ = FastLora


class FastLora(Linear):
    """PEFT's, but for training on a processor: y = x W^T + b + (x A^T) (s B)^T, summed in place."""

    def forward(self, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """(..., inputs) -> (..., outputs)."""
        if not self._is_plain(x) or args or kwargs:
            found: Tensor = super().forward(x, *args, **kwargs)
            return found
        (name,) = self.active_adapters
        base, scale = self.get_base_layer(), self.scaling[name]
        down, up = self.lora_A[name].weight, self.lora_B[name].weight
        kind = autocast_dtype(x.device) or x.dtype
        updated: Tensor = _Updated.apply(x, base.weight, base.bias, down, up, scale, kind)  # type: ignore[no-untyped-call]
        return updated

    def _is_plain(self, x: Tensor) -> bool:
        """Whether it is trained now: on a processor, with one adapter that has nothing but A, B."""
        if not (self.training and torch.is_grad_enabled() and x.device.type == "cpu"):
            return False
        if self.disable_adapters or self.merged or self.lora_variant:
            return False
        if len(self.active_adapters) != 1 or self.active_adapters[0] not in self.lora_A:
            return False
        (name,) = self.active_adapters
        dropout, base = self.lora_dropout[name], self.get_base_layer()
        is_frozen = not any(p.requires_grad for p in base.parameters())
        return is_frozen and isinstance(dropout, nn.Identity) and self.lora_B[name].bias is None


class _Updated(torch.autograd.Function):
    """With h = x A^T and t = dy (s B): dx = dy W + t A, dA = t^T x, dB = s dy^T h."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        down: Tensor,
        up: Tensor,
        scale: float,
        kind: torch.dtype,
    ) -> Tensor:
        rows, w = x.reshape(-1, x.shape[-1]).to(kind), weight.to(kind)
        a, b = down.to(kind), (up * scale).to(kind)
        with torch.autocast("cpu", enabled=False):
            y = linear(rows, w, None if bias is None else bias.to(kind))
            h = rows @ a.t()
            y.addmm_(h, b.t())
        ctx.save_for_backward(rows, w, a, b, h)
        ctx.scale, ctx.shape, ctx.kind = scale, x.shape, x.dtype
        return y.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        rows, w, a, b, h = ctx.saved_tensors
        dy = gradients[0].reshape(-1, w.shape[0])
        t = dy @ b
        dx = None
        if ctx.needs_input_grad[0]:
            dx = (dy @ w).addmm_(t, a).view(ctx.shape).to(ctx.kind)
        da, db = (t.t() @ rows).float(), (dy.t() @ h).float().mul_(ctx.scale)
        return dx, None, None, da, db, None, None
