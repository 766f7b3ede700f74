import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from luthier.tasks import projection
from luthier.tasks.projection import Projection

WORDS = 50


@pytest.fixture(params=[1, 3, 7, 100])
def rows_at_once(request, monkeypatch):
    monkeypatch.setattr(projection, "_LOGITS", request.param * WORDS)
    return request.param


def made() -> tuple[Tensor, nn.Linear, Tensor, Tensor]:
    torch.manual_seed(0)
    hidden = torch.randn(10, 8, requires_grad=True)
    return hidden, nn.Linear(8, WORDS), torch.randint(WORDS, (10,)), torch.rand(10)


def whole() -> list[Tensor]:
    hidden, layer, labels, weights = made()
    loss = (cross_entropy(layer(hidden), labels, reduction="none") * weights).sum()
    (3 * loss).backward()
    return [loss.detach(), hidden.grad, layer.weight.grad, layer.bias.grad]  # type: ignore[list-item]


def in_parts(*, moves: bool = True) -> list[Tensor | None]:
    hidden, layer, labels, weights = made()
    layer.requires_grad_(moves)

    def loss_of(logits: Tensor, part: slice) -> Tensor:
        return (cross_entropy(logits, labels[part], reduction="none") * weights[part]).sum()

    loss = Projection(hidden, layer).loss_sum(loss_of)
    (3 * loss).backward()
    return [loss.detach(), hidden.grad, layer.weight.grad, layer.bias.grad]


def test_loss_and_gradients_are_those_of_whole_logits(rows_at_once):
    for found, expected in zip(in_parts(), whole(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_a_layer_that_does_not_move_gets_no_gradients(rows_at_once):
    _, of_hidden, *of_layer = in_parts(moves=False)
    torch.testing.assert_close(of_hidden, whole()[1])
    assert of_layer == [None, None]


def test_no_more_logits_are_made_at_a_time_than_are_allowed(rows_at_once):
    hidden, layer, _, _ = made()
    parts = list(Projection(hidden, layer).parts())
    assert [i for part in parts for i in range(10)[part]] == list(range(10))
    assert max(len(range(10)[part]) for part in parts) <= rows_at_once


def test_without_gradients_the_loss_is_the_same(rows_at_once):
    hidden, layer, labels, _ = made()
    with torch.inference_mode():
        found = Projection(hidden, layer).loss_sum(
            lambda logits, part: cross_entropy(logits, labels[part], reduction="sum")
        )
    torch.testing.assert_close(
        found, cross_entropy(layer(hidden), labels, reduction="sum").detach()
    )


def test_no_positions_make_no_loss():
    hidden, layer, _, _ = made()
    loss = Projection(hidden[:0], layer).loss_sum(lambda logits, part: logits.sum())
    loss.backward()
    assert float(loss.detach()) == 0
    assert hidden.grad is not None
    assert not hidden.grad.any()
