"""Rise linearly over the warm-up, then fall as a power of the steps that are left."""

from typing import Annotated

from pydantic import Field

from luthier.training.schedule import progress


def polynomial(
    step: int,
    warmup_steps: int,
    num_steps: int,
    *,
    power: Annotated[float, Field(gt=0, description="1 is linear; more falls faster first")] = 2.0,
    min_ratio: Annotated[float, Field(ge=0, lt=1, description="the factor it ends with")] = 0.0,
) -> float:
    """The factor: step / warmup, then min + (1 - min) (1 - progress) ^ power.

    The same as `get_polynomial_decay_schedule_with_warmup` of transformers.
    """
    if step < warmup_steps:
        return step / warmup_steps
    left = 1 - progress(step, warmup_steps, num_steps)
    return float(min_ratio + (1 - min_ratio) * left**power)
