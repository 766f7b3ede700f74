import pytest
import torch
from transformers import get_constant_schedule_with_warmup, get_linear_schedule_with_warmup

from luthier.core.config import MENUS

THEIRS = {
    "linear": lambda optimizer: get_linear_schedule_with_warmup(optimizer, 5, 20),
    "constant": lambda optimizer: get_constant_schedule_with_warmup(optimizer, 5),
}


def test_every_schedule_is_held_against_transformers() -> None:
    assert set(THEIRS) == set(MENUS["schedule"].names())


@pytest.mark.parametrize("name", sorted(THEIRS))
def test_a_schedule_is_that_of_transformers(name: str) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    theirs, ours = THEIRS[name](optimizer), MENUS["schedule"].build(name)
    for step in range(20):
        assert ours(step, 5, 20) == pytest.approx(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()


@pytest.mark.parametrize("name", sorted(THEIRS))
def test_no_warm_up_starts_at_full_rate(name: str) -> None:
    assert MENUS["schedule"].build(name)(0, 0, 10) == 1.0
