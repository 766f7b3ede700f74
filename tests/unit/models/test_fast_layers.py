from copy import deepcopy

import pytest
import torch
from torch import Tensor, nn
from transformers import GemmaConfig, GemmaModel, LlamaConfig, LlamaModel, Qwen2Config, Qwen2Model

from luthier.models.fast_layers import with_lean_layers

SIZES = {
    "vocab_size": 30,
    "hidden_size": 16,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 8,
}
MODELS = {
    "llama": lambda: LlamaModel(LlamaConfig(**SIZES)),
    "qwen2": lambda: Qwen2Model(Qwen2Config(**SIZES)),
}


def pair(name: str) -> tuple[nn.Module, nn.Module]:
    torch.manual_seed(0)
    plain = MODELS[name]().train()
    for parameter in plain.parameters():
        nn.init.normal_(parameter, std=0.5)
    lean = deepcopy(plain)
    with_lean_layers(lean)
    return plain, lean


def passed(model: nn.Module, hidden: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    hidden = hidden.clone().requires_grad_()
    output = model(inputs_embeds=hidden, use_cache=False).last_hidden_state
    output.square().sum().backward()
    found = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    assert hidden.grad is not None
    return output.detach(), {**found, "hidden": hidden.grad}


def replaced(model: nn.Module) -> int:
    return sum(type(module).__name__.startswith("Lean") for module in model.modules())


@pytest.mark.parametrize("name", MODELS)
def test_norms_and_gates_are_all_replaced(name: str) -> None:
    assert replaced(pair(name)[1]) == 2 * 3 + 1


@pytest.mark.parametrize("name", MODELS)
def test_the_way_there_is_the_same_bit_for_bit(name: str) -> None:
    plain, lean = pair(name)
    hidden = torch.randn(3, 5, 16)
    assert torch.equal(passed(lean, hidden)[0], passed(plain, hidden)[0])


@pytest.mark.parametrize("name", MODELS)
def test_gradients_are_the_same(name: str) -> None:
    plain, lean = pair(name)
    hidden = torch.randn(3, 5, 16)
    found, expected = passed(lean, hidden)[1], passed(plain, hidden)[1]
    assert found.keys() == expected.keys()
    for key, gradient in expected.items():
        atol = 1e-4 * float(gradient.abs().max())
        torch.testing.assert_close(found[key], gradient, rtol=1e-4, atol=atol)


def test_bf16_is_rounded_where_it_was() -> None:
    plain, lean = pair("llama")
    hidden = torch.randn(3, 5, 16, dtype=torch.bfloat16)
    plain, lean = plain.to(torch.bfloat16), lean.to(torch.bfloat16)
    assert torch.equal(passed(lean, hidden)[0], passed(plain, hidden)[0])


def test_a_norm_with_another_formula_stays() -> None:
    model = GemmaModel(GemmaConfig(**SIZES))
    for parameter in model.parameters():
        nn.init.normal_(parameter)
    with_lean_layers(model)
    assert replaced(model) == 0


def test_weights_keep_their_names() -> None:
    plain, lean = pair("llama")
    assert lean.state_dict().keys() == plain.state_dict().keys()
