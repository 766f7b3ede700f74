"""What a run will cost, in seconds and bytes, from a probe of a few real steps."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from luthier.core.runs import Run, peak_memory_bytes
from luthier.evaluation.predict import length_sorted
from luthier.tasks.encoded import Encoded
from luthier.training.batching import Rows
from luthier.training.judging_cost import judging_bytes, judging_seconds
from luthier.training.setup import Job
from luthier.training.trainer import Trainer

_PROBES = 6
"""Batches that are timed, from the narrowest to the widest; the time of others lies between."""
_HEAP_GROWTH = 1.35
"""How much more a whole run holds than its probe, since blocks of many sizes leave holes in the
heap: 1.2 and 1.5 times were measured, on the two spam recipes (docs/benchmarks.md)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will cost after its data is prepared and its model loaded."""

    train_seconds: float
    judge_seconds: float
    peak_memory_bytes: int


def estimate(job: Job, run: Run) -> Estimate:
    """Run a few steps of every width, and add up what all the others will take.

    The time of a batch is taken to be piecewise linear in its width (its longest row), between
    the widths that were timed; the widest batch is among them, so that a run that does not fit
    the memory fails here. The weights move: the job is not fit for training afterwards.

    Args:
        job: ready for its first step.
        run: where the probe may log; thrown away by the caller.
    """
    trainer = Trainer(job.parts(), job.plan, job.pace(), (), run)
    batches = [rows for epoch in range(job.plan.last_epoch + 1) for rows in job.plan.batches(epoch)]
    batches = batches[: job.plan.num_steps]
    training = _Curve.measure(batches, job.plan.lengths, trainer.step)
    forward = _forward_curve(job)
    answering = {name: forward.total(encoded) for name, encoded in job.splits.items()}
    validations = answering.get("validation", 0.0) * _num_validations(job)
    judging = judging_seconds(job, answering)
    spent = training.total_of(batches, job.plan.lengths) + validations
    peak = _HEAP_GROWTH * (peak_memory_bytes() + judging_bytes(job))
    return Estimate(spent, judging, round(peak))


@dataclass(frozen=True, slots=True)
class _Curve:
    """Seconds of a batch by its width, and by how many rows."""

    widths: NDArray[np.float64]
    seconds_per_row: NDArray[np.float64]

    @classmethod
    def measure(
        cls, batches: Sequence[Rows], lengths: NDArray[np.int64], work: Callable[[Rows], object]
    ) -> "_Curve":
        """Time some of the batches; the first is done twice, since a first is never like others."""
        chosen = _spread(batches, lengths)
        work(chosen[0])
        seconds = []
        for rows in chosen:
            start = time.perf_counter()
            work(rows)
            seconds.append((time.perf_counter() - start) / len(rows))
        return cls(np.array([float(lengths[rows].max()) for rows in chosen]), np.array(seconds))

    def total_of(self, batches: Sequence[Rows], lengths: NDArray[np.int64]) -> float:
        """Seconds of all these batches."""
        widths = np.array([lengths[rows].max() for rows in batches])
        rows = np.array([len(rows) for rows in batches])
        return float((np.interp(widths, self.widths, self.seconds_per_row) * rows).sum())

    def total(self, encoded: Encoded) -> float:
        """Seconds of all rows, in the batches that prediction makes of them."""
        return self.total_of(list(length_sorted(encoded.lengths)), encoded.lengths)


def _spread(batches: Sequence[Rows], lengths: NDArray[np.int64]) -> list[Rows]:
    """Some batches, evenly from the narrowest to the widest."""
    order = sorted(batches, key=lambda rows: (int(lengths[rows].max()), len(rows)))
    places = np.unique(np.linspace(0, len(order) - 1, _PROBES).round().astype(int))
    return [order[place] for place in places]


def _forward_curve(job: Job) -> _Curve:
    encoded = job.splits["train"]
    batches = list(length_sorted(encoded.lengths))
    return _Curve.measure(batches, encoded.lengths, lambda rows: job.model.forward(encoded, rows))


def _num_validations(job: Job) -> int:
    every = next((c.every for c in job.callbacks if hasattr(c, "every")), None)
    steps = job.plan.num_steps
    return -(-steps // every) if isinstance(every, int) else job.plan.last_epoch + 1
