"""Ask a language model for its next token at some positions only: no logits are made elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import pad

from luthier.models.network import Network


@contextmanager
def at_positions(model: Network, positions: Tensor) -> Iterator[None]:
    """Let the output layer see M positions instead of B x L: the model's logits become (M, V).

    The vocabulary is by far the widest layer; where the prompt is long and the answer short, most
    of its products would be thrown away. Adapters may put virtual tokens before a row: positions
    are counted from the right.

    Args:
        model: with an output layer (`get_output_embeddings`).
        positions: (B, L) true where logits are wanted; they come out in row-major order.
    """
    head: Any = model.get_output_embeddings()

    def select(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        hidden, *rest = inputs
        virtual = hidden.shape[1] - positions.shape[1]
        return (hidden[pad(positions, (virtual, 0))], *rest)

    handle = head.register_forward_pre_hook(select)
    try:
        yield
    finally:
        handle.remove()
