"""How sure a number is: percentile intervals from the bootstrap over rows."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from luthier.scoring.answers import Answers, ClassAnswers, Floats, Integers, LabelSetAnswers
from luthier.scoring.confusion import class_counts
from luthier.scoring.counted import CountedMetric
from luthier.scoring.metric import Metric

# Beyond this many visits to a row (for probabilities: to a row and class) fewer replicates are
# drawn: about a minute of work. Intervals of so many rows are narrow; 200 replicates show them.
MAX_VISITS = 2_000_000_000
MIN_REPLICATES = 200
_CHUNK_ELEMENTS = 1 << 24


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its confidence interval; NaN where the metric is not defined.

    Attributes:
        value: the metric over the rows as they are.
        low: lower end, in the metric's unit; never above `value`.
        high: upper end; never below `value`.
        replicates: how many resampled data sets the ends rest on.
    """

    value: float
    low: float
    high: float
    replicates: int

    def record(self) -> dict[str, float | None]:
        """What evaluation.json shows: value, low and high, None for what is not defined."""
        ends = {"value": self.value, "low": self.low, "high": self.high}
        return {key: number if math.isfinite(number) else None for key, number in ends.items()}


def intervals(
    metrics: Sequence[Metric[Any]],
    answers: Answers,
    *,
    seed: int,
    replicates: int = 1000,
    confidence: float = 0.95,
    groups: Integers | None = None,
) -> dict[str, Interval]:
    """Each metric by its name, with the percentile interval over resampled rows.

    Efron, "Bootstrap Methods: Another Look at the Jackknife", 1979; Efron and Tibshirani, "An
    Introduction to the Bootstrap", 1993, chapter 13. All metrics see the same resampled rows. The
    same seed gives the same intervals. Memory: about 0.5 GB at most, whatever the sizes.

    Args:
        metrics: what to compute.
        answers: at least one row.
        seed: of the resampling.
        replicates: how many resampled data sets; fewer where rows times classes are very many.
        confidence: the share of repetitions whose interval should hold the true value.
        groups: (N,) the group of each row, such as the paragraph that a question is asked about.
            Groups are then resampled whole (the cluster bootstrap; Davison and Hinkley 1997,
            section 3.8), since rows of one group are right or wrong together.
    """
    limits = {metric.name(): affordable(metric, answers, replicates) for metric in metrics}
    drawn: dict[str, list[Floats]] = {name: [] for name in limits}
    done = 0
    for weights in resampled(answers, seed, max(limits.values(), default=0), groups):
        due = [metric for metric in metrics if done < limits[metric.name()]]
        for name, values in _replicates(due, answers, weights).items():
            drawn[name].append(values[: limits[name] - done])
        done += len(weights)
    return {
        metric.name(): percentile_interval(
            metric.value(answers), np.concatenate(drawn[metric.name()]), confidence
        )
        for metric in metrics
    }


def affordable(metric: Metric[Any], answers: Answers, wanted: int) -> int:
    """How many replicates of a metric are drawn: `wanted`, or what MAX_VISITS allows."""
    assert len(answers), "there is no row to resample"
    visits = len(answers) * (answers.width if metric.needs_probabilities else 1)
    return min(wanted, max(MIN_REPLICATES, MAX_VISITS // visits))


def resampled(
    answers: Answers, seed: int, replicates: int, groups: Integers | None = None
) -> Iterator[Floats]:
    """Draw N rows with replacement, `replicates` times; yields how often each row came: (b, N).

    Each row of the weights is Multinomial(N, 1 / N). With G groups (N,), groups are drawn as often
    as there are groups, each with all its rows. They come in chunks of bounded size and do not
    depend on it.
    """
    rows = len(answers)
    members = None if groups is None else np.unique(groups, return_inverse=True)[1]
    drawn = rows if members is None else int(members.max()) + 1
    generator = np.random.Generator(np.random.PCG64(seed))
    step = max(1, _CHUNK_ELEMENTS // max(rows, answers.width))
    for start in range(0, replicates, step):
        weights = np.empty((min(step, replicates - start), rows))
        for row in weights:
            # Counting uniform draws is multinomial too, and ten times as fast as the sampler.
            times = np.bincount(generator.integers(0, drawn, drawn), minlength=drawn)
            row[:] = times if members is None else times[members]
        yield weights


def _replicates(
    metrics: Sequence[Metric[Any]], answers: Answers, weights: Floats
) -> dict[str, Floats]:
    alone = [metric for metric in metrics if not isinstance(metric, CountedMetric)]
    found = {metric.name(): metric.replicates(answers, weights) for metric in alone}
    counted = [metric for metric in metrics if isinstance(metric, CountedMetric)]
    if counted:
        assert isinstance(answers, ClassAnswers | LabelSetAnswers)
        counts = class_counts(answers, weights)
        found |= {metric.name(): metric.of_counts(counts, answers) for metric in counted}
    return found


def percentile_interval(value: float, replicates: Floats, confidence: float) -> Interval:
    """The interval between two percentiles of the replicates, those not defined left out.

    It is widened to hold the value itself: the replicates of a biased metric (calibration error;
    macro F1 with rare classes) can all lie on one side of it, and an interval that excludes its
    own value helps nobody.
    """
    defined = replicates[~np.isnan(replicates)]
    if math.isnan(value) or not len(defined):
        return Interval(value, math.nan, math.nan, len(defined))
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(value, min(float(low), value), max(float(high), value), len(defined))
