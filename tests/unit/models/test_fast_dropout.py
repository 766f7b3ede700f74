import pytest
import torch
from torch import nn

from luthier.models.fast_dropout import FastDropout, with_fast_dropout


@pytest.mark.parametrize("p", [0.1, 0.5, 1.0])
def test_values_are_dropped_or_scaled_up(p: float) -> None:
    found = FastDropout(p)(torch.ones(300, 301))
    assert float((found == 0).double().mean()) == pytest.approx(p, abs=0.01)
    assert bool(((found == 0) | ((found - 1 / max(1 - p, 0.1)).abs() < 1e-6)).all())


@pytest.mark.parametrize("p", [0.4, 1.0])
def test_gradients_pass_where_values_passed(p: float) -> None:
    values = torch.randn(7, 9, requires_grad=True)
    found = FastDropout(p)(values)
    found.sum().backward()
    assert values.grad is not None
    torch.testing.assert_close(values.grad * values.detach(), found.detach())


@pytest.mark.parametrize("p", [0.0, 0.5])
def test_nothing_is_dropped_in_evaluation_nor_at_zero(p: float) -> None:
    values = torch.randn(5)
    layer = FastDropout(p).eval() if p else FastDropout(p)
    assert torch.equal(layer(values), values)


def test_the_same_seed_drops_the_same() -> None:
    found = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        found.append(FastDropout(0.5)(torch.ones(64)))
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def test_only_plain_dropout_is_replaced() -> None:
    class Own(nn.Dropout):
        pass

    model = nn.Sequential(nn.Dropout(0.1), Own(0.1), nn.Linear(2, 2))
    with_fast_dropout(model)
    assert [type(layer) for layer in model] == [FastDropout, Own, nn.Linear]
