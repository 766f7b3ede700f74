"""How the learning rate moves: the contract of `schedules/`.

A choice is a function (step, warmup_steps, num_steps, *, options) -> factor on the learning rate;
steps are counted from 0. One that depends on more than the step is a class with such a `__call__`
that is also a `Callback`: it is told what happens, and its state is in the checkpoints.
"""

from collections.abc import Callable

Schedule = Callable[[int, int, int], float]


def progress(step: int, warmup_steps: int, num_steps: int) -> float:
    """How much of the way from the end of the warm-up to the last step is done: 0 to 1."""
    return min(1.0, (step - warmup_steps) / max(1, num_steps - warmup_steps))
