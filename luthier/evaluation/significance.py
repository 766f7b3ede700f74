"""Is a difference real: paired tests of two sets of answers to the same rows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from luthier.evaluation.bootstrap import affordable, percentile_interval, resampled
from luthier.scoring.metric import Answers, Floats, Metric

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
    """

    metric: str
    test: str
    difference: float
    low: float
    high: float
    p_value: float
    higher_is_better: bool = True

    def record(self) -> dict[str, str | float | None]:
        """What evaluation.json shows of it, None for what is not defined."""
        numbers = {
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "p_value": self.p_value,
        }
        defined = {key: None if math.isnan(x) else x for key, x in numbers.items()}
        return {
            "metric": self.metric,
            "test": self.test,
            **defined,
            "higher_is_better": self.higher_is_better,
        }


def compare(
    metric: Metric,
    ours: Answers,
    theirs: Answers,
    *,
    seed: int,
    replicates: int = 5000,
    confidence: float = 0.95,
) -> Comparison:
    """Compare two sets of answers to the same rows, in the same order, with the same classes.

    The interval is the paired percentile bootstrap: both sides are resampled together. The p-value
    is McNemar's for accuracy, the paired bootstrap's for any other metric.
    """
    assert np.array_equal(ours.references, theirs.references), "not the same rows"
    wanted = min(affordable(metric, side, replicates) for side in (ours, theirs))
    differences = np.concatenate(
        [
            metric.replicates(ours, weights) - metric.replicates(theirs, weights)
            for weights in resampled(ours, seed, wanted)
        ]
    )
    difference = metric.value(ours) - metric.value(theirs)
    interval = percentile_interval(difference, differences, confidence)
    is_accuracy = metric.name() == "accuracy"
    return Comparison(
        metric=metric.name(),
        test="McNemar" if is_accuracy else "paired bootstrap",
        difference=difference,
        low=interval.low,
        high=interval.high,
        p_value=mcnemar(ours, theirs) if is_accuracy else shift_test(difference, differences),
        higher_is_better=metric.higher_is_better,
    )


def mcnemar(ours: Answers, theirs: Answers) -> float:
    """The two-sided p-value of McNemar's exact test (McNemar 1947; exact form Edwards 1948).

    Of the n rows that only one side answered right, the number k of the rarer side is
    Binomial(n, 1/2) if both are equally good: p = min(1, 2 P(K <= k)).
    """
    right = ours.references == ours.predictions
    also = theirs.references == theirs.predictions
    sides = int(np.count_nonzero(right & ~also)), int(np.count_nonzero(also & ~right))
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
    as_large = np.abs(defined - difference) >= abs(difference) - _ROUNDING
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
