"""How well predictions put rows in the references' order (scipy's spearmanr)."""

from typing import ClassVar, final

import numpy as np

from luthier.scoring.answers import Answers, Floats, Integers, NumberAnswers
from luthier.scoring.metric import Metric, Unit


@final
class Spearman(Metric[NumberAnswers]):
    """Spearman's correlation: Pearson's of the ranks, equal values sharing their mean rank.

    A row of weight w takes w places, so the ranks are those of the resampled rows themselves. NaN
    where all references or all predictions are equal.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (NumberAnswers,)
    unit: ClassVar[Unit] = "number"

    def name(self) -> str:
        """`spearman`."""
        return "spearman"

    def value(self, answers: NumberAnswers, weights: Floats | None = None) -> float:
        """The correlation over all rows."""
        row = np.ones(len(answers)) if weights is None else weights
        return float(self.replicates(answers, row[np.newaxis])[0])

    def replicates(self, answers: NumberAnswers, weights: Floats) -> Floats:
        """The correlation for each of B reweightings; the values are sorted once for all of them.

        NaN among the values makes every correlation NaN.
        """
        both = np.stack([answers.references, answers.predictions])
        if np.isnan(both).any():
            return np.full(len(weights), np.nan)
        places = [np.unique(values, return_inverse=True)[1] for values in both]
        return np.array([_correlation(places[0], places[1], row) for row in weights])


def _correlation(x: Integers, y: Integers, row: Floats) -> float:
    # Ranks from the middle one, in which their weighted mean is 0: no digit is lost to a mean.
    total = row.sum()
    ranks_x, squares_x = _ranks(x, row, total)
    ranks_y, squares_y = _ranks(y, row, total)
    if min(squares_x, squares_y) <= 1e-12 * total**3:
        return np.nan
    together = np.dot(row * ranks_x[x], ranks_y[y])
    return float(np.clip(together / np.sqrt(squares_x * squares_y), -1, 1))


def _ranks(places: Integers, row: Floats, total: float) -> tuple[Floats, float]:
    weight = np.bincount(places, row)
    ranks = np.cumsum(weight) - weight / 2 - total / 2
    return ranks, float(weight @ ranks**2)
