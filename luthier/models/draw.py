"""Weights that are drawn at random, the same every time."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def drawn_with(seed: int) -> Iterator[None]:
    """Within this block random numbers come from the seed; around it nothing is drawn."""
    state = torch.random.get_rng_state()
    torch.manual_seed(seed)
    try:
        yield
    finally:
        torch.random.set_rng_state(state)
