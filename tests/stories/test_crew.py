"""Two processes on one machine train one model, as a launcher starts them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoModelForSequenceClassification

import luthier
from luthier.cli.main import main
from luthier.core.records import Row
from tests.crews import run_crew

pytestmark = pytest.mark.xdist_group("crews")

RECIPE = """\
task: text_classification
data: {{source: {mails}}}
model: {{base: {bert}, max_length: 32, dropout: 0.0}}
training: {{learning_rate: 3e-3, num_epochs: 1, batch_size: 15, log_every: 1, precision: fp32}}
run: {{seed: 5}}
"""
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
Runs = dict[str, Path]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, mails: Path, tiny_bert: Path) -> Runs:
    """The same recipe in one process, in two, and in two that divide the weights."""
    folder = tmp_path_factory.mktemp("crew")
    recipe = folder / "recipe.yaml"
    recipe.write_text(RECIPE.format(mails=mails, bert=tiny_bert))
    found = {name: folder / name for name in ("one", "two", "parts")}
    words = {name: ["train", str(recipe), "--set", f"run.folder={f}"] for name, f in found.items()}
    assert main(words["one"]) == 0
    subprocess.run([*TORCHRUN, "-m", "luthier", *words["two"]], check=True, capture_output=True)
    assert run_crew(main, [*words["parts"], "--set", "training.parallel=sharded"]) == [0, 0]
    return found


def losses(run: Path) -> list[float]:
    lines = map(json.loads, (run / "metrics.jsonl").read_text("utf-8").splitlines())
    return [line["loss"] if "loss" in line else line["validation"]["loss"] for line in lines]


@pytest.mark.parametrize("name", ["two", "parts"])
def test_the_losses_are_those_of_one_process_and_each_is_logged_once(name: str, runs: Runs) -> None:
    assert losses(runs[name]) == pytest.approx(losses(runs["one"]), abs=1e-5)


@pytest.mark.parametrize("name", ["two", "parts"])
def test_one_of_them_leaves_a_run_folder_like_any_other(name: str, runs: Runs) -> None:
    def inside(run: Path) -> list[str]:
        return sorted(path.relative_to(run).as_posix() for path in run.rglob("*"))

    assert inside(runs[name]) == inside(runs["one"])


@pytest.mark.parametrize("name", ["two", "parts"])
def test_the_model_is_whole(name: str, runs: Runs) -> None:
    model = AutoModelForSequenceClassification.from_pretrained(runs[name] / "model")
    assert model.config.architectures == ["BertForSequenceClassification"]
    lines: list[Any] = [
        json.loads(line)
        for line in (runs[name] / "predictions.jsonl").read_text("utf-8").splitlines()
    ]
    found = list(luthier.load(runs[name]).predict(Row(line["input"]) for line in lines))
    scores = [line["score"] for line in lines]
    assert [one["score"] for one in found] == pytest.approx(scores, abs=1e-5)


def test_the_environment_tells_how_many_there_were(runs: Runs) -> None:
    found = {
        n: json.loads((run / "environment.json").read_text("utf-8")) for n, run in runs.items()
    }
    told = {name: (one["processes"], one["micro_batch_size"]) for name, one in found.items()}
    assert told == {"one": (1, 15), "two": (2, 8), "parts": (2, 8)}
