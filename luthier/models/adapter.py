"""Which weights move: the contract of `adapters/`."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from torch import nn
from transformers import PreTrainedModel


class Adapter(ABC):
    """Marks the weights that training may move, by `requires_grad`."""

    @abstractmethod
    def apply(self, model: PreTrainedModel) -> PreTrainedModel:
        """Freeze what stays, in place; return the model to train.

        Raises:
            UserError: the model has no such part.
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
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return Moving(sum(n for n, moves in sizes if moves), sum(n for n, _ in sizes))


def move_only(model: nn.Module, names: set[str]) -> None:
    """Freeze every parameter but those named."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in names)


def _millions(count: int) -> str:
    return f"{count / 1e6:.1f} M" if count >= 1e5 else f"{count}"
