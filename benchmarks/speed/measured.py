"""What one process has measured, and how it is told to the one that started it."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.speed.stock import DATASET, FACTS
from luthier.core.files import read_json
from luthier.core.runs import peak_memory_bytes
from luthier.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Errand:
    """What a process is to do.

    Attributes:
        program: of `worker.py`.
        recipe: see `suites.Item`.
        options: see `suites.Contender`.
        stock: the folder with the rows, and with what is known of them.
        scratch: an empty folder for runs and models.
        seed: of everything random.
    """

    program: str
    recipe: dict[str, Any]
    options: dict[str, Any]
    stock: Path
    scratch: Path
    seed: int

    @classmethod
    def read(cls, path: Path) -> "Errand":
        """From a JSON file."""
        told = read_json(path)
        return cls(**{**told, "stock": Path(told["stock"]), "scratch": Path(told["scratch"])})

    def dataset(self) -> Dataset:
        """The rows."""
        return Dataset.open(self.stock / DATASET)

    def facts(self) -> dict[str, Any]:
        """What `count.facts_of` found."""
        found: dict[str, Any] = read_json(self.stock / FACTS)
        return found

    def training(self, name: str) -> Any:
        """A setting of the recipe's section `training`."""
        return self.recipe["training"][name]


@dataclass(slots=True)
class Measured:
    """What a process found; `None` is what it has not.

    Attributes:
        train_seconds: of training alone: neither imports, loading nor tokenization, but all that
            is done before the first step because of the training itself, such as caching.
        process_seconds: from the start of the process to a tuned model on disk.
        peak_memory_bytes: the resident set, at its largest up to then.
        rows: passed in training, each as often as it was.
        metric: name, value, low, high, higher_is_better; on the test rows.
        curve: seconds of training and metric on validation rows, epoch by epoch.
        labels: of predictions.
        notes: whatever else is worth keeping.
    """

    train_seconds: float
    process_seconds: float
    peak_memory_bytes: int
    rows: int
    tokens: int | None = None
    supervised_tokens: int | None = None
    flops: float | None = None
    metric: dict[str, Any] | None = None
    curve: list[tuple[float, float]] = field(default_factory=list)
    labels: list[str] | None = None
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """How far the process has come by a moment: its age in seconds, and its peak of memory."""

    age: float
    peak: int

    @classmethod
    def now(cls) -> "Moment":
        """The present one."""
        return cls(time.time() - psutil.Process(os.getpid()).create_time(), peak_memory_bytes())


def trained(
    errand: Errand, seconds: float, saved: Moment, metric: dict[str, Any], notes: dict[str, Any]
) -> Measured:
    """What a finished training amounts to; rows and tokens are counted alike for everybody."""
    facts = errand.facts()
    return Measured(
        train_seconds=seconds,
        process_seconds=saved.age,
        peak_memory_bytes=saved.peak,
        metric=metric,
        notes=notes,
        **work_done(facts, errand.training("num_epochs")),
    )


def work_done(facts: Mapping[str, Any], num_epochs: int) -> dict[str, Any]:
    """Rows, tokens and FLOPs of so many epochs."""
    supervised, each = facts["supervised_tokens"], facts["flops_per_token"]
    return {
        "rows": num_epochs * facts["rows"],
        "tokens": num_epochs * facts["tokens"],
        "supervised_tokens": None if supervised is None else num_epochs * supervised,
        "flops": None if each is None else float(num_epochs * facts["tokens"] * each),
    }
