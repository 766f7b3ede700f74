"""Attention for training on a processor: a few rows at a time, without padding, dropout by bits.

Fused attention knows no dropout on a processor, and plain attention holds every score several
times in fp32. Here the scores of as few rows as fill a cache are made, used and kept in the format
of the products.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import repeat_kv, sdpa_attention_forward
from transformers.masking_utils import bidirectional_mask_function, causal_mask_function, sdpa_mask

from luthier.models.keep_bits import KeepBits, draw_seed, kept

ROWS = "luthier_rows"
"""What transformers calls this attention (`attn_implementation`)."""

_SCORES = 2**19
"""Of rows that are done together: what stays in a cache, yet is worth a call."""
_KEPT_BYTES = 2**26
"""Of a layer's scores: beyond it they are made a second time on the way back."""
_UNUSUAL = ("position_bias", "softcap", "s_aux", "cache")


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which scores there are: of each row its length squared, or of causal rows one half of it."""

    lengths: tuple[int, ...]
    is_causal: bool

    def parts(self, heads: int) -> Iterator["_Part"]:
        """Neighbouring rows that are done together."""
        start = 0
        while start < len(self.lengths):
            width = self.lengths[start]
            end = start + 1
            while end < len(self.lengths):
                wider = max(width, self.lengths[end])
                if heads * wider * wider * (end + 1 - start) > _SCORES:
                    break
                width, end = wider, end + 1
            yield _Part(slice(start, end), width, self._mask(self.lengths[start:end], width))
            start = end

    def _mask(self, lengths: tuple[int, ...], width: int) -> Tensor | None:
        """What is not to be seen, true: (C, 1, n, n), or with ones for what does not matter."""
        mask = None
        if min(lengths) < width:
            mask = (torch.arange(width) >= torch.tensor(lengths)[:, None])[:, None, None]
        if self.is_causal:
            above = torch.ones(width, width, dtype=torch.bool).triu_(1)
            mask = above if mask is None else above | mask
        return mask


@dataclass(frozen=True, slots=True)
class _Part:
    rows: slice
    width: int
    unseen: Tensor | None

    def of(self, whole: Tensor) -> Tensor:
        """(B, H, L, D) -> (C H, n, D)."""
        return whole[self.rows, :, : self.width].flatten(0, 1)

    def put(self, found: Tensor, whole: Tensor) -> None:
        """(C H, n, D) into its place in (B, H, L, D)."""
        whole[self.rows, :, : self.width] = found.unflatten(0, (-1, whole.shape[1]))


_shapes = WeakTensorKeyDictionary()  # of the masks that say no more than lengths and causality


def attention_for(device: torch.device) -> str:
    """What to load a model with (`attn_implementation`): on a processor this attention.

    Forward and backward pass in bf16 with dropout, 2 threads: rows of 64 tokens in 0.4 of the time
    of torch's fused attention, of 256 in 0.2, of 512 in 0.3 (`python -m benchmarks.attention`).
    """
    if device.type != "cpu":
        return "sdpa"
    AttentionInterface.register(ROWS, attend)
    AttentionMaskInterface.register(ROWS, row_mask)
    return ROWS


def row_mask(*args: Any, **kwargs: Any) -> Tensor | None:
    """The mask that fused attention takes; where it is a plain one, its lengths are noted."""
    mask = sdpa_mask(*args, **kwargs)
    function, padding = kwargs.get("mask_function"), kwargs.get("attention_mask")
    plain = (causal_mask_function, bidirectional_mask_function)
    if mask is None or function not in plain or mask.shape[2] != mask.shape[3]:
        return mask
    if padding is None:
        lengths = (mask.shape[3],) * mask.shape[0]
    elif padding.ndim == 2 and not bool((padding[:, 1:] & ~padding[:, :-1]).any()):
        lengths = tuple(padding.sum(1).tolist())
    else:
        return mask
    _shapes[mask] = _Shape(lengths, function is causal_mask_function)
    return mask


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    is_causal: bool | None = None,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """softmax(Q K^T s) V, as transformers asks for it: (B, H, L, D) becomes (B, L, H, D).

    Where the mask is none of whole rows, or tokens are written one by one, fused attention does it.
    """
    shape = _shape_of(module, query, key, attention_mask, is_causal)
    is_usual = all(kwargs.get(name) is None for name in _UNUSUAL)
    if shape is None or not is_usual or query.device.type != "cpu":
        return sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout, scaling, is_causal, **kwargs
        )
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    groups = query.shape[1] // key.shape[1]
    operands = [query, repeat_kv(key, groups), repeat_kv(value, groups)]
    if torch.is_autocast_enabled("cpu"):
        operands = [one.to(torch.get_autocast_dtype("cpu")) for one in operands]
    seed = draw_seed() if dropout else 0
    output: Tensor = _RowAttention.apply(*operands, shape, scale, dropout, seed)  # type: ignore[no-untyped-call]
    return output, None


def _shape_of(
    module: nn.Module, query: Tensor, key: Tensor, mask: Tensor | None, is_causal: bool | None
) -> _Shape | None:
    if mask is not None:
        return cast("_Shape | None", _shapes.get(mask))
    if query.shape[2] != key.shape[2]:
        return None
    causal = getattr(module, "is_causal", True) if is_causal is None else is_causal
    return _Shape((query.shape[2],) * query.shape[0], bool(causal))


class _RowAttention(torch.autograd.Function):
    """Forward and backward pass, a part of the batch at a time.

    With P = softmax(Q K^T s), dropout mask M and D = P M: O = D V / (1 - p); on the way back
    dP = (dO V^T) M / (1 - p), dS = P (dP - rowsum(dP P)), dQ = dS K s and dK = dS^T Q s.
    """

    @staticmethod
    def forward(
        ctx: Any,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        shape: _Shape,
        scale: float,
        dropout: float,
        seed: int,
    ) -> Tensor:
        rows, heads, length, width = query.shape
        output = query.new_zeros(rows, length, heads, width)
        parts = list(shape.parts(heads))
        scores = sum((p.rows.stop - p.rows.start) * p.width**2 for p in parts) * heads
        ctx.parts, ctx.scale, ctx.dropout, ctx.seed = parts, scale, dropout, seed
        is_kept = scores * query.element_size() * (1 + (dropout > 0)) <= _KEPT_BYTES
        ctx.held = [] if is_kept and any(ctx.needs_input_grad) else None
        bits = KeepBits(seed, dropout)
        with torch.autocast("cpu", enabled=False):
            for part in parts:
                p, mask = _probabilities(ctx, part, part.of(query), part.of(key), bits)
                if ctx.held is not None:
                    ctx.held.append((p, mask))
                dropped = p if mask is None else kept(p, mask)
                part.put(torch.bmm(dropped, part.of(value)), output.transpose(1, 2))
        ctx.save_for_backward(query, key, value)
        return output.div_(1 - dropout) if dropout else output

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        query, key, value = ctx.saved_tensors
        above = gradients[0].transpose(1, 2)
        if ctx.dropout:
            above = above / (1 - ctx.dropout)
        found = [torch.zeros_like(one) for one in (query, key, value)]
        bits = KeepBits(ctx.seed, ctx.dropout)
        for number, part in enumerate(ctx.parts):
            q, k, v, g = (part.of(one) for one in (query, key, value, above))
            p, mask = ctx.held[number] if ctx.held else _probabilities(ctx, part, q, k, bits)
            dropped = p if mask is None else kept(p, mask)
            part.put(torch.bmm(dropped.transpose(1, 2), g), found[2])
            dp = torch.bmm(g, v.transpose(1, 2))
            if mask is not None:
                dp = kept(dp, mask)
            ds = torch.ops.aten._softmax_backward_data(dp, p, -1, p.dtype).mul_(ctx.scale)
            part.put(torch.bmm(ds, k), found[0])
            part.put(torch.bmm(ds.transpose(1, 2), q), found[1])
        return (*found, None, None, None, None)


def _probabilities(
    ctx: Any, part: _Part, q: Tensor, k: Tensor, bits: KeepBits
) -> tuple[Tensor, Tensor | None]:
    """P of some rows, (C H, n, n), and the mask of what is kept of it."""
    scores = torch.bmm(q, k.transpose(1, 2)).mul_(ctx.scale)
    if part.unseen is not None:
        whole = scores.unflatten(0, (part.rows.stop - part.rows.start, -1))
        whole.masked_fill_(part.unseen, float("-inf"))
    p = scores.softmax(-1)
    return p, bits.draw(tuple(p.shape), p.dtype) if ctx.dropout else None
