"""Several processes train as one does: the same curve, exact resume, one writer."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from luthier.core.config import MENUS
from luthier.training.distributed import joined
from tests.crews import run_crew, train_toy
from tests.toy_loop import toy_trainer

pytestmark = pytest.mark.xdist_group("crews")

PARALLEL = ("data", "sharded")
OPTIMIZERS = MENUS["optimizer"].names()
SHARDED = [n for n in OPTIMIZERS if not hasattr(MENUS["optimizer"].get(n), "needs_whole_weights")]
UNEVEN: dict[str, Any] = {"batch_size": 11, "micro_batch_size": 3, "max_steps": 6}
"""48 rows, the fifth batch is of 4: the processes have never as many rows or as many passes."""
TOLERANCE = {"muon": 2e-3, "adafactor": 1e-4}
"""Both divide by small numbers what is equal to 1e-7; Muon multiplies in bf16 besides."""


def seed_after_a_step(folder: Path) -> int:
    with joined() as crew:
        trainer = toy_trainer(folder / str(crew.rank))
        trainer.crew = crew
        trainer.step(trainer.plan.batches(0)[0])
        return torch.initial_seed()


def trained(folder: Path, size: int, **options: Any) -> list[Any]:
    return run_crew(train_toy, folder, UNEVEN | options, size=size)


def curve(lines: list[dict[str, Any]]) -> list[float]:
    return [line[name] for line in lines for name in ("loss", "grad_norm", "tokens")]


def test_the_whole_menu_is_walked() -> None:
    assert (len(OPTIMIZERS), SHARDED) == (7, ["adam", "adamw", "rmsprop"])


@pytest.mark.parametrize(
    ("parallel", "name"), [("data", n) for n in OPTIMIZERS] + [("sharded", n) for n in SHARDED]
)
def test_the_curve_is_that_of_one_process(parallel: str, name: str, tmp_path: Path) -> None:
    levers = {"optimizer": name, "parallel": parallel}
    ((alone, _),) = trained(tmp_path / "alone", 1, **levers)
    (together, _), _ = trained(tmp_path / "together", 2, **levers)
    assert curve(together) == pytest.approx(curve(alone), abs=TOLERANCE.get(name, 1e-5))


@pytest.mark.parametrize("parallel", PARALLEL)
def test_a_killed_crew_that_is_resumed_ends_as_if_it_never_was(
    parallel: str, tmp_path: Path
) -> None:
    levers: dict[str, Any] = {
        "parallel": parallel,
        "dropout": 0.1,
        "save_every": 2,
        "callbacks": [{"evaluate": {"every": 2}}, "keep_best"],
        "schedule": {"plateau": {"patience": 0, "min_gain": 10.0}},
    }
    (whole, weights), _ = trained(tmp_path / "whole", 2, **levers)
    killed, other = trained(tmp_path / "killed", 2, **levers, kill=(0, 5))
    assert killed == "killed"
    assert other.startswith("UserError: Another process of this run has ended")
    (again, found), _ = trained(tmp_path / "killed", 2, **levers, resume=True)
    assert all(np.array_equal(found[name], weights[name]) for name in weights)
    assert again == whole


def test_ctrl_c_in_one_process_ends_all_of_them_with_one_checkpoint(tmp_path: Path) -> None:
    ends = trained(tmp_path, 2, interrupt=(1, 3))
    assert ends == ["KeyboardInterrupt: "] * 2
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["step-3"]


def test_each_process_draws_its_own_dropout_and_the_first_that_of_one(tmp_path: Path) -> None:
    (alone,) = run_crew(seed_after_a_step, tmp_path / "alone", size=1)
    first, other = run_crew(seed_after_a_step, tmp_path / "together")
    assert (first == alone, other == alone) == (True, False)


def test_another_number_of_processes_can_go_on(tmp_path: Path) -> None:
    ((alone, _),) = trained(tmp_path / "alone", 1)
    trained(tmp_path / "grown", 1, save_every=2, interrupt=(0, 4))
    (grown, _), _ = trained(tmp_path / "grown", 2, resume=True)
    assert curve(grown) == pytest.approx(curve(alone), abs=1e-5)
