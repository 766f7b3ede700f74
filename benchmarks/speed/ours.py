"""Luthier's turn: training, a search over settings, prediction."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.speed.follow import Follower, following_validations
from benchmarks.speed.measured import Errand, Measured, Moment, trained, work_done
from benchmarks.speed.quality import judged_run
from benchmarks.speed.suites import overridden
from luthier.core.config import MENUS
from luthier.core.files import read_json
from luthier.core.registry import Choice
from luthier.core.runs import Run
from luthier.evaluation import judge
from luthier.evaluation.predict import load
from luthier.training.train import train

_NOT_TRAINING = ("prepare", "load", "encode", "save", "judge")
_CHEAP = {"text_classification": ("majority",), "chat": ("nearest",)}
LEARNING_RATES = (1e-4, 2e-4, 3e-4, 5e-4, 1e-3)
WEIGHT_DECAYS = (0.0, 0.01, 0.03, 0.1)


def ours(errand: Errand) -> Measured:
    """One run, as `luthier train` does it, with the cheapest baseline alone."""
    follower = Follower()
    primary = MENUS["task"].build(errand.recipe["task"]).primary
    with judged_cheaply(errand.recipe) as moments, following_validations(follower, primary):
        run = one_run(errand, errand.recipe, "run", errand.options)
    facts = read_json(run.environment)
    seconds = training_seconds(facts["seconds"]) - follower.paused
    found = trained(errand, seconds, moments[0], judged_run(run), facts)
    found.curve = follower.curve(seconds)
    return found


def search(errand: Errand) -> Measured:
    """Twenty runs over learning rate and weight decay, one after the other."""
    return _trials(
        errand,
        [
            {
                "training.learning_rate": rate,
                "training.optimizer": {"adamw": {"weight_decay": decay}},
            }
            for rate, decay in product(LEARNING_RATES, WEIGHT_DECAYS)
        ],
    )


def single_trial(errand: Errand) -> Measured:
    """One run, counted as `search` counts each of its own."""
    return _trials(errand, [{}])


def _trials(errand: Errand, settings: list[dict[str, Any]]) -> Measured:
    """Runs in one process, and the best of their metrics.

    Luthier trains nothing without judging it, but what a search costs is its training: counted are
    encoding, caching and training, and neither preparing rows, loading weights nor judging.
    """
    spent, metrics = 0.0, []
    with judged_cheaply(errand.recipe) as moments:
        for number, chosen in enumerate(settings):
            options = {**errand.options, **chosen}
            run = one_run(errand, errand.recipe, f"trial-{number}", options)
            seconds = read_json(run.environment)["seconds"]
            spent += training_seconds(seconds) + seconds["encode"]
            metrics.append(judged_run(run))
    sign = 1 if metrics[0]["higher_is_better"] else -1
    best = max(metrics, key=lambda metric: sign * metric["value"])
    values = [one["value"] for one in metrics]
    found = trained(errand, spent, moments[-1], best, {"values": values})
    epochs = len(settings) * errand.training("num_epochs")
    return replace(found, **work_done(errand.facts(), epochs))


def ours_predict(errand: Errand) -> Measured:
    """All training rows answered by the tuned model."""
    model = load(errand.stock / "tuned")
    rows = list(errand.dataset().rows("train"))
    start = time.perf_counter()
    labels = [str(answer["prediction"]) for answer in model.predict(rows)]
    return predicted(errand, time.perf_counter() - start, labels)


def predicted(errand: Errand, seconds: float, labels: list[str]) -> Measured:
    """What finished predictions amount to."""
    now, work = Moment.now(), work_done(errand.facts(), 1)
    return Measured(
        train_seconds=seconds,
        process_seconds=now.age,
        peak_memory_bytes=now.peak,
        rows=len(labels),
        tokens=work["tokens"],
        labels=labels,
    )


def one_run(errand: Errand, recipe: Any, name: str, options: Any) -> Run:
    """A finished run, in the errand's scratch folder."""
    run = {"folder": str(errand.scratch / name), "seed": errand.seed}
    source = {"source": str(errand.dataset().folder)}
    return train(overridden({**recipe, "data": source, "run": run}, options))


def tune_before(errand: Errand) -> None:
    """The model that predictions are made with, in the stock."""
    with judged_cheaply(errand.recipe):
        run = one_run(errand, errand.recipe, "tuned", {})
    Path(run.folder).rename(errand.stock / "tuned")


def training_seconds(seconds: dict[str, float]) -> float:
    """The phases of a run that are there because of training."""
    return sum(spent for phase, spent in seconds.items() if phase not in _NOT_TRAINING)


@contextmanager
def judged_cheaply(recipe: Any) -> Iterator[list[Moment]]:
    """Let runs be judged beside one quick baseline; note the moment when each is saved."""
    choice = Choice.parse(recipe["task"])
    task, moments = type(MENUS["task"].build(recipe["task"])), []

    def judge_run(*arguments: Any) -> None:
        moments.append(Moment.now())
        judge.judge_run(*arguments)

    with (
        patch.object(task, "baselines", _CHEAP[choice.name]),
        patch("luthier.training.train.judge_run", judge_run),
    ):
        yield moments
