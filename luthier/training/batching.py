"""Which rows make which batch: a pure function of lengths, seed and epoch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Lengths = NDArray[np.int64]
Rows = NDArray[np.int64]

_POOL = 64
"""Batches whose rows are sorted together: enough that neighbours are alike, few enough that the
order stays random. Within a pool the lengths of a batch differ by about 1/64 of their spread."""


def epoch_batches(lengths: Lengths, batch_size: int, seed: int, epoch: int) -> list[Rows]:
    """The batches of one epoch: every row once, rows of like length together, batches shuffled.

    Rows are shuffled, sorted by length within pools of 64 batches, cut into batches, and the
    batches are shuffled. All batches are full but at most one.

    Args:
        lengths: (N,) tokens of each row.
        batch_size: rows per optimizer step.
        seed: of the run.
        epoch: from 0; every epoch has its own order.
    """
    random = np.random.Generator(np.random.PCG64([seed, epoch]))
    order = random.permutation(len(lengths))
    pool_size = batch_size * _POOL
    batches: list[Rows] = []
    for start in range(0, len(order), pool_size):
        pool = order[start : start + pool_size]
        pool = pool[np.argsort(-lengths[pool], kind="stable")]
        batches += [pool[i : i + batch_size] for i in range(0, len(pool), batch_size)]
    shuffled = random.permutation(len(batches))
    return [batches[i] for i in shuffled]


def padding_share(lengths: Lengths, batches: list[Rows]) -> float:
    """The share of positions that are padding when each batch is as wide as its longest row."""
    positions = sum(int(lengths[rows].max()) * len(rows) for rows in batches)
    tokens = sum(int(lengths[rows].sum()) for rows in batches)
    return 1 - tokens / positions if positions else 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps of a run, known before the first one and never stored: step -> rows."""

    lengths: Lengths
    batch_size: int
    micro_batch_size: int
    num_epochs: int
    seed: int
    max_steps: int | None = None

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps in one epoch."""
        return -(-len(self.lengths) // self.batch_size)

    @property
    def num_steps(self) -> int:
        """Optimizer steps in the run."""
        steps = self.steps_per_epoch * self.num_epochs
        return steps if self.max_steps is None else min(steps, self.max_steps)

    @property
    def last_epoch(self) -> int:
        """The epoch of the last step, from 0."""
        return (self.num_steps - 1) // self.steps_per_epoch

    def batches(self, epoch: int) -> list[Rows]:
        """The rows of each step of an epoch."""
        return epoch_batches(self.lengths, self.batch_size, self.seed, epoch)

    def micro_batches(self, rows: Rows, rank: int = 0, processes: int = 1) -> list[Rows]:
        """One step's rows in parts that fit the memory; the gradient is that of the whole.

        Of n processes each takes every n-th row. The rows of a batch are sorted by length, so all
        have about as many tokens to do. All have as many parts; the last of some may be empty.
        """
        size = self.micro_batch_size
        mine, most = rows[rank::processes], -(-len(rows) // processes)
        return [mine[i : i + size] for i in range(0, most, size)]
