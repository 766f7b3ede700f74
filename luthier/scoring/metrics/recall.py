"""How many of the rows of a class were answered with it (scikit-learn's recall_score)."""

from typing import final

from luthier.scoring.confusion import ClassCounts
from luthier.scoring.counted import Average, AveragedMetric
from luthier.scoring.metric import Floats


@final
class Recall(AveragedMetric):
    """Recall = true positives / (true positives + false negatives)."""

    def __init__(self, *, average: Average = "binary"):
        super().__init__("recall", average)

    def ratio(self, counts: ClassCounts) -> tuple[Floats, Floats]:
        """Numerator and denominator per class: each (B, C)."""
        return counts.correct, counts.support
