"""What meets in the loop: the parts, the pace, the position."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from luthier.models.precision import Precision
from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Task
from luthier.training.objective import Objective

Scores = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Parts:
    """What meets in the loop; each was chosen without knowing the others."""

    model: PreTrainedModel
    task: Task
    objective: Objective
    optimizer: torch.optim.Optimizer
    schedule: Callable[[int, int, int], float]
    train: Encoded
    padding: Mapping[str, int]
    precision: Precision
    validate: Callable[[], Scores] | None


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast and how far: warm-up, the bound on gradients, what happens how often (in steps)."""

    warmup_steps: int
    max_grad_norm: float | None
    log_every: int
    save_every: int | None


@dataclass(slots=True)
class Position:
    """How far the run has come."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
