"""Rise linearly over the warm-up, then fall by the same share at every step."""

from typing import Annotated

from pydantic import Field

from luthier.training.schedule import progress


def exponential(
    step: int,
    warmup_steps: int,
    num_steps: int,
    *,
    min_ratio: Annotated[float, Field(gt=0, lt=1, description="the factor it ends with")] = 0.01,
) -> float:
    """The factor: step / warmup, then min ^ progress.

    The same as torch's `ExponentialLR` with gamma = min ^ (1 / steps after the warm-up).
    """
    if step < warmup_steps:
        return step / warmup_steps
    return float(min_ratio ** progress(step, warmup_steps, num_steps))
