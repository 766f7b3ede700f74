"""The loss of each target by itself, before weights and sums: one function for each name."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional

from luthier.tasks.projection import PartLoss, Projection
from luthier.tasks.task import Batch, Task

LossName = Literal["auto", "cross_entropy", "focal", "squared", "absolute", "huber"]
Loss = Callable[[Tensor, Tensor], Tensor]
"""From logits (M, C) and labels (M,) or (M, C), or (M,) both, to (M,) losses in fp32."""


def cross_entropy(logits: Tensor, labels: Tensor, *, smoothing: float = 0.0) -> Tensor:
    """-sum_c q_c log p_c, q = (1 - s) [c = y] + s / C (Szegedy et al., 2016): (M,).

    A class with the logit -inf is no choice, and none of the C.
    """
    each = functional.cross_entropy(logits, labels, reduction="none")
    if not smoothing:
        return each
    is_none = logits == -torch.inf
    log_p = logits.log_softmax(dim=-1).masked_fill(is_none, 0)
    return (1 - smoothing) * each - smoothing * log_p.sum(dim=-1) / (~is_none).sum(dim=-1)


def binary_cross_entropy(logits: Tensor, labels: Tensor, *, smoothing: float = 0.0) -> Tensor:
    """The mean over C labels of -q log p - (1 - q) log(1 - p), q = (1 - s) y + s / 2: (M,)."""
    smooth = labels * (1 - smoothing) + smoothing / 2
    loss = functional.binary_cross_entropy_with_logits(logits, smooth, reduction="none")
    return loss.mean(dim=-1)


def focal(logits: Tensor, labels: Tensor, *, gamma: float = 2.0) -> Tensor:
    """-(1 - p_y)^gamma log p_y (Lin et al., 2017); of label sets the mean over labels: (M,)."""
    if labels.dim() == 2:
        each = functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
        return ((1 - (-each).exp()) ** gamma * each).mean(dim=-1)
    each = cross_entropy(logits, labels)
    return (1 - (-each).exp()) ** gamma * each


def squared(predictions: Tensor, labels: Tensor) -> Tensor:
    """(x - y)^2: (M,)."""
    return functional.mse_loss(predictions, labels, reduction="none")


def absolute(predictions: Tensor, labels: Tensor) -> Tensor:
    """|x - y|: (M,)."""
    return functional.l1_loss(predictions, labels, reduction="none")


def huber(predictions: Tensor, labels: Tensor, *, delta: float = 1.0) -> Tensor:
    """Squared up to delta, straight beyond it (Huber, 1964): (M,)."""
    return functional.huber_loss(predictions, labels, reduction="none", delta=delta)


FITTING: Mapping[str, Mapping[str, Callable[..., Tensor]]] = {
    "classes": {"cross_entropy": cross_entropy, "focal": focal},
    "label_sets": {"cross_entropy": binary_cross_entropy, "focal": focal},
    "numbers": {"squared": squared, "absolute": absolute, "huber": huber},
}
"""What fits which kind of targets; the first is the usual one."""


def summed(task: Task, output: Any, batch: Batch, loss: PartLoss) -> Tensor:
    """The sum of a loss over the targets of a batch, where there may be many in parts: a scalar.

    Args:
        task: whose targets they are.
        output: as `task.forward` gave it.
        batch: what it was asked.
        loss: from the logits of some targets, and which they are, to the sum of their losses.
    """
    if isinstance(output, Projection):
        return output.loss_sum(loss)
    return loss(task.logits(output, batch), slice(None))


def plain_loss(kind: str) -> Loss:
    """The usual loss of a kind of targets: what validation reports whatever training uses."""
    return next(iter(FITTING[kind].values()))


def with_options(loss: Callable[..., Tensor], **options: float) -> Loss:
    """A loss with its options fixed, those it has none of left out."""
    known = inspect.signature(loss).parameters
    return partial(loss, **{name: value for name, value in options.items() if name in known})


def divergence(one: Tensor, other: Tensor, kind: str) -> Tensor:
    """How far two passes over the same targets lie apart, both ways: (M,).

    (KL(P1 || P2) + KL(P2 || P1)) / 2, of label sets the mean over labels; of numbers (x1 - x2)^2.
    """
    if kind == "numbers":
        return squared(one, other)
    if kind == "label_sets":
        on = functional.logsigmoid(one), functional.logsigmoid(other)
        off = functional.logsigmoid(-one), functional.logsigmoid(-other)
        apart = sum((a.exp() - b.exp()) * (a - b) for a, b in (on, off))
        return torch.as_tensor(apart).mean(dim=-1) / 2
    first, second = one.log_softmax(dim=-1), other.log_softmax(dim=-1)
    apart = (first - second).masked_fill(one == -torch.inf, 0)  # what is no choice in either
    return ((first.exp() - second.exp()) * apart).sum(dim=-1) / 2
