"""A run that is killed at a random step and resumed ends with the same weights, bit for bit."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLS = 3


def command(folder: Path, mails: Path, bert: Path, *more: str) -> list[str]:
    settings = {
        "data.split.test": 0.2,
        "training.num_epochs": 3,
        "training.batch_size": 8,
        "training.save_every": 3,
        "training.log_every": 1,
        "training.precision": "fp32",
        "run.folder": folder,
    }
    recipe = folder.parent / "recipe.yaml"
    recipe.write_text(
        f"task: text_classification\ndata: {{source: {mails}}}\n"
        f"model: {{base: {bert}, max_length: 32}}\n"
        "callbacks: [{evaluate: {every: 10}}, keep_best, {stop_early: {patience: 50}}]\n"
    )
    sets = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    return [sys.executable, "-m", "luthier", "train", str(recipe), *sets, *more]


def steps_logged(folder: Path) -> int:
    path = folder / "metrics.jsonl"
    return path.read_text("utf-8").count('"loss"') if path.exists() else 0


def outcome(folder: Path) -> dict[str, bytes]:
    names = ("model/model.safetensors", "predictions.jsonl", "evaluation.json")
    return {name: (folder / name).read_bytes() for name in names}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, mails: Path, tiny_bert: Path) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "run"
    subprocess.run(command(folder, mails, tiny_bert), check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_run_ends_as_if_it_never_was(
    number: int, whole: Path, mails: Path, tiny_bert: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    at_step = random.Random(number).randint(1, steps_logged(whole) - 2)
    process = subprocess.Popen(command(folder, mails, tiny_bert), stderr=subprocess.DEVNULL)
    while steps_logged(folder) < at_step and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (folder / "evaluation.json").exists()

    resumed = command(folder, mails, tiny_bert, "--resume")
    subprocess.run(resumed, check=True, capture_output=True)
    assert outcome(folder) == outcome(whole)
    lines = [(p / "metrics.jsonl").read_text("utf-8").count("\n") for p in (folder, whole)]
    assert lines[0] == lines[1]


def test_ctrl_c_saves_a_checkpoint_and_exits_130(
    whole: Path, mails: Path, tiny_bert: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command(folder, mails, tiny_bert, "--set", "training.save_every=1000"),
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    while steps_logged(folder) < 5:
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    assert list((folder / "checkpoints").glob("step-*"))
