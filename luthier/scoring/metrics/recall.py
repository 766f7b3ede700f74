"""How much of what is of a class was answered with it (scikit-learn's recall_score)."""

from typing import Literal, final

from luthier.scoring.confusion import ClassCounts, Ratio
from luthier.scoring.counted import Average, CountedMetric


@final
class Recall(CountedMetric):
    """Recall = true positives / (true positives + false negatives).

    Of two classes, of several, or of label sets.
    """

    def __init__(self, *, average: Average | Literal["binary"] = "binary"):
        super().__init__("recall", average)

    def ratio(self, counts: ClassCounts) -> Ratio:
        """Numerator and denominator per class: each (B, C)."""
        return counts.recall()
