"""In which floating-point format a model multiplies."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Literal

import torch
from torch import Tensor

from luthier.core.errors import UserError

PrecisionName = Literal["fp32", "fp32_onednn", "bf16"]

EXACT = 1e-5
"""The largest relative error of a product that may be called fp32: sums in another order give
5e-7, operands rounded to bf16 give 3e-3."""
_LEVELS = {"fp32": "highest", "fp32_onednn": "medium", "bf16": "highest"}
_SHAPES = ((16, 64, 64), (8, 12, 64, 32, 64), (256, 384, 768))


@dataclass(frozen=True, slots=True)
class Precision:
    """The format of matrix products, the device they run on, and why.

    Weights, gradients' sums and optimizer states are fp32 in all of them. `fp32` multiplies with
    what torch takes by itself (on processors mostly MKL), `fp32_onednn` with oneDNN, whose fp32
    products are faster on some processors; bf16 rounds the operands of products to 8 bits of
    mantissa and adds them up in fp32 (Kalamkar et al., 2019).
    """

    name: PrecisionName
    device: torch.device
    reason: str

    def autocast(self) -> AbstractContextManager[object]:
        """The context that forward passes run in."""
        if self.name == "bf16":
            return torch.autocast(self.device.type, torch.bfloat16)
        return _products(_LEVELS[self.name]) if self.device.type == "cpu" else nullcontext()

    def apply(self) -> None:
        """From now on all fp32 products of the process are of this kind, in backward passes too.

        `restored` takes it back. On CUDA, what the user has told torch holds.
        """
        if self.device.type == "cpu":
            torch.set_float32_matmul_precision(_LEVELS[self.name])


def choose_precision(wanted: Literal["auto", "fp32", "fp32_onednn", "bf16"]) -> Precision:
    """What is known without a timing: what is fixed, else bf16 where it is multiplied natively.

    Raises:
        UserError: `fp32_onednn` is fixed, where that is not fp32.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if wanted == "fp32_onednn" and not is_usable(wanted, device):
        raise UserError(
            "training.precision: fp32_onednn is for processors whose oneDNN multiplies in fp32, "
            "and here it does not. Use fp32, bf16 or auto."
        )
    if wanted != "auto":
        return Precision(wanted, device, "fixed by the recipe")
    if is_usable("bf16", device):
        return Precision("bf16", device, "the processor multiplies bf16 natively")
    return Precision("fp32", device, "the processor has no native bf16 products")


def is_usable(name: PrecisionName, device: torch.device) -> bool:
    """Whether the device multiplies so by itself, and as exactly as the name says."""
    if name == "fp32":
        return True
    if name == "fp32_onednn":
        is_there = device.type == "cpu" and torch.backends.mkldnn.is_available()
        return is_there and onednn_error() <= EXACT
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def at_hand(name: PrecisionName) -> PrecisionName:
    """A precision that was chosen on some machine; fp32 if it is not usable on this one."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return name if is_usable(name, device) else "fp32"


@cache
def onednn_error() -> float:
    """The largest relative error of fp32 products through oneDNN on this processor.

    torch takes oneDNN for fp32 at the level "medium", which also allows it to round operands to
    bf16. Where it has no matrix units for that, it does not (AMD, Intel before AMX); elsewhere it
    does. The products are those of layers' forward and backward passes, of several sizes and in
    batches; the error is in the Frobenius norm, against fp64.
    """
    random = torch.Generator().manual_seed(0)
    errors = []
    for *batch, rows, inner, columns in _SHAPES:
        one = torch.randn(*batch, rows, inner, generator=random)
        other = torch.randn(*batch, inner, columns, generator=random)
        across = torch.randn(*batch, columns, inner, generator=random).mT
        upright = torch.randn(*batch, inner, rows, generator=random).mT
        errors += [_error(one, other), _error(one, across), _error(upright, other)]
    return max(errors)


def _error(one: Tensor, other: Tensor) -> float:
    with _products(_LEVELS["fp32_onednn"]):
        found = one @ other
    exact = one.double() @ other.double()
    return float((found - exact).norm() / exact.norm())


@contextmanager
def _products(level: str) -> Iterator[None]:
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(level)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


@contextmanager
def restored() -> Iterator[None]:
    """When this ends, threads and fp32 products of the process are again what they were."""
    threads, level = torch.get_num_threads(), torch.get_float32_matmul_precision()
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(level)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
