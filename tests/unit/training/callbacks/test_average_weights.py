from pathlib import Path
from typing import Any, final

import pytest
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.training.callback import Callback, Loop
from luthier.training.parts import Scores
from tests.toy_loop import copied_weights, freeze_all_but, same_weights, toy_model, toy_trainer


@final
class Spy(Callback):
    """Remembers the weights after every step, and those that were judged."""

    def __init__(self) -> None:
        self.raw: list[dict[str, torch.Tensor]] = []
        self.judged: list[dict[str, torch.Tensor]] = []

    def on_step(self, loop: Loop) -> None:
        self.raw.append(copied_weights(loop))  # type: ignore[arg-type]

    def on_evaluation(self, loop: Loop, scores: Scores) -> None:
        self.judged.append(copied_weights(loop))  # type: ignore[arg-type]


def build(*written: Any) -> list[Callback]:
    return [MENUS["callbacks"].build(choice) for choice in written]


def averaged(steps: list[dict[str, torch.Tensor]], decay: float) -> dict[str, torch.Tensor]:
    """The same by torch's AveragedModel, with the decay that rises."""
    model = toy_model()
    average = AveragedModel(model)
    average.n_averaged.fill_(1)  # else the first update copies
    for step, weights in enumerate(steps, start=1):
        model.load_state_dict(weights, strict=False)
        d = min(decay, (1 + step) / (10 + step))
        average.multi_avg_fn = get_ema_multi_avg_fn(d)
        average.update_parameters(model)
    return dict(average.module.named_parameters())


def test_what_is_judged_is_the_average_that_torch_makes(tmp_path: Path) -> None:
    spy = Spy()
    callbacks = [*build("evaluate", {"average_weights": {"decay": 0.5}}), spy]
    toy_trainer(tmp_path, callbacks=callbacks).fit()
    assert len(spy.judged) == 4
    for number, judged in enumerate(spy.judged, start=1):
        expected = averaged(spy.raw[: 3 * number], 0.5)
        assert all(torch.equal(judged[name], expected[name]) for name in judged)


def test_an_evaluation_after_a_step_has_that_step_in_it(tmp_path: Path) -> None:
    spy = Spy()
    callbacks = [*build({"evaluate": {"every": 4}}, "average_weights"), spy]
    toy_trainer(tmp_path, callbacks=callbacks, max_steps=4).fit()
    expected = averaged(spy.raw, 0.999)
    assert all(torch.equal(spy.judged[0][name], expected[name]) for name in expected)


def test_training_goes_on_with_the_raw_weights(tmp_path: Path) -> None:
    plain, beside = Spy(), Spy()
    toy_trainer(tmp_path / "plain", callbacks=[*build("evaluate"), plain]).fit()
    callbacks = [*build("evaluate", "average_weights"), beside]
    toy_trainer(tmp_path / "averaged", callbacks=callbacks).fit()
    assert all(same_weights(a, b) for a, b in zip(plain.raw, beside.raw, strict=True))


def test_a_run_ends_with_the_average(tmp_path: Path) -> None:
    spy = Spy()
    trainer = toy_trainer(tmp_path, callbacks=[*build("evaluate", "average_weights"), spy])
    trainer.fit()
    assert same_weights(copied_weights(trainer), spy.judged[-1])
    assert not same_weights(copied_weights(trainer), spy.raw[-1])


@pytest.mark.parametrize(
    "order", [("average_weights", "keep_best"), ("keep_best", "average_weights")]
)
def test_the_best_that_is_kept_is_an_average_in_either_order(
    order: tuple[str, str], tmp_path: Path
) -> None:
    spy = Spy()
    trainer = toy_trainer(tmp_path, callbacks=[*build("evaluate", *order), spy], num_epochs=8)
    trainer.fit()
    seen = [line["validation"]["loss"] for line in trainer.run.logged() if "validation" in line]
    assert same_weights(copied_weights(trainer), spy.judged[seen.index(min(seen))])


def test_frozen_weights_are_not_averaged(tmp_path: Path) -> None:
    model = toy_model()
    moving = freeze_all_but(model, "classifier")
    (average,) = build("average_weights")
    toy_trainer(tmp_path, callbacks=[average], model=model, num_epochs=1).fit()
    assert set(average.tensors()) == moving


def test_two_averages_are_one_too_many(tmp_path: Path) -> None:
    trainer = toy_trainer(
        tmp_path, optimizer="schedule_free", callbacks=build("evaluate", "average_weights")
    )
    with pytest.raises(UserError, match=r"average_weights: the weights are averaged already"):
        trainer.fit()
