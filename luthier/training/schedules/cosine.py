"""Rise linearly over the warm-up, then fall along half a cosine wave, once or several times."""

import math
from typing import Annotated

from pydantic import Field

from luthier.training.schedule import progress


def cosine(
    step: int,
    warmup_steps: int,
    num_steps: int,
    *,
    min_ratio: Annotated[float, Field(ge=0, lt=1, description="the factor it ends with")] = 0.0,
    cycles: Annotated[int, Field(ge=1, description="falls; each starts anew at 1")] = 1,
) -> float:
    """The factor: step / warmup, then min + (1 - min) (1 + cos(pi t)) / 2, t the cycle's progress.

    SGDR (Loshchilov and Hutter, 2017, equation 5) with cycles of equal length: the same as
    `get_cosine_with_hard_restarts_schedule_with_warmup` of transformers.
    """
    if step < warmup_steps:
        return step / warmup_steps
    done = progress(step, warmup_steps, num_steps)
    within = cycles * done % 1 if done < 1 else 1.0
    return min_ratio + (1 - min_ratio) * (1 + math.cos(math.pi * within)) / 2
