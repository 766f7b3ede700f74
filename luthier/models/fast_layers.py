"""RMS norms and gated maps that keep only what they were given for the way back.

Written as single operations, both keep every number on the way: a norm five copies of its input,
partly in fp32, a gate four of the widest activation there is. Here the way back makes them anew.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import silu


def with_lean_layers(network: nn.Module) -> None:
    """Replace, for training, every RMS norm and SiLU gate by one that says the same, bit for bit.

    Which modules these are is found by asking them: one that does not answer like the formula, such
    as a norm that multiplies by 1 + w, stays as it is.
    """
    for module in network.modules():
        for fits, lean in ((_is_norm, _LeanNorm), (_is_gate, _LeanGate)):
            if fits(module):
                kind = type(module)
                module.__class__ = type(f"Lean{kind.__name__}", (lean, kind), {})


def _is_norm(module: Any) -> bool:
    if not type(module).__name__.endswith("RMSNorm") or not hasattr(module, "variance_epsilon"):
        return False
    return _agrees(module, len(module.weight), lambda x: _norm(x, module)[0])


_GATED = {"gate_proj", "up_proj", "down_proj", "act_fn"}


def _is_gate(module: Any) -> bool:
    if not {name for name, _ in module.named_children()} >= _GATED:
        return False
    if type(module.act_fn) is not nn.SiLU and type(module.act_fn).__name__ != "SiLUActivation":
        return False
    width = module.gate_proj.in_features
    return _agrees(
        module, width, lambda x: module.down_proj(silu(module.gate_proj(x)) * module.up_proj(x))
    )


def _agrees(module: nn.Module, width: int, formula: Callable[[Tensor], Tensor]) -> bool:
    weight = next(module.parameters())
    some = torch.linspace(-2, 3, 2 * width, device=weight.device, dtype=weight.dtype)
    is_training = module.training
    module.eval()  # dropout within answers otherwise each time
    with torch.no_grad():
        is_equal = torch.equal(module(some.view(1, 2, width)), formula(some.view(1, 2, width)))
    module.train(is_training)
    return is_equal


class _LeanNorm(nn.Module):
    def forward(self, hidden_states: Tensor) -> Tensor:
        """The same shape."""
        if not (self.training and torch.is_grad_enabled()):
            found: Tensor = super().forward(hidden_states)
            return found
        normed: Tensor = _Norm.apply(hidden_states, self.weight, self)  # type: ignore[no-untyped-call]
        return normed


class _LeanGate(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        if not (self.training and torch.is_grad_enabled()):
            found: Tensor = super().forward(x)
            return found
        gated = _Gate.apply(self.gate_proj(x), self.up_proj(x))  # type: ignore[no-untyped-call,operator]
        down: Tensor = self.down_proj(gated)  # type: ignore[operator]
        return down


def _norm(x: Tensor, module: Any) -> tuple[Tensor, Tensor]:
    """RMSNorm (Zhang and Sennrich, 2019): w x r with r = 1 / sqrt(mean(x^2) + e), and r in fp32."""
    wide = x.float()
    factor = torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + module.variance_epsilon)
    return module.weight * (wide * factor).to(x.dtype), factor


class _Norm(torch.autograd.Function):
    """With n = x r: dx = r (w dy - n mean(w dy n)), dw = sum(dy n)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, module: Any) -> Tensor:
        y, factor = _norm(x, module)
        ctx.save_for_backward(x, weight, factor)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, factor = ctx.saved_tensors
        dy, n = gradients[0].float(), x.float() * factor
        dw = None
        if ctx.needs_input_grad[1]:
            dw = (dy * n).flatten(0, -2).sum(0).to(weight.dtype)
        pull = dy * weight
        mean = (pull * n).mean(-1, keepdim=True)
        dx = pull.sub_(n.mul_(mean)).mul_(factor)
        return dx.to(x.dtype), dw, None


class _Gate(torch.autograd.Function):
    """silu(a) b (Shazeer, 2020): da = silu'(a) b dy, db = silu(a) dy."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor) -> Tensor:
        ctx.save_for_backward(a, b)
        return silu(a).mul_(b)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor]:
        a, b = ctx.saved_tensors
        (dy,) = gradients
        da = torch.ops.aten.silu_backward(dy * b, a)
        return da, silu(a).mul_(dy)
