"""Virtual tokens: before which models PEFT can put them, and what it gets wrong about them."""

from collections.abc import Callable, Sequence
from functools import partial
from inspect import signature
from typing import Any

import torch
from peft import PeftModel, PromptLearningConfig, TaskType
from torch import nn
from transformers import PreTrainedModel

from luthier.core.errors import UserError
from luthier.models.layers import layer_stack

_PREPARE = "base_model_prepare_inputs_for_generation"
_OUTPUT_BY_TOKEN: dict[str | None, tuple[str, ...]] = {
    TaskType.TOKEN_CLS: ("logits",),
    TaskType.QUESTION_ANS: ("start_logits", "end_logits"),
    TaskType.CAUSAL_LM: ("logits",),
}


def embedding_sizes(model: PreTrainedModel) -> dict[str, Any]:
    """What PEFT wants to know for embeddings of virtual tokens; DistilBERT it does not know."""
    config = model.config
    return {
        "num_layers": config.num_hidden_layers,
        "num_attention_heads": config.num_attention_heads,
        "token_dim": config.hidden_size,
    }


def cache_sizes(model: PreTrainedModel) -> dict[str, Any]:
    """What PEFT wants to know for keys and values of virtual tokens.

    In an encoder-decoder they go into the decoder, which may have another depth, and T5's heads
    together may have another width than the model.
    """
    config = model.config
    heads = getattr(config, "decoder_attention_heads", config.num_attention_heads)
    width = getattr(config, "d_kv", config.hidden_size // heads)
    depth = len(layer_stack(model)) if config.is_encoder_decoder else config.num_hidden_layers
    return {"num_layers": depth, "num_attention_heads": heads, "token_dim": heads * width}


def must_take_embeddings(model: PreTrainedModel, task: TaskType | None, place: str) -> None:
    """Refuse models that cannot take embeddings in the place of tokens, as prompt gives them.

    Raises:
        UserError: the model must see the tokens: BART finds the end of a text by them, and so does
            a decoder that classifies by the last one.
    """
    _must_have_task(model, task, place)
    by_last_token = task == TaskType.SEQ_CLS and "past_key_values" in _inputs(model)
    if by_last_token or _has_idle_decoder(model, task):
        raise UserError(
            f"{place}: {type(model).__name__} needs the numbers of all its tokens, but virtual "
            "tokens have none. Use lora."
        )


def must_take_cache(model: PreTrainedModel, task: TaskType | None, place: str) -> None:
    """Refuse models that take no keys and values from outside, as prefix gives them.

    Raises:
        UserError: so it is.
    """
    _must_have_task(model, task, place)
    takes_cache = "past_key_values" in _inputs(model) | _inputs(model.base_model)
    if not takes_cache or _has_idle_decoder(model, task):
        raise UserError(
            f"{place}: {type(model).__name__} takes no keys and values beside its input. Use lora."
        )


def mend_virtual_tokens(network: PeftModel) -> None:
    """Make a model with virtual tokens answer like one without; no change to any other model.

    PEFT leaves the answers to virtual tokens in the output. Before rows that are padded on the
    left, as in generation, it loses count of positions. And p-tuning's tokens it computes in the
    precision of the moment, but saves them as computed in full precision.
    """
    config = network.active_peft_config
    if not isinstance(config, PromptLearningConfig):
        return
    names = _OUTPUT_BY_TOKEN.get(config.task_type, ())
    network.register_forward_hook(partial(_drop_virtual, names), with_kwargs=True)
    encoder = network.prompt_encoder[network.active_adapter]
    in_full = torch.autocast(network.device.type, enabled=False)
    encoder.forward = in_full(encoder.forward)
    base = network.get_base_model()
    if config.task_type == TaskType.CAUSAL_LM and "position_ids" in _inputs(base):
        base.register_forward_pre_hook(_count_positions, with_kwargs=True)
        prepare = getattr(network, _PREPARE)
        setattr(network, _PREPARE, _without_positions(prepare))


def _drop_virtual(
    names: Sequence[str], network: nn.Module, args: Any, kwargs: dict[str, Any], output: Any
) -> Any:
    length = kwargs["input_ids"].shape[1]
    for name in names:
        # Logits (M, V) are of positions that the task chose: virtual tokens are not among them.
        if name != "logits" or output[name].dim() == 3:
            output[name] = output[name][:, -length:]
    return output


def _count_positions(
    model: nn.Module, args: Any, kwargs: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    mask, ids = kwargs.get("attention_mask"), kwargs.get("input_ids")
    if mask is not None:
        length = (kwargs["inputs_embeds"] if ids is None else ids).shape[1]
        positions = (mask.long().cumsum(1) - 1).clamp(min=0)
        kwargs["position_ids"] = positions[:, -length:]
    return args, kwargs


def _without_positions(prepare: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def prepared(*args: Any, **kwargs: Any) -> dict[str, Any]:
        # PEFT would drop them too, but with a warning for each token.
        return {k: v for k, v in prepare(*args, **kwargs).items() if k != "position_ids"}

    return prepared


def _must_have_task(model: PreTrainedModel, task: TaskType | None, place: str) -> None:
    if task is None or not hasattr(model.config, "hidden_size"):
        raise UserError(
            f"{place}: PEFT has no virtual tokens for {type(model).__name__}. Use lora."
        )


def _has_idle_decoder(model: PreTrainedModel, task: TaskType | None) -> bool:
    # An encoder-decoder that classifies gives its decoder the same tokens as its encoder.
    return task != TaskType.SEQ_2_SEQ_LM and "decoder_input_ids" in _inputs(model)


def _inputs(model: nn.Module) -> set[str]:
    return set(signature(model.forward).parameters)
