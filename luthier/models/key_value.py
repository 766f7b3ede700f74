"""The keys and values of what was read and written, in memory that is taken once."""

from typing import Any, final

import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicLayer, EncoderDecoderCache


@final
class Reserved(DynamicLayer):
    """One layer's keys and values, in a rectangle with room for the answers to come.

    transformers' own layer is copied whole for every token, and under autocast cast whole, too:
    rotary positions leave keys in fp32.
    """

    def __init__(self, ahead: int, dtype: torch.dtype | None):
        """Take nothing yet.

        Args:
            ahead: how many positions will come after the first call of `update`, at most.
            dtype: of products; None keeps what comes.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self._ahead, self._format = ahead, dtype
        self._whole: list[Tensor] = []

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Keys and values (B, H, L, D) of all positions so far, with these (B, H, T, D) behind."""
        start, count = self.get_seq_length(), key_states.shape[2]
        new = [states.to(self._format or states.dtype) for states in (key_states, value_states)]
        if not self.is_initialized:
            self.lazy_initialization(*new)
            self._whole = [_room(states, len(states), count + self._ahead) for states in new]
        for whole, states in zip(self._whole, new, strict=True):
            whole.narrow(2, start, count).copy_(states)
        return self._show(start + count)

    def batch_select_indices(self, indices: Tensor) -> None:
        """Keep some rows, and give back the memory of the others."""
        used = self.get_seq_length()
        kept = [_room(whole, len(indices), whole.shape[2]) for whole in self._whole]
        for whole, fewer in zip(self._whole, kept, strict=True):
            fewer[:, :, :used] = whole[indices, :, :used]
        self._whole = kept
        self._show(used)

    def _show(self, end: int) -> tuple[Tensor, Tensor]:
        keys, values = (whole[:, :, :end] for whole in self._whole)
        self.keys, self.values = keys, values
        return keys, values


def _room(like: Tensor, rows: int, positions: int) -> Tensor:
    return like.new_empty(rows, like.shape[1], positions, like.shape[3])


def reserve(cache: object, ahead: int, dtype: torch.dtype | None) -> None:
    """Give an empty cache layers that do not copy; layers of a kind of their own stay.

    Args:
        cache: what transformers prepared for a batch; of an encoder-decoder, what it has written.
        ahead: how many positions will come after the first pass, at most.
        dtype: of products under autocast, else None.
    """
    if isinstance(cache, EncoderDecoderCache):
        cache = cache.self_attention_cache
    if isinstance(cache, Cache):
        cache.layers = [
            Reserved(ahead, dtype)
            if type(layer) is DynamicLayer and not layer.is_initialized
            else layer
            for layer in cache.layers
        ]
