"""Ask a language model for its next token at some positions only: no logits are made elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torch.utils.weak import WeakIdKeyDictionary

from luthier.models.cast import autocast_dtype
from luthier.models.network import Network
from luthier.tasks.projection import Projection

_lasts = WeakIdKeyDictionary()  # output layers, and whether their model ends with them


def project(model: Network, inputs: Mapping[str, Any], positions: Tensor) -> Projection:
    """One forward pass up to the output layer, of M positions instead of B x L.

    The vocabulary is by far the widest layer; where the prompt is long and the answer short, most
    of its products would be thrown away. Adapters may put virtual tokens before a row: positions
    are counted from the right. A model that does more with its logits, such as capping them, makes
    them itself.

    Args:
        model: with an output layer (`get_output_embeddings`).
        inputs: what it is called with.
        positions: (B, L) true where logits are wanted; they come out in row-major order.
    """
    layer: Any = model.get_output_embeddings()
    if layer not in _lasts:
        _lasts[layer] = _ends_with(layer, model, inputs)
    if _lasts[layer]:
        with _stopped_before(layer, positions):
            hidden: Tensor = model(**inputs, use_cache=False).logits
        return Projection(hidden, layer, autocast_dtype(hidden.device))
    with _at_positions(layer, positions):
        return Projection(model(**inputs, use_cache=False).logits, nn.Identity())


def _ends_with(layer: nn.Module, model: Network, inputs: Mapping[str, Any]) -> bool:
    """Whether a model gives its output layer's logits as they are: one row is asked."""
    # Weights that lie in parts are put together for the model's own pass only.
    if type(layer) is not nn.Linear or type(layer.weight) is not nn.Parameter:
        return False
    made: list[Tensor] = []
    handle = layer.register_forward_hook(lambda _, inputs, logits: made.append(logits))
    one = {name: value[:1] for name, value in inputs.items()}
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            return model(**one, use_cache=False).logits is made[0]
    finally:
        handle.remove()


def _selected(hidden: Tensor, positions: Tensor) -> Tensor:
    virtual = hidden.shape[1] - positions.shape[1]
    return hidden[pad(positions, (virtual, 0))]


@contextmanager
def _stopped_before(layer: Any, positions: Tensor) -> Iterator[None]:
    """Let the layer give back what it is given, at these positions."""
    layer.forward = lambda hidden: _selected(hidden, positions)
    try:
        yield
    finally:
        del layer.forward


@contextmanager
def _at_positions(layer: nn.Module, positions: Tensor) -> Iterator[None]:
    """Let the layer make logits at these positions only."""

    def select(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        hidden, *rest = inputs
        return (_selected(hidden, positions), *rest)

    handle = layer.register_forward_pre_hook(select)
    try:
        yield
    finally:
        handle.remove()
