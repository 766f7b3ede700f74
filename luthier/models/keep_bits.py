"""Dropout by bits: masks drawn eight bytes at a time, and applied by a bitwise and.

On a processor torch draws one number an element, one after the other, which at long rows costs
more than the products do. Here a random word makes four masks of bf16 elements, or two of fp32.
"""

import math
from typing import cast

import numpy as np
import torch
from torch import Tensor

_BITS = {
    torch.bfloat16: torch.int16,
    torch.float16: torch.int16,
    torch.float32: torch.int32,
    torch.float64: torch.int64,
}


def draw_seed() -> int:
    """A seed from torch's own generator, so that what is drawn is a function of the step."""
    return int(torch.randint(2**62, ()))


class KeepBits:
    """A stream of masks, the same for the same seed: all ones where an element is kept, else zero.

    An element is dropped with probability p, rounded to a multiple of 2^-15 for bf16 (2^-31 for
    fp32): a word of b random bits without sign is compared with p 2^(b-1).
    """

    def __init__(self, seed: int, p: float):
        self._words = np.random.SFC64(seed)
        self._p = p

    def draw(self, shape: tuple[int, ...], kind: torch.dtype) -> Tensor:
        """The next mask, for numbers of a kind: integers as wide as they are."""
        bits = _BITS[kind]
        width = bits.itemsize * 8
        count = math.prod(shape)
        words = cast("np.ndarray", self._words.random_raw(-(-count * bits.itemsize // 8)))
        mask = torch.from_numpy(words).view(bits)[:count].view(shape)
        mask.bitwise_and_(torch.iinfo(bits).max)
        # The sign of (threshold - 1 - word) spread over all bits: set where the word is not below.
        return (
            mask.neg_().add_(round(self._p * 2 ** (width - 1)) - 1).bitwise_right_shift_(width - 1)
        )


def kept(values: Tensor, mask: Tensor) -> Tensor:
    """The values where the mask is set, zero elsewhere; not yet scaled by 1 / (1 - p)."""
    return values.view(mask.dtype).bitwise_and(mask).view(values.dtype)
