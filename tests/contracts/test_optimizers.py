"""Every optimizer lowers the loss, moves only what moves, and takes the same groups."""

from pathlib import Path

import pytest
import torch

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.models.layers import train_mode
from tests.loops import losses
from tests.toy_loop import freeze_all_but, toy_model, toy_trainer

OPTIMIZERS = MENUS["optimizer"].names()


def test_there_are_seven() -> None:
    assert len(OPTIMIZERS) == 7


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_loss_falls(name: str, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, optimizer=name, num_epochs=12, save_every=99)
    trainer.fit()
    seen = losses(trainer)
    assert sum(seen[-6:]) < 0.8 * sum(seen[:6])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_all_that_moves_changes_and_nothing_else(name: str, tmp_path: Path) -> None:
    model = toy_model()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    moving = freeze_all_but(model, "layer.1", "pooler", "classifier")
    assert 0 < len(moving) < len(before)
    toy_trainer(tmp_path, optimizer=name, model=model, num_epochs=1).fit()
    assert {n for n, p in model.named_parameters() if not torch.equal(p, before[n])} == moving


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_groups_set_rate_and_decay_by_name(name: str) -> None:
    groups = {"classifier": {"learning_rate": 0.5, "weight_decay": 0.25}}
    model = toy_model()
    optimizer = MENUS["optimizer"].build({name: {"groups": groups, "layer_decay": 0.5}})(model, 0.1)
    head = {id(p) for p in model.classifier.parameters()}
    chosen = [g for g in optimizer.param_groups if g["lr"] == 0.5 and g["weight_decay"] == 0.25]
    assert {id(p) for group in chosen for p in group["params"]} == head
    lowest = min(optimizer.param_groups, key=lambda group: group["lr"])
    assert lowest["lr"] == pytest.approx(0.1 * 0.5**3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_moving_weight_is_in_one_group(name: str) -> None:
    model = toy_model()
    optimizer = MENUS["optimizer"].build(name)(model, 0.1)
    held = [id(p) for group in optimizer.param_groups for p in group["params"]]
    assert sorted(held) == sorted(id(p) for p in model.parameters())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_pattern_that_finds_nothing_is_refused(name: str) -> None:
    build = MENUS["optimizer"].build({name: {"groups": {"clasifier": {"learning_rate": 1e-3}}}})
    with pytest.raises(UserError, match="`clasifier` is found in the name of no moving weight"):
        build(toy_model(), 1e-3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_rate_of_zero_changes_nothing(name: str, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, optimizer=name)
    for group in trainer.parts.optimizer.param_groups:
        group["initial_lr"] = 0.0
    before = [p.detach().clone() for p in trainer.parts.model.parameters()]
    train_mode(trainer.parts.model)
    trainer.step(trainer.plan.batches(0)[0])
    after = trainer.parts.model.parameters()
    assert all(torch.equal(p, old) for p, old in zip(after, before, strict=True))
