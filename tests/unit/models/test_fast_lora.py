from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn

from luthier.models.fast_lora import FastLora, with_fast_lora


class Map(nn.Module):
    def __init__(self, bias: bool):
        super().__init__()
        self.map = nn.Linear(12, 20, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.map(x)


def tuned(*, bias: bool = True, fast: bool, **options: Any) -> nn.Module:
    torch.manual_seed(0)
    config = LoraConfig(r=4, lora_alpha=12, target_modules=["map"], **options)
    model = get_peft_model(Map(bias), config).train()  # type: ignore[arg-type]
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            nn.init.normal_(parameter)
    if fast:
        with_fast_lora(model)
    return model


def passed(model: nn.Module, x: Tensor) -> list[Tensor]:
    x = x.clone().requires_grad_()
    output = model(x)
    (output.float() ** 2).sum().backward()
    moving = [p.grad for p in model.parameters() if p.requires_grad]
    found = [output.detach(), x.grad, *moving]
    assert all(one is not None for one in found)
    return found  # type: ignore[return-value]


@pytest.mark.parametrize("bias", [True, False])
def test_outputs_and_gradients_are_those_of_peft(bias: bool) -> None:
    x = torch.randn(3, 7, 12)
    for found, expected in zip(
        passed(tuned(bias=bias, fast=True), x), passed(tuned(bias=bias, fast=False), x), strict=True
    ):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-3)


def test_under_autocast_it_is_as_near_to_fp32_as_peft_is() -> None:
    x = torch.randn(9, 12)
    exact = passed(tuned(fast=False), x)
    with torch.autocast("cpu", torch.bfloat16):
        ours, theirs = passed(tuned(fast=True), x), passed(tuned(fast=False), x)
    assert ours[0].dtype == torch.bfloat16
    for one, other, true in zip(ours, theirs, exact, strict=True):
        assert (one - true).norm() < 1.5 * (other - true).norm() + 1e-3


def test_it_answers_as_peft_does_outside_of_training() -> None:
    x = torch.randn(3, 12)
    fast, plain = tuned(fast=True).eval(), tuned(fast=False).eval()
    assert torch.equal(fast(x), plain(x))


@pytest.mark.parametrize(
    "options", [{"lora_dropout": 0.5}, {"use_dora": True}, {"lora_bias": True}]
)
def test_what_is_more_than_two_small_maps_is_left_to_peft(options: dict[str, Any]) -> None:
    x = torch.randn(3, 12)
    found = []
    for fast in (True, False):
        model = tuned(fast=fast, **options)
        torch.manual_seed(1)
        found.append(model(x).detach())
    assert torch.equal(found[0], found[1])


def test_only_lora_over_plain_linear_maps_is_replaced() -> None:
    assert sum(type(module) is FastLora for module in tuned(fast=True).modules()) == 1
