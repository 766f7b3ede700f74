"""How much of what was answered with a class is of it (scikit-learn's precision_score)."""

from typing import Literal, final

from luthier.scoring.confusion import ClassCounts, Ratio
from luthier.scoring.counted import Average, CountedMetric


@final
class Precision(CountedMetric):
    """Precision = true positives / (true positives + false positives).

    Of two classes, of several, or of label sets.
    """

    def __init__(self, *, average: Average | Literal["binary"] = "binary"):
        super().__init__("precision", average)

    def ratio(self, counts: ClassCounts) -> Ratio:
        """Numerator and denominator per class: each (B, C)."""
        return counts.precision()
