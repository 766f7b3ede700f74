"""Is a difference real: paired tests of two sets of answers to the same rows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from luthier.evaluation.bootstrap import affordable, percentile_interval, resampled
from luthier.scoring.answers import Answers, Bools, Floats, Integers
from luthier.scoring.metric import Metric, Unit

# Two equal resampled differences may differ in their last bits, and must still count as equal.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours against theirs in one metric.

    Attributes:
        metric: its name.
        test: which test the p-value is of: `McNemar` or `paired bootstrap`.
        difference: ours minus theirs, in the metric's unit; NaN where it is not defined.
        low: lower end of the 95 % interval of the difference (paired bootstrap).
        high: upper end.
        p_value: two-sided; how often a difference as large would come about by chance alone.
        higher_is_better: whether a positive difference speaks for ours.
        unit: of the metric.
        ours: the metric of ours.
        theirs: the metric of theirs.
    """

    metric: str
    test: str
    difference: float
    low: float
    high: float
    p_value: float
    higher_is_better: bool = True
    unit: Unit = "share"
    ours: float = math.nan
    theirs: float = math.nan

    def record(self) -> dict[str, str | float | None]:
        """What evaluation.json shows of it, None for what is not defined."""
        numbers = {
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "p_value": self.p_value,
        }
        defined = {key: x if math.isfinite(x) else None for key, x in numbers.items()}
        return {
            "metric": self.metric,
            "test": self.test,
            **defined,
            "higher_is_better": self.higher_is_better,
            "unit": self.unit,
        }


def compare(
    metric: Metric[Any],
    ours: Answers,
    theirs: Answers,
    *,
    seed: int,
    replicates: int = 5000,
    confidence: float = 0.95,
    groups: Integers | None = None,
) -> Comparison:
    """Compare two sets of answers to the same rows, in the same order.

    The interval is the paired percentile bootstrap: both sides are resampled together. The p-value
    is McNemar's where the metric is a share of right rows that are independent of each other, else
    the paired bootstrap's. Groups (N,) are resampled whole, as `intervals` says.
    """
    assert ours.has_references_of(theirs), "not the same rows"
    wanted = min(affordable(metric, side, replicates) for side in (ours, theirs))
    differences = np.concatenate(
        [
            metric.replicates(ours, weights) - metric.replicates(theirs, weights)
            for weights in resampled(ours, seed, wanted, groups)
        ]
    )
    values = metric.value(ours), metric.value(theirs)
    difference = values[0] - values[1]
    interval = percentile_interval(difference, differences, confidence)
    exact = None if groups is not None else _mcnemar(metric, ours, theirs)
    return Comparison(
        metric=metric.name(),
        test="paired bootstrap" if exact is None else "McNemar",
        difference=difference,
        low=interval.low,
        high=interval.high,
        p_value=shift_test(difference, differences) if exact is None else exact,
        higher_is_better=metric.higher_is_better,
        unit=metric.unit,
        ours=values[0],
        theirs=values[1],
    )


def _mcnemar(metric: Metric[Any], ours: Answers, theirs: Answers) -> float | None:
    right, also = metric.right(ours), metric.right(theirs)
    return None if right is None or also is None else mcnemar(right, also)


def mcnemar(ours: Bools, theirs: Bools) -> float:
    """The two-sided p-value of McNemar's exact test (McNemar 1947; exact form Edwards 1948).

    Of the n rows that only one side answered right, the number k of the rarer side is
    Binomial(n, 1/2) if both are equally good: p = min(1, 2 P(K <= k)).

    Args:
        ours: (N,) which rows ours has right.
        theirs: (N,) which rows theirs has right.
    """
    sides = int(np.count_nonzero(ours & ~theirs)), int(np.count_nonzero(theirs & ~ours))
    trials, rarer = sum(sides), min(sides)
    # log C(n, k) grows term by term, so that n may be as large as the data.
    steps = np.arange(1, rarer + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log((trials - steps + 1) / steps))])
    return min(1.0, float(2 * np.exp(logs - trials * math.log(2)).sum()))


def shift_test(difference: float, replicates: Floats) -> float:
    """The two-sided p-value of the paired bootstrap test; NaN where the metric is not defined.

    Resampled differences d* scatter about the observed d as d would about 0 if there were none:
    p = (1 + #{|d* - d| >= |d|}) / (1 + B). Efron and Tibshirani 1993, chapter 16; the 1 that is
    added counts the data themselves, so that p is never 0 (Davison and Hinkley 1997, 4.2.3).
    """
    defined = replicates[~np.isnan(replicates)]
    if math.isnan(difference) or not len(defined):
        return math.nan
    rounding = _ROUNDING * max(1.0, abs(difference))
    as_large = np.abs(defined - difference) >= abs(difference) - rounding
    return float((1 + np.count_nonzero(as_large)) / (1 + len(defined)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust the p-values of m tests made at once so that any false alarm stays below the level.

    p'_(i) = max over j <= i of min(1, (m - j + 1) p_(j)), p_(1) <= ... <= p_(m) (Holm 1979). The
    result stands in the order given.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted
