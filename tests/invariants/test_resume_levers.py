"""Whatever moves the weights, a run killed between checkpoints and resumed ends the same."""

from pathlib import Path
from typing import Any

import pytest

from luthier.core.config import MENUS
from luthier.training.checkpoints import resume
from luthier.training.trainer import Trainer
from tests.toy_loop import Kill, Killed, copied_weights, same_weights, toy_trainer

OPTIMIZERS = MENUS["optimizer"].names()
SCHEDULES = MENUS["schedule"].names()
AVERAGES: list[list[Any]] = [
    ["evaluate", "average_weights"],
    ["average_weights", "evaluate", "keep_best"],
    ["evaluate", "keep_best", "average_weights"],
]
KILLED_AT = 7
EAGER: dict[str, Any] = {"plateau": {"plateau": {"patience": 0, "min_gain": 10.0}}}
"""Options with which a schedule's memory matters within the few steps of a toy."""


def trainer(folder: Path, callbacks: list[Any], kill: int, **levers: Any) -> Trainer:
    built = [MENUS["callbacks"].build(choice) for choice in callbacks]
    return toy_trainer(folder, callbacks=[*built, Kill(kill)], save_every=2, num_epochs=3, **levers)


def both_ends(folder: Path, callbacks: list[Any], **levers: Any) -> tuple[Trainer, Trainer]:
    """A run that was killed and resumed, and the same run without that."""
    whole = trainer(folder / "whole", callbacks, 0, **levers)
    whole.fit()
    with pytest.raises(Killed):
        trainer(folder / "killed", callbacks, KILLED_AT, **levers).fit()
    again = trainer(folder / "killed", callbacks, 0, **levers)
    assert resume(again, again.callbacks)
    assert again.position.step == KILLED_AT - 1
    again.fit()
    return again, whole


def logged(run: Trainer) -> list[dict[str, Any]]:
    """What a run wrote down, but for how long it took."""
    return [{k: v for k, v in line.items() if "second" not in k} for line in run.run.logged()]


def test_the_whole_menus_are_walked() -> None:
    assert (len(OPTIMIZERS), len(SCHEDULES)) == (7, 8)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_with_every_optimizer(name: str, tmp_path: Path) -> None:
    groups = {"classifier": {"learning_rate": 1e-2, "weight_decay": 0.1}}
    optimizer = {name: {"layer_decay": 0.9, "groups": groups}}
    again, whole = both_ends(tmp_path, ["evaluate"], optimizer=optimizer)
    assert same_weights(copied_weights(again), copied_weights(whole))
    assert logged(again) == logged(whole)


@pytest.mark.parametrize("name", SCHEDULES)
def test_with_every_schedule(name: str, tmp_path: Path) -> None:
    again, whole = both_ends(tmp_path, ["evaluate"], schedule=EAGER.get(name, name))
    assert same_weights(copied_weights(again), copied_weights(whole))
    assert logged(again) == logged(whole)


@pytest.mark.parametrize("callbacks", AVERAGES, ids=" ".join)
def test_with_averaged_weights(callbacks: list[Any], tmp_path: Path) -> None:
    again, whole = both_ends(tmp_path, callbacks)
    assert same_weights(copied_weights(again), copied_weights(whole))
    assert logged(again) == logged(whole)


@pytest.mark.parametrize(
    ("optimizer", "average"),
    [("adamw", []), ("adamw", ["average_weights"]), ("schedule_free", [])],
)
def test_how_often_a_run_is_judged_does_not_change_it(
    optimizer: str, average: list[Any], tmp_path: Path
) -> None:
    ends = []
    for every in (1, 5):
        callbacks = [{"evaluate": {"every": every}}, *average]
        run = trainer(tmp_path / str(every), callbacks, 0, optimizer=optimizer)
        run.fit()
        ends.append(copied_weights(run))
    assert same_weights(*ends)
