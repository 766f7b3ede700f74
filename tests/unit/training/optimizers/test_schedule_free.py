from pathlib import Path
from typing import Any

import torch
from schedulefree import AdamWScheduleFree

from luthier.core.config import MENUS
from tests.toy_loop import copied_weights, same_weights, toy_model, toy_trainer


def test_its_steps_and_its_average_are_those_of_the_library() -> None:
    ours, theirs = toy_model(), toy_model()
    written = {"schedule_free": {"weight_decay": 0.0}}
    optimizers: list[tuple[Any, Any]] = [
        (ours, MENUS["optimizer"].build(written)(ours, 1e-2)),
        (theirs, AdamWScheduleFree(theirs.parameters(), lr=1e-2, foreach=False)),
    ]
    for model, optimizer in optimizers:
        optimizer.train()
        torch.manual_seed(0)
        for _ in range(4):
            for parameter in model.parameters():
                parameter.grad = torch.randn_like(parameter)
            optimizer.step()
        optimizer.eval()
    assert all(
        torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True)
    )


def test_the_way_back_from_the_average_is_exact(tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, optimizer="schedule_free", num_epochs=1)
    for rows in trainer.plan.batches(0):
        trainer.step(rows)
    optimizer: Any = trainer.parts.optimizer
    before = copied_weights(trainer)
    optimizer.eval()
    optimizer.eval()
    assert not same_weights(before, copied_weights(trainer))
    optimizer.train()
    optimizer.train()
    assert same_weights(before, copied_weights(trainer))


def test_a_run_ends_with_the_average(tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, optimizer="schedule_free")
    trainer.fit()
    ended = copied_weights(trainer)
    optimizer: Any = trainer.parts.optimizer
    optimizer.train()
    assert not same_weights(ended, copied_weights(trainer))
