from collections.abc import Callable
from typing import Any

import pytest
import torch
import transformers as them
from torch.optim import lr_scheduler

from luthier.core.config import MENUS

WARM_UP, STEPS = 5, 20


def after_warm_up(schedule: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """torch's schedules know no warm-up: their step 0 is its end."""

    def build(optimizer: Any) -> Any:
        rise = lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / WARM_UP))
        return lr_scheduler.SequentialLR(optimizer, [rise, schedule(optimizer)], [WARM_UP])

    return build


THEIRS: list[tuple[Any, Callable[[Any], Any]]] = [
    ("linear", lambda o: them.get_linear_schedule_with_warmup(o, WARM_UP, STEPS)),
    ("constant", lambda o: them.get_constant_schedule_with_warmup(o, WARM_UP)),
    ("plateau", lambda o: them.get_constant_schedule_with_warmup(o, WARM_UP)),
    ("cosine", lambda o: them.get_cosine_schedule_with_warmup(o, WARM_UP, STEPS)),
    (
        {"cosine": {"cycles": 3}},
        lambda o: them.get_cosine_with_hard_restarts_schedule_with_warmup(o, WARM_UP, STEPS, 3),
    ),
    (
        {"cosine": {"min_ratio": 0.1}},
        lambda o: them.get_cosine_with_min_lr_schedule_with_warmup(
            o, WARM_UP, STEPS, min_lr_rate=0.1
        ),
    ),
    (
        "polynomial",
        lambda o: them.get_polynomial_decay_schedule_with_warmup(
            o, WARM_UP, STEPS, lr_end=0.0, power=2.0
        ),
    ),
    (
        {"polynomial": {"power": 3, "min_ratio": 0.1}},
        lambda o: them.get_polynomial_decay_schedule_with_warmup(
            o, WARM_UP, STEPS, lr_end=0.1, power=3.0
        ),
    ),
    ("inverse_square_root", lambda o: them.get_inverse_sqrt_schedule(o, WARM_UP)),
    (
        {"inverse_square_root": {"timescale": 50}},
        lambda o: them.get_inverse_sqrt_schedule(o, WARM_UP, timescale=50),
    ),
    (
        {"exponential": {"min_ratio": 0.05}},
        after_warm_up(lambda o: lr_scheduler.ExponentialLR(o, 0.05 ** (1 / (STEPS - WARM_UP)))),
    ),
    (
        {"step": {"every": 4, "factor": 0.3}},
        after_warm_up(lambda o: lr_scheduler.StepLR(o, 4, 0.3)),
    ),
    ("step", after_warm_up(lambda o: lr_scheduler.StepLR(o, STEPS // 4, 0.5))),
]


def test_every_schedule_is_held_against_a_reference() -> None:
    named = {written if isinstance(written, str) else next(iter(written)) for written, _ in THEIRS}
    assert named == set(MENUS["schedule"].names())


@pytest.mark.filterwarnings("ignore:The epoch parameter")  # torch's own, in SequentialLR
@pytest.mark.parametrize(("written", "build"), THEIRS, ids=[str(w) for w, _ in THEIRS])
def test_a_schedule_is_that_of_the_field(written: Any, build: Callable[[Any], Any]) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    theirs, ours = build(optimizer), MENUS["schedule"].build(written)
    for step in range(STEPS):
        assert ours(step, WARM_UP, STEPS) == pytest.approx(theirs.get_last_lr()[0]), step
        optimizer.step()
        theirs.step()


def test_without_warm_up_the_root_has_the_scale_of_transformers() -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    theirs = them.get_inverse_sqrt_schedule(optimizer, 0)
    optimizer.step()
    theirs.step()
    ours = MENUS["schedule"].build("inverse_square_root")(1, 0, 20)
    assert ours == pytest.approx(theirs.get_last_lr()[0])
