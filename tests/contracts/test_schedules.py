"""Every schedule warms up, stays between 0 and 1, and lowers the loss of a run."""

from pathlib import Path
from typing import Any

import pytest

from luthier.core.config import MENUS
from luthier.training.schedule import Schedule
from tests.loops import losses
from tests.toy_loop import toy_trainer

SCHEDULES = MENUS["schedule"].names()


def build(written: Any) -> Schedule:
    schedule: Schedule = MENUS["schedule"].build(written)
    return schedule


def test_there_are_eight() -> None:
    assert len(SCHEDULES) == 8


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_rate_rises_linearly_over_the_warm_up(name: str) -> None:
    schedule = build(name)
    assert [schedule(step, 4, 20) for step in range(5)] == [0, 0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("name", SCHEDULES)
def test_no_warm_up_starts_at_full_rate(name: str) -> None:
    assert build(name)(0, 0, 10) == 1.0


@pytest.mark.parametrize("name", SCHEDULES)
def test_after_the_warm_up_the_rate_never_rises(name: str) -> None:
    schedule = build(name)
    factors = [schedule(step, 5, 40) for step in range(5, 41)]
    assert factors == sorted(factors, reverse=True)
    assert 0 <= factors[-1] <= factors[0] <= 1


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_run_that_is_all_warm_up_ends_at_full_rate(name: str) -> None:
    assert build(name)(10, 10, 10) <= 1.0


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_step_beyond_the_last_is_no_fault(name: str) -> None:
    assert 0 <= build(name)(12, 3, 10) <= 1.0


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_loss_falls(name: str, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, schedule=name, learning_rate=1e-2, num_epochs=12, save_every=99)
    trainer.fit()
    seen = losses(trainer)
    assert sum(seen[-6:]) < 0.8 * sum(seen[:6])
