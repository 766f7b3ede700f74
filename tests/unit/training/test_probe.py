"""Steps that are timed, by a clock that the test winds."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
import torch

from luthier.models.precision import Precision
from luthier.training.probe import Probe, Trial, fastest
from tests.loops import make_model, make_trainer, read_mails

CPU = torch.device("cpu")
FP32 = Trial(Precision("fp32", CPU, "a test"), 1)


@pytest.fixture(scope="module")
def probe(mails: Path, tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Probe:
    rows = read_mails(mails)
    model = make_model(tiny_bert, rows)
    trainer = make_trainer(model, rows, tmp_path_factory.mktemp("probe"))
    parts = trainer.parts
    return Probe(model, parts.objective, parts.train, trainer.plan)


def clock_of(*seconds: float) -> Callable[[], float]:
    """A clock by which each step takes what is said, and nothing else takes any time."""

    def ticks() -> Iterator[float]:
        now = 0.0
        for spent in seconds:
            yield now
            now += spent
            yield now

    return ticks().__next__


def test_the_faster_of_two_steps_counts(probe: Probe) -> None:
    wound = replace(probe, clock=clock_of(3.0, 8.0, 5.0, 2.0))
    one, other = wound.measure([FP32, FP32])
    assert one.seconds / other.seconds == pytest.approx(3.0 / 2.0, rel=0.3)


def test_no_more_than_two_steps_are_timed(probe: Probe) -> None:
    ticks = count()
    replace(probe, clock=lambda: float(next(ticks))).measure([FP32, FP32, FP32])
    assert next(ticks) == 3 * 2 * 2


def test_the_loss_of_the_same_precision_is_the_same(probe: Probe) -> None:
    one, other = probe.measure([FP32, FP32])
    assert one.loss == other.loss


def test_the_model_is_as_it_was(probe: Probe) -> None:
    network = probe.model.network
    weights = {name: value.clone() for name, value in network.state_dict().items()}
    modes = [module.training for module in network.modules()]
    state = torch.get_rng_state()
    probe.measure([FP32, replace(FP32, precision=Precision("bf16", CPU, "a test"))])
    assert all(torch.equal(value, weights[name]) for name, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert [module.training for module in network.modules()] == modes
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_float32_matmul_precision() == "highest"


def test_a_step_that_fails_leaves_the_model_as_it_was(
    probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = torch.get_rng_state()
    with pytest.raises(StopIteration):
        replace(probe, clock=clock_of(1.0)).measure([FP32])
    assert all(parameter.grad is None for parameter in probe.model.network.parameters())
    assert torch.equal(torch.get_rng_state(), state)


def test_what_is_hardly_slower_comes_first_by_order() -> None:
    trials = [replace(FP32, seconds=seconds, loss=seconds) for seconds in (1.2, 1.04, 1.0)]
    assert fastest(trials).seconds == 1.04
