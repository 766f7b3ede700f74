"""Rise linearly over the warm-up, then fall linearly to zero at the last step."""


def linear(step: int, warmup_steps: int, num_steps: int) -> float:
    """The factor on the learning rate at a step, counted from 0.

    step / warmup below the warm-up, then (num_steps - step) / (num_steps - warmup): the same as
    `get_linear_schedule_with_warmup` of transformers.
    """
    if step < warmup_steps:
        return step / max(1, warmup_steps)
    return max(0.0, (num_steps - step) / max(1, num_steps - warmup_steps))
