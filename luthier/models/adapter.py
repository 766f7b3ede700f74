"""Which weights move: the contract of `adapters/`."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from torch import nn
from transformers import PreTrainedModel

from luthier.models.network import Network


class Adapter(ABC):
    """Marks the weights that training may move, by `requires_grad`, or adds weights that do.

    Attributes:
        virtual_tokens: how many of the model's positions it takes for itself, beside a row's.
    """

    virtual_tokens: int = 0

    def load_settings(self) -> dict[str, Any]:
        """What the model must be loaded with, both to train it and to ask it later.

        Raises:
            UserError: this machine cannot load it so.
        """
        return {}

    @abstractmethod
    def apply(self, model: PreTrainedModel, *, seed: int) -> Network:
        """Freeze what stays, in place; return what to train.

        Args:
            model: as it was loaded; it belongs to what is returned, and is not to be used besides.
            seed: new weights are drawn with it, the same every time.

        Raises:
            UserError: the model has no such part, or this does not work with such a model.
        """


@dataclass(frozen=True, slots=True)
class Moving:
    """How much of a model moves."""

    parameters: int
    total: int

    def __str__(self) -> str:
        share = f"{100 * self.parameters / self.total:.3g}"
        return f"trains {share} % of {_millions(self.total)} parameters"


def moving(model: nn.Module) -> Moving:
    """Count the parameters that move, and all of them."""
    sizes = [(_count(p), p.requires_grad) for p in model.parameters()]
    return Moving(sum(n for n, moves in sizes if moves), sum(n for n, _ in sizes))


def move_only(model: nn.Module, names: set[str]) -> None:
    """Freeze every parameter but those named."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in names)


def _count(parameter: nn.Parameter) -> int:
    # Weights in 4 bits are packed by twos; what they stand for is noted beside them.
    state = getattr(parameter, "quant_state", None)
    return parameter.numel() if state is None else math.prod(state.shape)


def _millions(count: int) -> str:
    return f"{count / 1e6:.1f} M" if count >= 1e5 else f"{count}"
