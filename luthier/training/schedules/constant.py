"""Rise linearly over the warm-up, then stay."""


def constant(step: int, warmup_steps: int, num_steps: int) -> float:
    """The factor on the learning rate at a step, counted from 0: step / warmup, then 1."""
    return step / warmup_steps if step < warmup_steps else 1.0
