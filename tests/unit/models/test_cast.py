"""Weights that are cast once answer as autocast does, and are gone afterwards."""

import warnings
from typing import Any

import peft
import pytest
import torch
from torch import Tensor, nn

from luthier.models.cast import CastWeights, autocast_dtype
from tests.tiny import DECODERS, ENCODER_DECODERS, make_model, pretrained_class

BF16 = torch.bfloat16


def make(family: str) -> Any:
    return make_model(family, pretrained_class(family)).eval()


def adapted(family: str, **options: Any) -> Any:
    kind: Any = "CAUSAL_LM" if family in DECODERS else "SEQ_2_SEQ_LM"
    config = peft.LoraConfig(
        r=4, target_modules="all-linear", task_type=kind, init_lora_weights=False, **options
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PEFT's, of its own making
        return peft.get_peft_model(make(family), config).eval()


def logits(network: Any, dtype: torch.dtype | None = BF16) -> Tensor:
    ids = torch.tensor([[21, 22, 23, 24], [25, 26, 27, 28]])
    given = {"input_ids": ids}
    if network.config.is_encoder_decoder:
        given["decoder_input_ids"] = ids
    with torch.no_grad(), torch.autocast("cpu", BF16, enabled=dtype is not None):
        found: Tensor = network(**given).logits.float()
    return found


def exactly(network: nn.Module) -> dict[str, tuple[int, Tensor]]:
    return {name: (id(p), p.detach().clone()) for name, p in network.named_parameters()}


@pytest.mark.parametrize("family", [*DECODERS, *ENCODER_DECODERS])
def test_cast_weights_give_the_logits_of_autocast_bit_for_bit(family: str) -> None:
    network = make(family)
    expected = logits(network)
    with CastWeights(network, BF16).in_use():
        assert torch.equal(logits(network), expected)


@pytest.mark.parametrize("dora", [False, True], ids=["lora", "dora"])
@pytest.mark.parametrize("family", ["llama", "gpt2", "t5"])
def test_a_merged_adapter_is_as_near_to_fp32_as_autocast(family: str, dora: bool) -> None:
    network = adapted(family, use_dora=dora)
    exact, usual = logits(network, None), logits(network)
    with CastWeights(network, BF16).in_use():
        merged = logits(network)
    assert (merged - exact).norm() < 1.5 * (usual - exact).norm()


@pytest.mark.parametrize("dora", [False, True], ids=["lora", "dora"])
def test_in_fp32_an_adapter_answers_the_same(dora: bool) -> None:
    network = adapted("llama", use_dora=dora)
    expected = logits(network, None)
    with CastWeights(network, None).in_use():
        torch.testing.assert_close(logits(network, None), expected, atol=1e-5, rtol=1e-5)


def test_in_fp32_weights_without_adapter_are_not_copied() -> None:
    network = make("llama")
    own = exactly(network)
    with CastWeights(network, None).in_use():
        assert {name: number for name, (number, _) in exactly(network).items()} == {
            name: number for name, (number, _) in own.items()
        }


@pytest.mark.parametrize("way", ["plain", "lora", "dora"])
def test_afterwards_the_network_has_its_own_weights_again(way: str) -> None:
    network = make("qwen2") if way == "plain" else adapted("qwen2", use_dora=way == "dora")
    before, answer = exactly(network), logits(network)
    with CastWeights(network, BF16).in_use():
        assert network.get_output_embeddings().weight.dtype == BF16
    after = exactly(network)
    assert [(n, i) for n, (i, _) in after.items()] == [(n, i) for n, (i, _) in before.items()]
    assert all(torch.equal(after[name][1], weight) for name, (_, weight) in before.items())
    assert torch.equal(logits(network), answer)


def test_the_weights_come_back_after_a_failure() -> None:
    network = adapted("llama")
    before = logits(network)
    with pytest.raises(KeyboardInterrupt), CastWeights(network, BF16).in_use():
        raise KeyboardInterrupt
    assert torch.equal(logits(network), before)


def test_embeddings_that_the_head_shares_stay_in_fp32() -> None:
    network = make("qwen2")
    assert network.lm_head.weight is network.get_input_embeddings().weight
    with CastWeights(network, BF16).in_use():
        assert network.get_input_embeddings().weight.dtype == torch.float32
        assert network.lm_head.weight.dtype == BF16
    assert network.lm_head.weight is network.get_input_embeddings().weight


def test_a_weight_that_modules_share_is_copied_once() -> None:
    first, second = nn.Linear(4, 4), nn.Linear(4, 4)
    second.weight = first.weight
    with CastWeights(nn.Sequential(first, second), BF16).in_use():
        assert first.weight is second.weight


def test_an_adapter_that_is_switched_off_is_not_merged() -> None:
    network = adapted("llama")
    with network.disable_adapter():
        expected = logits(network)
        with CastWeights(network, BF16).in_use():
            assert torch.equal(logits(network), expected)


def test_outside_of_autocast_there_is_no_format() -> None:
    assert autocast_dtype(torch.device("cpu")) is None
    with torch.autocast("cpu", BF16):
        assert autocast_dtype(torch.device("cpu")) == BF16
