"""Products of whole numbers come near to exact ones, and what must stay exact stays."""

import warnings
from typing import Any

import peft
import pytest
import torch
from torch import nn

from luthier.models.int8 import Int8Linear, to_int8
from tests.tiny import ENCODERS, FAMILIES, make_model, pretrained_class

IDS = torch.tensor([[21, 22, 23, 24], [25, 26, 27, 28]])


def hidden(network: Any) -> torch.Tensor:
    given = {"decoder_input_ids": IDS} if network.config.is_encoder_decoder else {}
    with torch.no_grad():
        found: torch.Tensor = network(input_ids=IDS, **given).logits
    return found


def int8_parts(network: nn.Module) -> list[str]:
    return [name for name, module in network.named_modules() if isinstance(module, Int8Linear)]


@pytest.mark.parametrize("shape", [(64,), (3, 64), (2, 300, 64)], ids=["one", "few", "many"])
@pytest.mark.parametrize("biased", [True, False])
def test_a_product_is_near_the_exact_one(shape: tuple[int, ...], biased: bool) -> None:
    torch.manual_seed(0)
    exact = nn.Linear(64, 48, bias=biased)
    inputs = torch.randn(shape)
    found = Int8Linear(exact.weight, exact.bias)(inputs)
    assert found.shape == (*shape[:-1], 48)
    assert (found - exact(inputs)).norm() < 0.02 * exact(inputs).norm()


def test_whole_numbers_in_range_are_multiplied_exactly() -> None:
    weight = torch.tensor([[127.0, -3.0], [5.0, 127.0]])
    inputs = torch.tensor([[127.0, 64.0], [-1.0, 127.0]])
    torch.testing.assert_close(Int8Linear(weight, None)(inputs), inputs @ weight.T)


def test_nothing_times_something_is_the_bias() -> None:
    bias = torch.tensor([1.0, 2.0])
    assert torch.equal(Int8Linear(torch.zeros(2, 3), bias)(torch.zeros(1, 3)), bias[None])


def test_under_autocast_it_answers_in_the_format_of_products() -> None:
    with torch.autocast("cpu", torch.bfloat16):
        assert Int8Linear(torch.ones(2, 3), None)(torch.ones(1, 3)).dtype == torch.bfloat16


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_in_8_bits_comes_near_to_itself(family: str) -> None:
    head = "AutoModelForSequenceClassification" if family in ENCODERS else pretrained_class(family)
    network = make_model(family, head).eval()
    exact = hidden(network)
    found = to_int8(network)
    assert len(int8_parts(found)) >= 2
    assert (hidden(found) - exact).norm() < 0.1 * exact.norm()


def test_the_head_and_the_embeddings_stay_exact() -> None:
    network: Any = to_int8(make_model("qwen2", "AutoModelForCausalLM"))
    assert type(network.lm_head) is nn.Linear
    assert all("layers." in name for name in int8_parts(network))


@pytest.mark.parametrize("kind", ["lora", "prompt"])
def test_an_adapter_goes_on_answering(kind: str) -> None:
    config: Any = {
        "lora": peft.LoraConfig(
            task_type="CAUSAL_LM", target_modules="all-linear", init_lora_weights=False
        ),
        "prompt": peft.PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4),
    }[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PEFT's, of its own making
        network = peft.get_peft_model(make_model("llama", "AutoModelForCausalLM"), config).eval()
    exact = hidden(network)
    found = to_int8(network)
    assert int8_parts(found)
    assert (hidden(found) - exact).norm() < 0.1 * exact.norm()
