"""How gradients become steps: the contract of `optimizers/`.

A choice is a function (model, learning_rate, *, options) -> `torch.optim.Optimizer` over the
weights of the model that move. Its groups come from `parameter_groups`.
"""

from collections.abc import Callable
from typing import TypeVar

from luthier.core.config import MENUS, TrainingSection
from luthier.core.errors import Mistake
from luthier.core.registry import Choice

_Maker = TypeVar("_Maker", bound=Callable[..., object])


def only_with_schedules(*schedules: str) -> Callable[[_Maker], _Maker]:
    """Mark an optimizer that lowers its rate by itself, and goes with some schedules only."""

    def mark(optimizer: _Maker) -> _Maker:
        optimizer.__dict__["schedules"] = schedules
        return optimizer

    return mark


def needs_whole_weights(optimizer: _Maker) -> _Maker:
    """Mark an optimizer that does not go with weights that lie in parts, one in each process."""
    optimizer.__dict__["needs_whole_weights"] = True
    return optimizer


def schedule_mistakes(training: TrainingSection) -> list[Mistake]:
    """What is wrong with the recipe's schedule, given its optimizer."""
    optimizer, schedule = Choice.parse(training.optimizer).name, Choice.parse(training.schedule)
    allowed = getattr(MENUS["optimizer"].get(optimizer), "schedules", (schedule.name,))
    if schedule.name in allowed:
        return []
    remedy = " or ".join(f"`schedule: {name}`" for name in allowed)
    sentence = f"{optimizer} takes the place of {schedule.name}. Write {remedy}."
    return [Mistake("training.schedule", sentence)]
