"""Metrics that need no more than the counts per class, and the averages of those over classes."""

from abc import abstractmethod
from typing import Literal

import numpy as np

from luthier.core.errors import UserError
from luthier.scoring.confusion import ClassCounts, class_counts
from luthier.scoring.metric import Answers, Floats, Metric

Average = Literal["binary", "macro", "micro", "weighted"]


class CountedMetric(Metric):
    """A metric of the counts per class, so that several can share one pass over the rows."""

    @abstractmethod
    def of_counts(self, counts: ClassCounts, positive: int) -> Floats:
        """The metric for each of the B reweightings that were counted: (B,)."""

    def value(self, answers: Answers, weights: Floats | None = None) -> float:
        """The metric over all rows; NaN if no row has weight."""
        rows = None if weights is None else weights[np.newaxis]
        return float(self.of_counts(class_counts(answers, rows), answers.positive)[0])

    def replicates(self, answers: Answers, weights: Floats) -> Floats:
        """The metric for each of B reweightings: weights (B, N) -> (B,)."""
        return self.of_counts(class_counts(answers, weights), answers.positive)


class AveragedMetric(CountedMetric):
    """A ratio that every class has, averaged over the classes as scikit-learn names it.

    binary: of the positive class alone. macro: mean over classes. weighted: mean over classes
    weighted by support. micro: numerators and denominators added up over classes first; with one
    answer per row this equals accuracy. A ratio of 0 / 0 counts as 0 (`zero_division=0`).

    As in scikit-learn, macro leaves out a class that no row is of and no row was answered with. A
    row of weight 0 counts as no row, so a resampled data set and its weights agree.
    """

    def __init__(self, title: str, average: Average):
        self._title = title
        self._average = average

    @abstractmethod
    def ratio(self, counts: ClassCounts) -> tuple[Floats, Floats]:
        """Numerator and denominator per class: each (B, C)."""

    def name(self) -> str:
        """The key under which reports show it, such as `f1` (binary) or `f1_macro`."""
        return self._title if self._average == "binary" else f"{self._title}_{self._average}"

    def of_counts(self, counts: ClassCounts, positive: int) -> Floats:
        """The averaged ratio for each reweighting: (B,); NaN where no row has weight.

        Raises:
            UserError: `average: binary`, but there are not two classes.
        """
        averaged = self._averaged(counts, positive)
        return np.where(counts.support.sum(axis=1) > 0, averaged, np.nan)

    def _averaged(self, counts: ClassCounts, positive: int) -> Floats:
        above, below = self.ratio(counts)
        if self._average == "micro":
            return divide(above.sum(axis=1), below.sum(axis=1), 0.0)
        each = divide(above, below, 0.0)
        if self._average == "binary":
            self._ask_for_two(each.shape[1])
            return each[:, positive]
        if self._average == "weighted":
            share = counts.support
        else:
            share = (counts.support + counts.predicted > 0).astype(float)
        return divide((each * share).sum(axis=1), share.sum(axis=1), 0.0)

    def _ask_for_two(self, num_labels: int) -> None:
        if num_labels != 2:
            raise UserError(
                f"metric `{self._title}` with `average: binary` speaks of two classes, the data "
                f"has {num_labels}. Choose `average: macro`, `micro` or `weighted`."
            )


def divide(above: Floats, below: Floats, otherwise: float) -> Floats:
    """Divide elementwise; `otherwise` where the denominator is 0."""
    quotient = np.full(above.shape, otherwise)
    np.divide(above, below, out=quotient, where=below > 0)
    return quotient
