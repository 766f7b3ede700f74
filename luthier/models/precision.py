"""In which floating-point format a model multiplies, and by which attention: by the machine."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch

_PLAIN_ATTENTION = 128


@dataclass(frozen=True, slots=True)
class Precision:
    """The format of matrix products, the device they run on, and why.

    Weights, gradients' sums and optimizer states are fp32 either way; bf16 rounds the operands of
    products to 8 bits of mantissa and adds them up in fp32 (Kalamkar et al., 2019).
    """

    name: Literal["fp32", "bf16"]
    device: torch.device
    reason: str

    def autocast(self) -> AbstractContextManager[object]:
        """The context that forward passes run in."""
        if self.name == "fp32":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)


def choose_precision(wanted: Literal["auto", "fp32", "bf16"]) -> Precision:
    """What the recipe fixes, else bf16 where the processor multiplies it natively.

    The choice depends on the machine only, never on a timing, so that a run repeats bit for bit.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if wanted != "auto":
        return Precision(wanted, device, "fixed by the recipe")
    if device.type == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        native = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    if native:
        return Precision("bf16", device, "the processor multiplies bf16 natively")
    return Precision("fp32", device, "the processor has no native bf16 products")


def attention_for(max_length: int, device: torch.device) -> Literal["eager", "sdpa"]:
    """Which attention trains faster: on a processor, the plain one for rows of up to 128 tokens.

    Measured on MiniLM, training its top two layers in bf16 on 2 cores: at 64 tokens plain attention
    makes 1.25 times the rows of the fused one, at 128 about 1.2 times, at 256 only 0.6 times.
    """
    return "eager" if device.type == "cpu" and max_length <= _PLAIN_ATTENTION else "sdpa"
