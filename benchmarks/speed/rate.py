"""How many products of a matrix this machine does a second, in bf16 and in fp32."""

import time

import torch

_SIZE = 2048
_SECONDS = 1.5


def matrix_rates() -> dict[str, float]:
    """FLOP/s of a square product, the best of many: 2 n^3 for n = 2048."""
    return {
        str(kind).removeprefix("torch."): _rate(kind) for kind in (torch.bfloat16, torch.float32)
    }


def _rate(kind: torch.dtype) -> float:
    one, other = (torch.randn(_SIZE, _SIZE).to(kind) for _ in range(2))
    torch.mm(one, other)
    best, begun = float("inf"), time.perf_counter()
    while time.perf_counter() - begun < _SECONDS:
        start = time.perf_counter()
        torch.mm(one, other)
        best = min(best, time.perf_counter() - start)
    return 2 * _SIZE**3 / best
