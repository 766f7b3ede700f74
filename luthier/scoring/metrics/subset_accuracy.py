"""The share of rows whose labels were all found and no other (scikit-learn's accuracy_score)."""

from typing import ClassVar, final

from luthier.scoring.answers import Answers, Bools, LabelSetAnswers
from luthier.scoring.metric import ShareMetric


@final
class SubsetAccuracy(ShareMetric[LabelSetAnswers]):
    """Subset accuracy = rows whose set of labels is exactly right / all rows."""

    judges: ClassVar[tuple[type[Answers], ...]] = (LabelSetAnswers,)

    def name(self) -> str:
        """`subset_accuracy`."""
        return "subset_accuracy"

    def right(self, answers: LabelSetAnswers) -> Bools:
        """Which rows have no label wrong: (N,)."""
        is_right: Bools = (answers.references == answers.predictions).all(axis=1)
        return is_right
