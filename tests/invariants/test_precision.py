"""A precision that was chosen by a timing leaves a run as exact as one that was fixed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from luthier.core.files import read_json
from luthier.evaluation.predict import load
from luthier.training import precision
from luthier.training.probe import Probe, Trial
from luthier.training.train import train
from luthier.training.trainer import Trainer

SETTINGS = {
    "num_epochs": 2,
    "batch_size": 16,
    "save_every": 2,
    "learning_rate": 1e-3,
}


@pytest.fixture(autouse=True)
def probed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even the shortest run is probed, on a machine that has fp32 and bf16; fp32 is faster."""
    monkeypatch.setattr(precision, "LEAST_STEPS", 1)
    monkeypatch.setattr(precision, "is_usable", lambda name, device: name != "fp32_onednn")
    make_fastest("fp32", monkeypatch)


def make_fastest(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    measure = Probe.measure

    def told(self: Probe, trials: Sequence[Trial]) -> list[Trial]:
        found = measure(self, trials)
        seconds = {True: 1.0, False: 2.0}
        return [
            replace(one, loss=1.0, seconds=seconds[one.precision.name == name]) for one in found
        ]

    monkeypatch.setattr(Probe, "measure", told)


def recipe(folder: Path, mails: Path, bert: Path, **training: Any) -> dict[str, Any]:
    return {
        "task": "text_classification",
        "data": {"source": str(mails)},
        "model": {"base": str(bert), "max_length": 32},
        "training": SETTINGS | training,
        "run": {"folder": str(folder)},
    }


def weights(folder: Path) -> bytes:
    return (folder / "model/model.safetensors").read_bytes()


@pytest.fixture
def fixed(mails: Path, tiny_bert: Path, tmp_path: Path) -> Path:
    """A run whose recipe says fp32."""
    train(recipe(tmp_path / "fixed", mails, tiny_bert, precision="fp32"))
    return tmp_path / "fixed"


def test_a_probe_leaves_no_trace_in_the_weights(
    fixed: Path, mails: Path, tiny_bert: Path, tmp_path: Path
) -> None:
    train(recipe(tmp_path / "probed", mails, tiny_bert))
    told = read_json(tmp_path / "probed/environment.json")["precision"]
    assert (told["name"], set(told["probed"])) == ("fp32", {"fp32", "bf16"})
    assert weights(tmp_path / "probed") == weights(fixed)


def test_a_resumed_run_keeps_its_precision_whatever_is_faster_by_then(
    fixed: Path, mails: Path, tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = recipe(tmp_path / "killed", mails, tiny_bert)
    step = Trainer.step

    def die(self: Trainer, rows: Any) -> None:
        if self.position.step == 3:
            raise SystemError("killed")
        step(self, rows)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "step", die)
        with pytest.raises(SystemError):
            train(begun)
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path / "another cache"))
    make_fastest("bf16", monkeypatch)
    train(begun, resume=True)
    assert read_json(tmp_path / "killed/environment.json")["precision"]["name"] == "fp32"
    assert weights(tmp_path / "killed") == weights(fixed)


def test_a_finished_run_is_asked_in_its_own_precision(
    mails: Path, tiny_bert: Path, tmp_path: Path
) -> None:
    train(recipe(tmp_path / "run", mails, tiny_bert))
    assert load(tmp_path / "run").precision.name == "fp32"
