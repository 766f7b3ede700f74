"""Metrics that need no more than the counts per class, and the averages of those over classes."""

from abc import abstractmethod
from typing import ClassVar, Literal

import numpy as np

from luthier.core.errors import UserError
from luthier.scoring.answers import Answers, ClassAnswers, Floats, LabelSetAnswers
from luthier.scoring.confusion import ClassCounts, Ratio, class_counts
from luthier.scoring.metric import Metric, divide

Counted = ClassAnswers | LabelSetAnswers
Average = Literal["macro", "micro", "weighted"]


class CountedMetric(Metric[Counted]):
    """A ratio that every class has: of one class of two, or averaged over classes or labels.

    binary: of the positive class alone. The other averages: see `averaged`. All metrics of this
    kind can share one pass over the rows.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (ClassAnswers, LabelSetAnswers)

    def __init__(self, title: str, average: Average | Literal["binary"]):
        self._title = title
        self._average = average

    @abstractmethod
    def ratio(self, counts: ClassCounts) -> Ratio:
        """Numerator and denominator per class: each (B, C)."""

    def name(self) -> str:
        """The key under which reports show it, such as `f1` (binary) or `f1_macro`."""
        return self._title if self._average == "binary" else f"{self._title}_{self._average}"

    def value(self, answers: Counted, weights: Floats | None = None) -> float:
        """The metric over all rows; NaN if no row has weight."""
        rows = None if weights is None else weights[np.newaxis]
        return float(self.of_counts(class_counts(answers, rows), answers)[0])

    def replicates(self, answers: Counted, weights: Floats) -> Floats:
        """The metric for each of B reweightings: weights (B, N) -> (B,)."""
        return self.of_counts(class_counts(answers, weights), answers)

    def of_counts(self, counts: ClassCounts, answers: Counted) -> Floats:
        """The metric for each of the B reweightings of the answers that were counted: (B,).

        NaN where no row has weight.

        Raises:
            UserError: `average: binary`, but there are not two classes.
        """
        if self._average != "binary":
            return averaged(counts, self.ratio(counts), self._average)
        above, below = (part[:, self._positive(answers)] for part in self.ratio(counts))
        return np.where(counts.rows > 0, divide(above, below, 0.0), np.nan)

    def _positive(self, answers: Counted) -> int:
        if isinstance(answers, ClassAnswers) and answers.width == 2:
            return answers.positive
        has = "any number of labels a row" if answers.kind == "label_sets" else str(answers.width)
        raise UserError(
            f"metric `{self._title}` with `average: binary` speaks of two classes, the data "
            f"has {has}. Choose `average: macro`, `micro` or `weighted`."
        )


def averaged(counts: ClassCounts, ratio: Ratio, average: Average) -> Floats:
    """The average of a ratio over classes for each reweighting: (B,); NaN where no row has weight.

    macro: mean over classes. weighted: mean over classes weighted by support. micro: numerators
    and denominators added up over classes first; with one class a row this equals accuracy. A
    ratio of 0 / 0 counts as 0 (scikit-learn's `zero_division=0`).

    As in scikit-learn and seqeval, macro leaves out a class that nothing is of and nothing was
    answered with, unless `counts.every`. A row of weight 0 counts as no row, so a resampled data
    set and its weights agree.
    """
    above, below = ratio
    if average == "micro":
        mean = divide(above.sum(axis=1), below.sum(axis=1), 0.0)
    else:
        share = counts.support if average == "weighted" else _present(counts)
        weighted = (divide(above, below, 0.0) * share).sum(axis=1)
        mean = divide(weighted, share.sum(axis=1), 0.0)
    return np.where(counts.rows > 0, mean, np.nan)


def _present(counts: ClassCounts) -> Floats:
    if counts.every:
        return np.ones_like(counts.support)
    return (counts.support + counts.predicted > 0).astype(np.float64)
