"""How far a mean over seeds and rows may be off: both are drawn anew."""

from dataclasses import dataclass

import numpy as np

from luthier.evaluation.bootstrap import percentile_interval
from luthier.evaluation.significance import shift_test
from luthier.scoring.answers import Floats

REPLICATES = 2000
_ELEMENTS = 1 << 24


@dataclass(frozen=True, slots=True)
class Measured:
    """A mean with its 95 % interval, and how often chance alone would bring it about."""

    value: float
    low: float
    high: float
    p_value: float


def measured(values: Floats, *, seed: int = 0) -> Measured:
    """The mean of S seeds and V rows, with the interval of a bootstrap over seeds and rows.

    Seeds and rows are resampled each by itself (the pigeonhole bootstrap: Owen, 2007), so that a
    row counts as the same row under every seed. Paired values are to be subtracted first. With few
    seeds, what chance does between seeds is estimated but roughly.

    Args:
        values: (S, V), such as 1 for a right answer, or the difference of two of them.
        seed: of the resampling.
    """
    seeds, rows = values.shape
    generator = np.random.Generator(np.random.PCG64(seed))
    step = max(1, _ELEMENTS // rows)
    found = []
    for start in range(0, REPLICATES, step):
        count = min(step, REPLICATES - start)
        of_seeds, of_rows = _times(generator, count, seeds), _times(generator, count, rows)
        found.append(((of_seeds @ values) * of_rows).sum(axis=1) / (seeds * rows))
    replicates = np.concatenate(found)
    mean = float(values.mean())
    interval = percentile_interval(mean, replicates, 0.95)
    return Measured(mean, interval.low, interval.high, shift_test(mean, replicates))


def _times(generator: np.random.Generator, count: int, size: int) -> Floats:
    """(count, size): how often each of `size` things comes in as many draws."""
    drawn = [np.bincount(generator.integers(0, size, size), minlength=size) for _ in range(count)]
    return np.array(drawn, np.float64)
