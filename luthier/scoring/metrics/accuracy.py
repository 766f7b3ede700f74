"""The share of rows that were answered right (scikit-learn's accuracy_score)."""

from typing import ClassVar, final

from luthier.scoring.answers import Answers, Bools, ClassAnswers
from luthier.scoring.metric import ShareMetric


@final
class Accuracy(ShareMetric[ClassAnswers]):
    """Accuracy = rows answered right / all rows."""

    judges: ClassVar[tuple[type[Answers], ...]] = (ClassAnswers,)

    def name(self) -> str:
        """`accuracy`."""
        return "accuracy"

    def right(self, answers: ClassAnswers) -> Bools:
        """Which rows were answered with their class: (N,)."""
        is_right: Bools = answers.references == answers.predictions
        return is_right
