"""The harmonic mean of precision and recall (scikit-learn's f1_score)."""

from typing import final

from luthier.scoring.confusion import ClassCounts
from luthier.scoring.counted import Average, AveragedMetric
from luthier.scoring.metric import Floats


@final
class F1(AveragedMetric):
    """F1 = 2 true positives / (2 true positives + false positives + false negatives)."""

    def __init__(self, *, average: Average = "binary"):
        super().__init__("f1", average)

    def ratio(self, counts: ClassCounts) -> tuple[Floats, Floats]:
        """Numerator and denominator per class: each (B, C)."""
        return 2 * counts.correct, counts.predicted + counts.support
