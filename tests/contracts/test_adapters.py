"""Every adapter moves what it says, and what it moves is all that changes."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    DistilBertConfig,
    GPT2Config,
    LlamaConfig,
    PreTrainedModel,
    RobertaConfig,
)

from luthier.core.config import MENUS
from luthier.models.adapter import moving
from luthier.models.layers import layer_stack, train_mode

SIZES = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 50}
CONFIGS: dict[str, Any] = {
    "bert": lambda: BertConfig(num_hidden_layers=3, **SIZES),
    "roberta": lambda: RobertaConfig(num_hidden_layers=3, **SIZES),
    "distilbert": lambda: DistilBertConfig(
        n_layers=3, dim=16, n_heads=2, hidden_dim=32, vocab_size=50
    ),
    "llama": lambda: LlamaConfig(num_hidden_layers=3, pad_token_id=0, **SIZES),
    "gpt2": lambda: GPT2Config(n_layer=3, n_embd=16, n_head=2, vocab_size=50, pad_token_id=0),
}
ADAPTERS: dict[str, Any] = {
    "full": "full",
    "top_layers": {"top_layers": {"count": 1}},
    "head": "head",
}
PAIRS = [(model, adapter) for model in CONFIGS for adapter in ADAPTERS]
BELOW = ("embed", "wte", "wpe")


def build(name: str) -> PreTrainedModel:
    torch.manual_seed(0)
    return AutoModelForSequenceClassification.from_config(CONFIGS[name]())


def adapted(model: str, adapter: str) -> PreTrainedModel:
    network = build(model)
    return MENUS["adapter"].build(ADAPTERS[adapter]).apply(network)


def moving_names(network: PreTrainedModel) -> set[str]:
    return {name for name, p in network.named_parameters() if p.requires_grad}


def test_every_adapter_meets_every_kind_of_model() -> None:
    assert set(ADAPTERS) == set(MENUS["adapter"].names())
    assert len(PAIRS) == 15


@pytest.mark.parametrize("model", CONFIGS)
def test_full_moves_everything(model: str) -> None:
    network = adapted(model, "full")
    assert moving(network).parameters == moving(network).total


@pytest.mark.parametrize("model", CONFIGS)
def test_head_moves_nothing_of_the_layers_or_below(model: str) -> None:
    network = adapted(model, "head")
    in_layers = {id(p) for p in layer_stack(network).parameters()}
    moved = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    assert moved
    assert not [n for n, p in moved if id(p) in in_layers or any(part in n for part in BELOW)]


@pytest.mark.parametrize("model", CONFIGS)
def test_top_layers_move_the_head_and_the_last_layer(model: str) -> None:
    network = adapted(model, "top_layers")
    last = {id(p) for p in layer_stack(network)[-1].parameters()}
    in_top = {n for n, p in network.named_parameters() if id(p) in last}
    assert moving_names(network) == in_top | moving_names(adapted(model, "head"))


@pytest.mark.parametrize(("model", "adapter"), PAIRS)
def test_only_what_moves_gets_a_gradient(model: str, adapter: str) -> None:
    network = adapted(model, adapter)
    tokens = torch.randint(5, 50, (2, 6))
    train_mode(network)
    network(input_ids=tokens, labels=torch.tensor([0, 1])).loss.backward()
    assert {n for n, p in network.named_parameters() if p.grad is not None} == moving_names(network)


@pytest.mark.parametrize("model", CONFIGS)
def test_a_frozen_part_draws_no_dropout(model: str) -> None:
    network = adapted(model, "head")
    train_mode(network)
    base = network.base_model
    tokens = torch.randint(5, 50, (2, 6))
    torch.manual_seed(1)
    first = base(input_ids=tokens).last_hidden_state
    torch.manual_seed(2)
    assert torch.equal(first, base(input_ids=tokens).last_hidden_state)


@pytest.mark.parametrize(("model", "adapter"), PAIRS)
def test_what_is_saved_is_loaded(model: str, adapter: str, tmp_path: Path) -> None:
    from luthier.models.quiet import quiet

    network = adapted(model, adapter).eval()
    with quiet():
        network.save_pretrained(tmp_path)
        again = AutoModelForSequenceClassification.from_pretrained(tmp_path, use_safetensors=True)
    tokens = torch.randint(5, 50, (2, 6))
    assert torch.equal(network(input_ids=tokens).logits, again.eval()(input_ids=tokens).logits)
