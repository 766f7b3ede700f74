"""Which precision a run takes: by the recipe, by its own past, by what was timed."""

import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch

from luthier.core.config import Recipe, read_recipe
from luthier.core.runs import Run
from luthier.models.precision import Precision, restored
from luthier.training import precision
from luthier.training.precision import CANDIDATES, LEAST_STEPS, Settled, settle
from luthier.training.probe import Probe, Trial
from tests.loops import make_model, make_trainer, read_mails

AUTO = Precision("bf16", torch.device("cpu"), "native")


class Timings(Probe):
    """Says how long each candidate takes, and how far its loss lies from that of fp32."""

    seconds: ClassVar = {"fp32": 3.0, "fp32_onednn": 2.0, "bf16": 1.0}
    apart: ClassVar = {"fp32": 0.0, "fp32_onednn": 0.0, "bf16": 4e-4}
    by_threads: ClassVar = {1: 1.0, 2: 0.5}
    asked: ClassVar = 0

    def measure(self, trials: Any) -> list[Trial]:
        type(self).asked += 1
        return [
            replace(
                one,
                loss=2.0 * (1 + self.apart[one.precision.name]),
                seconds=self.seconds[one.precision.name] * self.by_threads[one.threads],
            )
            for one in trials
        ]


@pytest.fixture(scope="module")
def probe(mails: Path, tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Probe:
    rows = read_mails(mails)
    model = replace(make_model(tiny_bert, rows), precision=AUTO)
    trainer = make_trainer(model, rows, tmp_path_factory.mktemp("probe"))
    plan = replace(trainer.plan, num_epochs=1000)
    return Probe(model, trainer.parts.objective, trainer.parts.train, plan)


@pytest.fixture(autouse=True)
def usable(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine that has every precision and one thread; afterwards torch is as it was."""
    monkeypatch.setattr(precision, "is_usable", lambda name, device: True)
    monkeypatch.setattr(precision, "at_hand", lambda name: name)
    monkeypatch.setattr(precision, "thread_counts", lambda: [1])
    with restored():
        yield


def timings(probe: Probe, **facts: Any) -> Probe:
    kind = type("Told", (Timings,), {"asked": 0, **facts})
    told: Probe = kind(probe.model, probe.objective, probe.train, probe.plan)
    return told


def recipe(written: str = "auto", **training: Any) -> Recipe:
    return read_recipe(
        {
            "task": "text_classification",
            "data": {"source": "mails.csv"},
            "model": {"base": "bert"},
            "training": {"precision": written, **training},
        }
    )


def test_the_fastest_that_keeps_the_loss_is_taken(probe: Probe) -> None:
    found = settle(recipe(), timings(probe))
    assert (found.name, found.threads) == ("bf16", 1)
    assert found.reason == "3.0x as fast as fp32 here, loss within 0.1 %"
    assert list(found.probed) == list(CANDIDATES)


@pytest.mark.parametrize("apart", [1.01e-2, -2e-2, math.nan, math.inf])
def test_a_loss_out_of_tolerance_is_not_taken(probe: Probe, apart: float) -> None:
    told = timings(probe, apart={**Timings.apart, "bf16": apart})
    assert settle(recipe(), told).name == "fp32_onednn"


def test_fp32_itself_needs_no_tolerance(probe: Probe) -> None:
    told = timings(probe, apart=dict.fromkeys(CANDIDATES, math.nan))
    assert settle(recipe(), told).name == "fp32"


def test_alike_speeds_are_settled_by_order(probe: Probe) -> None:
    told = timings(probe, seconds={"fp32": 1.04, "fp32_onednn": 1.02, "bf16": 1.0})
    assert settle(recipe(), told).name == "fp32"


def test_the_second_run_remembers_the_first(probe: Probe) -> None:
    first = settle(recipe(), timings(probe))
    other = timings(probe, seconds={"fp32": 1.0, "fp32_onednn": 2.0, "bf16": 3.0})
    assert settle(recipe(), other) == first
    assert other.asked == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("change", [{"batch_size": 8}, {"micro_batch_size": 4}])
def test_another_batch_is_probed_anew(probe: Probe, change: dict[str, Any]) -> None:
    settle(recipe(), timings(probe))
    other = timings(replace(probe, plan=replace(probe.plan, **change)))
    settle(recipe(), other)
    assert other.asked == 1  # type: ignore[attr-defined]


def test_a_resumed_run_goes_on_as_it_was_begun(probe: Probe) -> None:
    settle(recipe(), timings(probe))
    begun = Settled("fp32_onednn", "so it was", 1)
    assert settle(recipe(), timings(probe), begun) == begun
    assert torch.get_float32_matmul_precision() == "medium"


def test_a_run_resumed_elsewhere_says_so(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "at_hand", lambda name: "fp32")
    found = settle(recipe(), timings(probe), Settled("bf16", "so it was", 1))
    assert (found.name, found.reason) == ("fp32", "begun in bf16, which this machine does not have")


def test_what_the_recipe_fixes_is_not_probed(probe: Probe) -> None:
    told = timings(probe)
    assert settle(recipe("bf16"), told).reason == AUTO.reason
    assert told.asked == 0  # type: ignore[attr-defined]


def test_a_short_run_is_not_probed(probe: Probe) -> None:
    told = timings(replace(probe, plan=replace(probe.plan, max_steps=3 * LEAST_STEPS - 1)))
    found = settle(recipe(), told)
    assert (found.name, found.reason) == ("bf16", "native; the run is too short for a probe")
    assert told.asked == 0  # type: ignore[attr-defined]


def test_the_only_candidate_needs_no_probe(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "is_usable", lambda name, device: name == "fp32")
    told = timings(probe)
    settle(recipe(), told)
    assert told.asked == 0  # type: ignore[attr-defined]


def test_threads_are_tried_in_the_precision_that_won(
    probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "thread_counts", lambda: [1, 2])
    found = settle(recipe(), timings(probe))
    assert (found.name, found.threads) == ("bf16", 2)
    assert found.probed["2 threads"]["speed"] == 2.0
    assert torch.get_num_threads() == 2


def test_an_outcome_that_cannot_be_kept_is_not_used(
    probe: Probe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path / "file"))
    found = settle(recipe(), timings(probe, seconds={"fp32": 1.0, "fp32_onednn": 2, "bf16": 3}))
    assert found.name == "bf16"
    assert found.reason.startswith("native; no probe: ")


def test_one_process_may_decide_for_another(probe: Probe) -> None:
    told = timings(probe)
    decided = Settled("fp32", "said the first", 1)
    assert settle(recipe(), told, once=lambda decide: decided) == decided
    assert told.asked == 0  # type: ignore[attr-defined]


def test_a_run_tells_what_it_was_begun_with(tmp_path: Path) -> None:
    run, settled = Run(tmp_path), Settled("bf16", "fast", 2, {"bf16": {"speed": 2.0}})
    assert Settled.begun(run) is None
    run.describe_environment(settled.record())
    assert Settled.begun(run) == settled


def test_the_environment_fixes_threads_of_a_resumed_run(
    probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert os.environ["OMP_NUM_THREADS"] == "1"
    assert settle(recipe(), timings(probe), Settled("fp32", "so it was", 2)).threads == 1
