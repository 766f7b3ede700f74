"""Attention of a few rows at a time beside torch's fused and the plain one, forward and backward.

python -m benchmarks.attention          MiniLM's heads and SmolLM2's, lengths from 16 to 512
"""

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import dropout, scaled_dot_product_attention

from luthier.models.row_attention import attend, attention_for

SHAPES = ((32, 12, 16, 32), (16, 12, 64, 32), (16, 12, 256, 32), (8, 9, 512, 64))
"""Rows, heads, tokens, width."""
REPEATS = 7


class Layer(torch.nn.Module):
    """What transformers would ask in the name of."""

    is_causal = False


def plain(query: Tensor, key: Tensor, value: Tensor, p: float) -> Tensor:
    """Attention as the tutorials write it: scores and probabilities in full, softmax in fp32."""
    scores = query @ key.transpose(2, 3) * query.shape[-1] ** -0.5
    shares = scores.softmax(-1, dtype=torch.float32).to(query.dtype)
    return dropout(shares, p) @ value


def milliseconds(work: Callable[[], Tensor]) -> float:
    """The median time of a forward and a backward pass."""
    times = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        output = work()
        output.backward(torch.ones_like(output))  # type: ignore[no-untyped-call]
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times[1:])


def main() -> None:
    """Measure every shape with and without dropout, in bf16."""
    attention_for(torch.device("cpu"))
    print("rows heads tokens width dropout | fused plain ours, milliseconds")
    for shape in SHAPES:
        rows, heads, tokens, width = shape
        query, key, value = (
            torch.randn(rows, heads, tokens, width, dtype=torch.bfloat16, requires_grad=True)
            for _ in range(3)
        )
        for p in (0.1, 0.0):
            ways: list[Callable[[], Tensor]] = [
                lambda: scaled_dot_product_attention(query, key, value, dropout_p=p),  # noqa: B023
                lambda: plain(query, key, value, p),  # noqa: B023
                lambda: attend(Layer(), query, key, value, None, p)[0],  # noqa: B023
            ]
            found = " ".join(f"{milliseconds(way):.1f}" for way in ways)
            print(*shape, p, "|", found, flush=True)


if __name__ == "__main__":
    main()
