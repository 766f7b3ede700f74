"""Rise linearly over the warm-up, then fall as one over the root of the step."""

from typing import Annotated

from pydantic import Field


def inverse_square_root(
    step: int,
    warmup_steps: int,
    num_steps: int,
    *,
    timescale: Annotated[
        int | None, Field(ge=1, description="steps in which it falls to 0.71; else the warm-up")
    ] = None,
) -> float:
    """The factor: step / warmup, then sqrt(scale / (step - warmup + scale)).

    Vaswani et al. (2017), equation 3; the same as `get_inverse_sqrt_schedule` of transformers. The
    scale is the warm-up where none is given, 10,000 steps where there is no warm-up either.
    """
    if step < warmup_steps:
        return step / warmup_steps
    scale = timescale or warmup_steps or 10_000
    return float((scale / (step - warmup_steps + scale)) ** 0.5)
