"""Token by token, until all rows of a batch are done; rows that are done leave it."""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor
from transformers import LogitsProcessorList, StoppingCriteriaList
from transformers.cache_utils import Cache, DynamicLayer, EncoderDecoderCache

from luthier.models.cast import autocast_dtype
from luthier.models.decoding import RowDraw
from luthier.models.key_value import reserve

_BY_ROW = ("attention_mask", "position_ids", "decoder_attention_mask", "inputs_embeds")
"""What transformers keeps from step to step, row by row."""
_LEAVE = 0.5
"""Rows leave when this share of them is done: so each row is moved less than twice in all."""


@torch.no_grad()
def token_loop(
    model: Any,
    input_ids: Any,
    logits_processor: LogitsProcessorList,
    stopping_criteria: StoppingCriteriaList,
    generation_config: Any,
    **inputs: Any,
) -> Tensor:
    """Take the likeliest token of each row, step by step: a `custom_generate` of transformers.

    What is drawn rather than likeliest, `RowDraw` has left alone among the tokens.

    Args:
        model: of transformers.
        input_ids: (B, L), what the answers begin with.
        logits_processor: what changes logits before a token is taken.
        stopping_criteria: which rows are done.
        generation_config: how many tokens at most, and what follows the last token of a row.
        inputs: what else transformers has prepared; its cache is empty.

    Returns:
        (B, L + T), the rows with their answers.
    """
    is_pair = model.config.is_encoder_decoder
    dtype = autocast_dtype(input_ids.device)
    reserve(inputs.get("past_key_values"), generation_config.max_new_tokens, dtype)
    pad, columns = generation_config.pad_token_id, [input_ids]
    present = torch.arange(len(input_ids), device=input_ids.device)
    ids: Any = input_ids
    alive = torch.ones_like(present, dtype=torch.bool)
    while True:
        is_first = len(columns) == 1
        given = model.prepare_inputs_for_generation(
            ids, None if is_first else 1, is_first_iteration=is_first, **inputs
        )
        outputs = model(**given, return_dict=True)
        # transformers documents this way for loops of one's own, underscore or not.
        inputs = model._update_model_kwargs_for_generation(outputs, inputs, is_pair)
        logits = outputs.logits[:, -1].to(torch.float32, copy=True)
        del outputs  # the first one's logits may be large
        tokens = logits_processor(ids, logits).argmax(-1).masked_fill(~alive, pad)
        columns.append(torch.full_like(input_ids[:, :1], pad))
        columns[-1][present, 0] = tokens
        ids = torch.cat([ids, tokens[:, None]], dim=1)
        alive &= ~stopping_criteria(ids, None)
        left = int(alive.sum())
        if not left:
            return torch.cat(columns, dim=1)
        if left <= _LEAVE * len(alive) and _can_leave(inputs):
            rows = alive.nonzero()[:, 0]
            inputs, ids = _only(inputs, rows), ids[rows]
            present, alive = present[rows], alive[rows]
            _keep(logits_processor, rows)


def _keep(processors: Iterable[Any], rows: Tensor) -> None:
    """Have processors that know one row from another go on with some of the rows."""
    for one in processors:
        if isinstance(one, RowDraw):
            one.keep(rows)
        elif isinstance(getattr(one, "prompt_ignore_length", None), Tensor):
            one.prompt_ignore_length = one.prompt_ignore_length[rows]  # how far each is padded


def _can_leave(inputs: Mapping[str, Any]) -> bool:
    """Whether it is known of all that a model keeps which of it belongs to which row."""
    cache = inputs.get("past_key_values")
    if isinstance(cache, EncoderDecoderCache):
        layers = [*cache.self_attention_cache.layers, *cache.cross_attention_cache.layers]
    elif isinstance(cache, Cache):
        layers = cache.layers
    else:
        return False
    others = {name for name, value in inputs.items() if isinstance(value, Tensor)} - {*_BY_ROW}
    positions = inputs.get("position_ids")
    in_rows = positions is None or positions.ndim == 2
    return in_rows and not others and all(isinstance(layer, DynamicLayer) for layer in layers)


def _only(inputs: dict[str, Any], rows: Tensor) -> dict[str, Any]:
    """What a model keeps, of some rows; its cache is changed in place."""
    inputs["past_key_values"].batch_select_indices(rows)
    found = dict(inputs)
    for name in _BY_ROW:
        if found.get(name) is not None:
            found[name] = found[name][rows]
    if (read := found.get("encoder_outputs")) is not None:
        found["encoder_outputs"] = type(read)(last_hidden_state=read.last_hidden_state[rows])
    return found
