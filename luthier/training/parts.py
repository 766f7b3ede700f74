"""What meets in the loop: the parts, the pace, the position."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch

from luthier.models.network import Network
from luthier.models.precision import Precision
from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Task
from luthier.training.objective import Objective
from luthier.training.schedule import Schedule

Scores = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Parts:
    """What meets in the loop; each was chosen without knowing the others."""

    model: Network
    task: Task
    objective: Objective
    optimizer: torch.optim.Optimizer
    schedule: Schedule
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
