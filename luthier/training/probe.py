"""Real steps of a model in several precisions, timed; the model is afterwards as it was."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch

from luthier.evaluation.predict import Model, padding_of
from luthier.models.frozen_weights import held_frozen
from luthier.models.layers import train_mode
from luthier.models.network import Network
from luthier.models.precision import Precision, restored
from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Batch
from luthier.training.batching import Plan, Rows
from luthier.training.objective import Objective

STEPS = 4
"""Steps that are made in each candidate; two of them are timed."""
_ALIKE = 1.05


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate: the mean loss of the probe's rows in it, and the seconds of one position."""

    precision: Precision
    threads: int
    loss: float = float("nan")
    seconds: float = float("inf")


@dataclass(frozen=True, slots=True)
class Probe:
    """What is timed: forward and backward passes of a model over what it is to learn from."""

    model: Model
    objective: Objective
    train: Encoded
    plan: Plan
    clock: Callable[[], float] = time.perf_counter

    def measure(self, trials: Sequence[Trial]) -> list[Trial]:
        """The trials with loss and seconds filled in.

        Each makes two steps whose losses count, without dropout, since its masks need not be the
        same in every precision; they warm up as well. Then two are timed, as they are in training,
        and the faster counts. Candidates take turns, so that what else the machine does meanwhile
        hurts none of them more than the others. Weights, random state and modes stay as they are.
        """
        with _untouched(self.model.network):
            batches = self._batches()
            found = [replace(one, loss=self._loss(one, batches)) for one in trials]
            for batch in batches:
                for number, one in enumerate(found):
                    seconds = min(one.seconds, self._seconds(one, batch))
                    found[number] = replace(one, seconds=seconds)
            return found

    def _batches(self) -> list[Batch]:
        """Two batches of median width, cut to a micro batch."""
        plan, padding = self.plan, padding_of(self.model.tokenizer)

        def size(rows: Rows) -> tuple[int, int]:
            return int(plan.lengths[rows].max()), len(rows)

        by_width = sorted(plan.batches(0), key=size)
        middle = max(0, len(by_width) // 2 - 1)
        return [
            self.model.task.collate(self.train, plan.micro_batches(rows)[0], padding)
            for rows in by_width[middle : middle + 2]
        ]

    def _loss(self, one: Trial, batches: Sequence[Batch]) -> float:
        self.model.network.eval()
        total = sum(self.objective.weight(batch) for batch in batches) or 1.0
        with _in_force(one), held_frozen(self.model.network, one.precision):
            return sum(self._step(one, batch) for batch in batches) / total

    def _seconds(self, one: Trial, batch: Batch) -> float:
        train_mode(self.model.network)
        with _in_force(one), held_frozen(self.model.network, one.precision):
            start = self.clock()
            self._step(one, batch)
            return (self.clock() - start) / batch["attention_mask"].numel()

    def _step(self, one: Trial, batch: Batch) -> float:
        """Forward and backward pass of one batch: the sum of its losses."""
        self.model.network.zero_grad(set_to_none=True)
        torch.manual_seed(0)  # an objective that draws, such as masks, draws the same for all
        with one.precision.autocast():
            loss = self.objective.loss_sum(self.model.network, batch)
        (loss / (self.objective.weight(batch) or 1.0)).backward()
        return float(loss.detach())


def fastest(trials: Sequence[Trial]) -> Trial:
    """The first of those that are as good as the fastest: up to 5 % more count as the same."""
    least = min(one.seconds for one in trials)
    return next(one for one in trials if one.seconds <= least * _ALIKE)


@contextmanager
def _in_force(one: Trial) -> Iterator[None]:
    with restored():
        one.precision.apply()
        if one.threads != torch.get_num_threads():
            torch.set_num_threads(one.threads)
        yield


@contextmanager
def _untouched(network: Network) -> Iterator[None]:
    modes = [(module, module.training) for module in network.modules()]
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        network.zero_grad(set_to_none=True)
        for module, is_training in modes:
            module.training = is_training
