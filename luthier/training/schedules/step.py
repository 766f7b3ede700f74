"""Rise linearly over the warm-up, then fall by a factor every so many steps."""

from typing import Annotated

from pydantic import Field


def step(
    step: int,
    warmup_steps: int,
    num_steps: int,
    *,
    every: Annotated[float, Field(gt=0, description="steps, or below 1 a share of all")] = 0.25,
    factor: Annotated[float, Field(gt=0, lt=1, description="what the rate is multiplied by")] = 0.5,
) -> float:
    """The factor: step / warmup, then factor ^ (whole intervals since the warm-up).

    The same as torch's `StepLR`, started at the end of the warm-up.
    """
    if step < warmup_steps:
        return step / warmup_steps
    interval = int(every) if every >= 1 else max(1, round(every * num_steps))
    return float(factor ** ((step - warmup_steps) // interval))
