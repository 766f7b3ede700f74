from collections.abc import Callable

import pytest
import torch

from luthier.core.config import MENUS
from luthier.models.frozen_weights import held_frozen, hold_frozen
from luthier.models.network import Network
from luthier.models.precision import Precision
from tests.tiny import make_model

CPU = torch.device("cpu")
BF16 = Precision("bf16", CPU, "")


def adapted(adapter: object = "lora") -> Network:
    model = make_model("llama", "AutoModelForCausalLM")
    network: Network = MENUS["adapter"].build(adapter).apply(model, seed=0)
    return network


def kinds(network: Network, wanted: Callable[[str], bool]) -> set[torch.dtype]:
    return {p.dtype for name, p in network.named_parameters() if wanted(name)}


def test_what_never_moves_is_rounded_and_the_adapter_is_not() -> None:
    network = adapted()
    hold_frozen(network, BF16)
    assert kinds(network, lambda name: "lora_" in name) == {torch.float32}
    assert kinds(network, lambda name: "lora_" not in name) == {torch.bfloat16}


def test_weights_of_products_are_what_autocast_would_make_of_them() -> None:
    network = adapted()
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    hold_frozen(network, BF16)
    for name, parameter in network.named_parameters():
        assert torch.equal(parameter, before[name].to(parameter.dtype))


@pytest.mark.parametrize(
    ("adapter", "precision"),
    [
        ("lora", Precision("fp32", CPU, "")),
        ("lora", Precision("bf16", torch.device("cuda"), "")),
        ("full", BF16),
        ("head", BF16),
        ("dora", BF16),
        ("ia3", BF16),
    ],
)
def test_nothing_else_is_rounded(adapter: str, precision: Precision) -> None:
    network = adapted(adapter) if adapter != "head" else _classifier()
    hold_frozen(network, precision)
    assert kinds(network, lambda _: True) == {torch.float32}


def test_a_head_that_moves_stays_exact() -> None:
    model = make_model("bert", "AutoModelForSequenceClassification")
    network = MENUS["adapter"].build("lora").apply(model, seed=0)
    hold_frozen(network, BF16)
    moving = {p.dtype for p in network.parameters() if p.requires_grad}
    assert moving == {torch.float32}


def test_for_a_while_means_that_the_very_weights_come_back() -> None:
    network = adapted()
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    with held_frozen(network, BF16):
        assert torch.bfloat16 in kinds(network, lambda _: True)
    for name, parameter in network.named_parameters():
        assert torch.equal(parameter, before[name])


def _classifier() -> Network:
    model = make_model("bert", "AutoModelForSequenceClassification")
    network: Network = MENUS["adapter"].build("head").apply(model, seed=0)
    return network
