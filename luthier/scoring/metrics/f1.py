"""The harmonic mean of precision and recall (scikit-learn's f1_score)."""

from typing import Literal, final

from luthier.scoring.confusion import ClassCounts, Ratio
from luthier.scoring.counted import Average, CountedMetric


@final
class F1(CountedMetric):
    """F1 = 2 true positives / (2 true positives + false positives + false negatives).

    Of two classes, of several, or of label sets.
    """

    def __init__(self, *, average: Average | Literal["binary"] = "binary"):
        super().__init__("f1", average)

    def ratio(self, counts: ClassCounts) -> Ratio:
        """Numerator and denominator per class: each (B, C)."""
        return counts.f1()
