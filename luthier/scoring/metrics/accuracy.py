"""The share of rows that were answered right (scikit-learn's accuracy_score)."""

from typing import final

import numpy as np

from luthier.scoring.confusion import ClassCounts
from luthier.scoring.counted import CountedMetric, divide
from luthier.scoring.metric import Floats


@final
class Accuracy(CountedMetric):
    """Accuracy = rows answered right / all rows."""

    def name(self) -> str:
        """`accuracy`."""
        return "accuracy"

    def of_counts(self, counts: ClassCounts, positive: int) -> Floats:
        """Accuracy for each reweighting: (B,)."""
        return divide(counts.correct.sum(axis=1), counts.support.sum(axis=1), np.nan)
