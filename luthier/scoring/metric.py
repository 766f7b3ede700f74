"""How many answers are summed up: the contract of `metrics/`."""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, Literal, TypeVar

import numpy as np

from luthier.scoring.answers import Answers, Bools, Floats

A = TypeVar("A", bound=Answers)
Unit = Literal["share", "points", "number"]


class Metric(ABC, Generic[A]):
    """One number about many answers, with row weights so that it can be bootstrapped.

    The definition is that of the field's own library: scikit-learn, seqeval, sacrebleu, rouge-score
    or the official script; the tests hold ours against it.

    Attributes:
        judges: the kinds of answers it is made for.
        higher_is_better: whether more is better.
        needs_probabilities: whether it is not defined without them.
        unit: a `share` from 0 to 1, `points` from 0 to 100, or a `number` with a scale of its own.
    """

    judges: ClassVar[tuple[type[Answers], ...]]
    higher_is_better: ClassVar[bool] = True
    needs_probabilities: ClassVar[bool] = False
    unit: ClassVar[Unit] = "share"

    @abstractmethod
    def name(self) -> str:
        """The key under which reports show it, such as `f1_macro`."""

    @abstractmethod
    def value(self, answers: A, weights: Floats | None = None) -> float:
        """The metric over all rows; `weights` (N,) counts row i weights[i] times.

        NaN where it is not defined (ROC-AUC when one class is absent).
        """

    def replicates(self, answers: A, weights: Floats) -> Floats:
        """The metric for each of B reweightings: weights (B, N) -> (B,).

        Metrics override this where one pass over the rows serves all replicates.
        """
        return np.array([self.value(answers, row) for row in weights])

    def right(self, answers: A) -> Bools | None:
        """Which rows were answered right, if the metric is the share of those; else None.

        Such a metric is compared by McNemar's exact test.
        """
        return None

    def signature(self, answers: A) -> str | None:
        """How exactly it was computed, where there is more than one way: sacrebleu's signature."""
        return None


class AdditiveMetric(Metric[A]):
    """A function of sums over rows: f(sum_i w_i s_i), with K statistics s_i of each row.

    Nearly every metric is one (F1 of counts, BLEU of n-gram matches, Pearson of moments), and then
    a thousand resampled data sets cost one matrix product.
    """

    def __init__(self) -> None:
        self._known: list[tuple[A, Floats]] = []

    @abstractmethod
    def statistics(self, answers: A) -> Floats:
        """What is added up, row by row: (N, K)."""

    @abstractmethod
    def of_sums(self, sums: Floats) -> Floats:
        """The metric from the sums: (B, K) -> (B,); NaN where it is not defined."""

    def value(self, answers: A, weights: Floats | None = None) -> float:
        """The metric over all rows."""
        rows = np.ones(len(answers)) if weights is None else weights
        return float(self.replicates(answers, rows[np.newaxis])[0])

    def replicates(self, answers: A, weights: Floats) -> Floats:
        """The metric for each of B reweightings: weights (B, N) -> (B,)."""
        return self.of_sums(weights @ self._statistics_of(answers))

    def _statistics_of(self, answers: A) -> Floats:
        # A comparison asks for two sets of answers by turns, again and again; statistics of texts
        # cost seconds.
        for known, statistics in self._known:
            if known is answers:
                return statistics
        statistics = self.statistics(answers)
        self._known = [*self._known[-1:], (answers, statistics)]
        return statistics


class MeanMetric(AdditiveMetric[A]):
    """The mean of one number a row."""

    @abstractmethod
    def scores(self, answers: A) -> Floats:
        """The number of each row: (N,); NaN where it is not known, and then the mean is not."""

    def statistics(self, answers: A) -> Floats:
        """The number of each row, and 1: (N, 2)."""
        scores = np.asarray(self.scores(answers), np.float64)
        return np.stack([scores, np.ones(len(scores))], axis=1)

    def of_sums(self, sums: Floats) -> Floats:
        """The means: (B, 2) -> (B,); NaN where no row has weight."""
        return divide(sums[:, 0], sums[:, 1], np.nan)


class ShareMetric(MeanMetric[A]):
    """The share of rows that were answered right."""

    @abstractmethod
    def right(self, answers: A) -> Bools:
        """Which rows were answered right: (N,)."""

    def scores(self, answers: A) -> Floats:
        """1 for a row that was answered right, else 0."""
        return self.right(answers).astype(np.float64)


def divide(above: Floats, below: Floats, otherwise: float) -> Floats:
    """Divide elementwise; `otherwise` where the denominator is 0."""
    quotient = np.full(above.shape, otherwise)
    np.divide(above, below, out=quotient, where=below > 0)
    return quotient
