"""F1 of classes without the one that says there is nothing, as relations are judged by."""

from typing import ClassVar, final

import numpy as np

from luthier.core.errors import UserError, did_you_mean
from luthier.scoring.answers import Answers, ClassAnswers, Floats, LabelSetAnswers
from luthier.scoring.confusion import ClassCounts, Ratio
from luthier.scoring.counted import Average, CountedMetric, averaged


@final
class RelationF1(CountedMetric):
    """F1 over all classes but one, such as `no_relation` (Zhang et al., 2017, TACRED).

    scikit-learn's f1_score with the other classes as `labels`: rows of the class that is left out
    still count as false positives where a relation was seen in them, and it as false negatives.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (ClassAnswers,)

    def __init__(self, *, negative: str | None = None, average: Average = "micro"):
        super().__init__("relation_f1", average)
        self._negative = negative
        self._over = average

    def name(self) -> str:
        """`relation_f1` of the micro average, `relation_f1_macro` and so on of the others."""
        return super().name().removesuffix("_micro")

    def ratio(self, counts: ClassCounts) -> Ratio:
        """Numerator and denominator per class: each (B, C)."""
        return counts.f1()

    def of_counts(self, counts: ClassCounts, answers: ClassAnswers | LabelSetAnswers) -> Floats:
        """The metric for each of the B reweightings of the answers that were counted: (B,).

        Raises:
            UserError: there is no such class to leave out.
        """
        labels = list(answers.labels)
        if self._negative is not None and self._negative not in labels:
            hint = did_you_mean(self._negative, labels)
            raise UserError(f"metric `relation_f1`: no label `{self._negative}`. {hint}")
        kept = np.array([label != self._negative for label in labels])
        columns = (counts.correct, counts.support, counts.predicted)
        correct, support, predicted = (column[:, kept] for column in columns)
        positive = ClassCounts(correct, support, predicted, counts.rows)
        return averaged(positive, self.ratio(positive), self._over)
