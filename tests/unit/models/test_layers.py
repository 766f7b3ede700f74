"""Where layers are, how far gradients go down, and who drops out."""

from typing import Any

import pytest
import torch
from torch import nn

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.models.layers import (
    layer_stack,
    layer_stacks,
    parameters_from_layer,
    reached_layers,
    train_mode,
)
from tests.tiny import ENCODER_DECODERS, FAMILIES, make_model

CLASSIFIER = "AutoModelForSequenceClassification"


def adapted(family: str, adapter: Any, auto_class: str = CLASSIFIER) -> Any:
    return MENUS["adapter"].build(adapter).apply(make_model(family, auto_class), seed=0)


def dropouts(network: nn.Module) -> dict[str, bool]:
    """Which dropouts are in training mode, by name."""
    return {
        name: module.training
        for name, module in network.named_modules()
        if isinstance(module, nn.Dropout)
    }


class Odd(nn.Module):
    def __init__(self, left: int, right: int):
        super().__init__()
        self.left = nn.ModuleList(nn.Linear(1, 1) for _ in range(left))
        self.right = nn.ModuleList(nn.Linear(1, 1) for _ in range(right))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_stack_has_as_many_layers_as_the_model(family: str) -> None:
    assert len(layer_stack(make_model(family, CLASSIFIER))) == 3


@pytest.mark.parametrize("family", ENCODER_DECODERS)
def test_of_an_encoder_decoder_the_decoders_stack_is_on_top(family: str) -> None:
    model = make_model(family, "AutoModelForSeq2SeqLM")
    stacks = layer_stacks(model)
    assert [name.split(".")[-2] for name in stacks] == ["encoder", "decoder"]
    assert layer_stack(model) is list(stacks.values())[1]


def test_the_decoders_stack_counts_even_if_it_is_shorter() -> None:
    model = make_model("bart", "AutoModelForSeq2SeqLM", decoder_layers=1)
    assert len(layer_stack(model)) == 1


def test_lists_inside_layers_are_no_stacks() -> None:
    assert len(layer_stacks(make_model("t5", "AutoModelForTokenClassification"))) == 1


def test_the_longest_of_several_stacks_is_the_one() -> None:
    assert len(layer_stack(Odd(2, 5))) == 5


def test_stacks_of_one_length_are_refused_by_name() -> None:
    with pytest.raises(UserError, match="left, right"):
        layer_stack(Odd(2, 2))


def test_a_model_without_layers_is_refused() -> None:
    with pytest.raises(UserError, match="no layers"):
        layer_stack(nn.Linear(2, 2))


def test_barts_norm_of_the_embeddings_lies_below_its_layers() -> None:
    model = make_model("bart", "AutoModelForSeq2SeqLM")
    assert not [name for name, _ in parameters_from_layer(model, 0) if "embed" in name]


@pytest.mark.parametrize(
    ("adapter", "layers"),
    [
        ("full", 3),
        ("head", 0),
        ({"top_layers": {"count": 1}}, 1),
        ({"top_layers": {"count": 2}}, 2),
        ("bias_only", 3),
        ("lora", 3),
        ({"lora": {"layers": 1}}, 1),
        ("bottleneck", 3),
        ("prompt", 3),
        ("prefix", 3),
    ],
    ids=str,
)
def test_a_gradient_reaches_down_to_the_first_that_moves(adapter: Any, layers: int) -> None:
    assert reached_layers(adapted("bert", adapter)) == layers


def test_a_gradient_in_the_encoder_has_passed_all_of_the_decoder() -> None:
    assert reached_layers(adapted("t5", "lora")) == 6
    assert reached_layers(adapted("t5", {"lora": {"layers": 2}})) == 2


def test_with_all_weights_moving_all_drops_out() -> None:
    network = adapted("bert", "full")
    train_mode(network)
    assert set(dropouts(network).values()) == {True}


def test_below_the_first_low_rank_update_nothing_drops_out() -> None:
    network = adapted("bert", {"lora": {"layers": 1, "dropout": 0.5}})
    train_mode(network)
    modes = dropouts(network)
    below = {name for name in modes if "embeddings" in name or ".layer.0." in name}
    below |= {name for name in modes if ".layer.1." in name}
    assert {modes[name] for name in below} == {False}
    assert {modes[name] for name in modes.keys() - below} == {True}


def test_the_first_update_drops_out_too() -> None:
    network = adapted("bert", {"lora": {"target_modules": ["query"], "dropout": 0.5}})
    train_mode(network)
    own = [mode for name, mode in dropouts(network).items() if "lora_dropout" in name]
    assert own == [True, True, True]


def test_frozen_parts_above_an_update_drop_out() -> None:
    network = adapted("gpt2", {"lora": {"target_modules": ["c_attn"]}}, "AutoModelForCausalLM")
    train_mode(network)
    modes = dropouts(network)
    assert modes["base_model.model.transformer.h.0.mlp.dropout"]
    assert not modes["base_model.model.transformer.drop"]


@pytest.mark.parametrize("adapter", ["prompt", "prefix", "p_tuning"])
def test_virtual_tokens_make_all_of_the_model_drop_out(adapter: str) -> None:
    network = adapted("bert", adapter)
    train_mode(network)
    assert set(dropouts(network).values()) == {True}


def test_above_the_first_bottleneck_all_drops_out() -> None:
    network = adapted("bert", "bottleneck")
    train_mode(network)
    modes = dropouts(network)
    below = {n for n in modes if "embeddings" in n or "layer.0.attention" in n}
    assert {modes[name] for name in below} == {False}
    assert {modes[name] for name in modes.keys() - below} == {True}


@pytest.mark.parametrize("family", ["bert", "distilbert", "roberta", "gpt2"])
def test_a_frozen_body_computes_the_same_every_time(family: str) -> None:
    network = adapted(family, "head")
    train_mode(network)
    tokens = torch.randint(5, 40, (2, 6))
    first = network.base_model(input_ids=tokens).last_hidden_state
    assert torch.equal(first, network.base_model(input_ids=tokens).last_hidden_state)
