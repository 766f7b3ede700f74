"""How many of the rows answered with a class are of it (scikit-learn's precision_score)."""

from typing import final

from luthier.scoring.confusion import ClassCounts
from luthier.scoring.counted import Average, AveragedMetric
from luthier.scoring.metric import Floats


@final
class Precision(AveragedMetric):
    """Precision = true positives / (true positives + false positives)."""

    def __init__(self, *, average: Average = "binary"):
        super().__init__("precision", average)

    def ratio(self, counts: ClassCounts) -> tuple[Floats, Floats]:
        """Numerator and denominator per class: each (B, C)."""
        return counts.correct, counts.predicted
